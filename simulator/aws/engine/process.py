"""An engine in a process of its own: `python -m simulator.aws.engine.process OPTIONS`, started by `server`.

Prints its address as one line on stdout once it accepts connections, and ends when its stdin does, that is, with the
process that started it, however that one ends (a pipe closes on kill -9 too, on every system).
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

import orjson
from cheroot.wsgi import Server

from simulator.aws.engine.calls import CallsApp
from simulator.aws.engine.connection import StayingConnection
from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.engine.options import ROTO, EngineOptions
from simulator.aws.engine.refusals import RefusingApp
from simulator.aws.engine.restore_endpoint import RestoreEndpoint
from simulator.aws.errors import ServerError
from simulator.aws.iam.gate import Gate
from simulator.aws.iam.template.deployment import Deployment
from simulator.aws.malloc import share_arenas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from simulator.aws.engine.restore_endpoint import Restore

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

THREADS = 12


def main(arguments: Sequence[str]) -> None:
    """Serve an engine on a free port of 127.0.0.1 until stdin ends.

    Args:
        arguments: one, the JSON of `EngineOptions`.
    """
    share_arenas()
    try:
        app = _app(EngineOptions.from_json(arguments[0]))
    except ServerError as error:
        sys.exit(str(error))
    server = Server(
        ("127.0.0.1", 0),
        app,
        numthreads=THREADS,
        request_queue_size=128,
        timeout=600,
    )
    server.ConnectionClass = StayingConnection
    server.prepare()
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    gc.freeze()
    sys.stdout.write(f"http://127.0.0.1:{server.bind_addr[1]}\n")
    sys.stdout.flush()
    server.serve()


def _app(options: EngineOptions) -> WsgiApp:
    """Return the engine with what the options put before it."""
    app, restore = _engine(options)
    app = RestoreEndpoint(app, options.restore_from, restore)
    if options.refusals:
        app = RefusingApp(app, options.refusals)
    return CallsApp(app, Gate(_deployment(options)), ACCOUNT)


def _engine(options: EngineOptions) -> tuple[WsgiApp, Restore]:
    # Each is imported only if it is wanted: moto takes a second.
    if options.engine == ROTO:
        from simulator.aws.engine.roto.application import roto_app  # noqa: PLC0415 - as the line above says

        return roto_app(options)
    from simulator.aws.engine.moto.application import moto_app  # noqa: PLC0415 - as above

    return moto_app(options)


def _deployment(options: EngineOptions) -> Deployment | None:
    if options.enforced is None:
        return None
    template = orjson.loads(options.enforced.read_bytes())
    return Deployment(template, region=REGION, account=ACCOUNT, names=options.names)


def _end_with_stdin() -> None:
    """Wait for the end of stdin, then end the process at once: all that is to last is on disk."""
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
