"""`database=refuse|restart`: PostgreSQL is really stopped, and started again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.fault_injection.fault import TimedFault

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.clock import Alarm
    from simulator.fault_injection.parts import DatabaseServer, Parts
    from simulator.fault_injection.spec import FaultSpec


class DatabaseOutage(TimedFault):
    """An outage of the database.

    Args:
        spec: what was asked for.
    """

    def __init__(self, spec: FaultSpec) -> None:
        super().__init__(spec)
        self._back: Alarm | None = None

    def strike(self, parts: Parts) -> None:
        """Stop the server; start it again at once, or after a while by the clock that states see."""
        server = parts.database
        if server is None:
            self.trouble = "the database is not ours to stop"
            return
        try:
            server.stop()
        except Exception as error:  # noqa: BLE001 - the run goes on with a database that could not be broken
            self.trouble = f"the database could not be stopped: {error}"
            return
        self.happens()
        if self.spec.values["database"] == "restart":
            self._start(server)
            return
        self._back = parts.clock.alarm(self.spec.values["for"], lambda: self._start(server))

    def _start(self, server: DatabaseServer) -> None:
        try:
            server.start()
        except Exception as error:  # noqa: BLE001 - rows then fail with what the database says, and the report says why
            self.trouble = f"the database could not be started again: {error}"

    def close(self, parts: Parts) -> None:
        """Bring the server back where it is still away."""
        if self._back is None:
            return
        self._back.cancel()
        if parts.database is not None:
            self._start(parts.database)
