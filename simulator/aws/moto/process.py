"""moto in a process of its own: `python -m simulator.aws.moto.process RUNS_FOLDER [FAULT...]`, by `moto_server`.

Prints its address as one line on stdout once it accepts connections, and ends when its stdin does, that is, with the
process that started it, however that one ends (a pipe closes on kill -9 too, on every system).
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from cheroot.wsgi import Server
from moto.moto_server.werkzeug_app import create_backend_app

from simulator.aws.moto.dispatcher import Dispatcher
from simulator.aws.moto.restore_endpoint import RestoreEndpoint
from simulator.aws.moto.table_log import AuditMiddleware, AuditTrail

if TYPE_CHECKING:
    from collections.abc import Sequence

THREADS = 12


def main(arguments: Sequence[str]) -> None:
    """Serve moto on a free port of 127.0.0.1 until stdin ends.

    Args:
        arguments: the folder of the runs, whose audit items are appended there, and SPECs of requests to refuse.
    """
    runs_folder, *faults = arguments
    runs = Path(runs_folder)
    dispatcher = Dispatcher(create_backend_app)
    server = Server(
        ("127.0.0.1", 0),
        RestoreEndpoint(AuditMiddleware(dispatcher, AuditTrail(runs)), runs),
        numthreads=THREADS,
        request_queue_size=128,
        timeout=600,
    )
    if faults:
        from simulator.fault_injection.aws_refusals import AwsRefusals  # noqa: PLC0415 - of no use to a run without faults

        server.wsgi_app = AwsRefusals(server.wsgi_app, faults)
    server.prepare()
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    gc.freeze()
    sys.stdout.write(f"http://127.0.0.1:{server.bind_addr[1]}\n")
    sys.stdout.flush()
    server.serve()


def _end_with_stdin() -> None:
    """Wait for the end of stdin, then end the process at once: moto holds nothing that lasts."""
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
