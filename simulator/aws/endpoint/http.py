"""aiohttp, for the modules of this package that speak HTTP.

It makes its TLS contexts when it is imported: a SSLKEYLOGFILE of the shell that cannot be written would end it there.
It takes a tenth of a second, and a run without a local cloud needs none of it: the package itself does not import it.
"""

from __future__ import annotations

from simulator.aws.engine.environment import local_aws

with local_aws("http://127.0.0.1"):
    import aiohttp
    from aiohttp import web

__all__ = ["aiohttp", "web"]
