"""moto in a process of its own: `python -m simulator.aws.moto.process OPTIONS`, started by `server`.

Prints its address as one line on stdout once it accepts connections, and ends when its stdin does, that is, with the
process that started it, however that one ends (a pipe closes on kill -9 too, on every system).
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from cheroot.wsgi import Server

from simulator.aws.malloc import share_arenas
from simulator.aws.moto.connection import StayingConnection
from simulator.aws.moto.dispatcher import Dispatcher, service_app
from simulator.aws.moto.lasting.app import LastingApp
from simulator.aws.moto.lasting.journal import JournalBusy
from simulator.aws.moto.lasting.kept_partitions import KeptPartitions
from simulator.aws.moto.lasting.moto_state import reduce_memory
from simulator.aws.moto.options import MotoOptions
from simulator.aws.moto.quicker import hurry
from simulator.aws.moto.refusals import RefusingApp
from simulator.aws.moto.restore_endpoint import RestoreEndpoint
from simulator.aws.moto.table_log import LoggingApp, TableLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

THREADS = 12


def main(arguments: Sequence[str]) -> None:
    """Serve moto on a free port of 127.0.0.1 until stdin ends.

    Args:
        arguments: one, the JSON of `MotoOptions`.
    """
    share_arenas()
    try:
        app = _app(MotoOptions.from_json(arguments[0]))
    except JournalBusy as busy:
        sys.exit(str(busy))
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


def _app(options: MotoOptions) -> WsgiApp:
    """Return moto with what the options put before it."""
    reduce_memory()
    hurry()
    app: WsgiApp = Dispatcher(service_app)
    restorer = None
    if options.lasting is not None:
        kept = KeptPartitions(options.kept) if options.kept is not None else None
        app = lasting = LastingApp(app, options.lasting, kept)
        restorer = lasting.restorer
    elif options.kept is not None:
        app = LoggingApp(app, TableLog(options.kept))
    app = RestoreEndpoint(app, options.restore_from, restorer)
    return RefusingApp(app, options.refusals) if options.refusals else app


def _end_with_stdin() -> None:
    """Wait for the end of stdin, then end the process at once: moto holds nothing that lasts."""
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
