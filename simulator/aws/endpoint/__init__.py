"""One address for every AWS client, with the services of this process and the engine of S3 and DynamoDB behind it."""

from __future__ import annotations

from simulator.aws.moto.environment import local_aws

# aiohttp makes its TLS contexts when it is imported: a SSLKEYLOGFILE that cannot be written would end it there.
with local_aws("http://127.0.0.1"):
    import aiohttp  # noqa: F401 - the modules of this package import it again
