"""moto as a WSGI application (PEP 3333), with what makes it quick, small, and last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.engine.moto.dispatcher import Dispatcher, service_app
from simulator.aws.engine.moto.lasting.app import LastingApp
from simulator.aws.engine.moto.lasting.kept_partitions import KeptPartitions
from simulator.aws.engine.moto.lasting.moto_state import reduce_memory
from simulator.aws.engine.moto.quicker import hurry
from simulator.aws.engine.moto.restore import LastingRestore, MotoRestore
from simulator.aws.engine.table_log import LoggingApp, TableLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.aws.engine.options import EngineOptions
    from simulator.aws.engine.restore_endpoint import Restore

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def moto_app(options: EngineOptions) -> tuple[WsgiApp, Restore]:
    """Return moto, and what puts back what it has forgotten.

    Raises:
        JournalBusy: another process has the lasting folder open.
        OSError: that folder cannot be read or written.
    """
    reduce_memory()
    hurry()
    app: WsgiApp = Dispatcher(service_app)
    if options.lasting is not None:
        kept = KeptPartitions(options.kept) if options.kept is not None else None
        lasting = LastingApp(app, options.lasting, kept)
        return lasting, LastingRestore(lasting.restorer)
    if options.kept is not None:
        app = LoggingApp(app, TableLog(options.kept))
    return app, MotoRestore()
