"""`database=refuse|restart`: PostgreSQL is really stopped, and started again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.fault_injection.fault import TimedFault

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.clock import Alarm, Clock
    from simulator.fault_injection.parts import DatabaseServer
    from simulator.fault_injection.spec import FaultSpec


class DatabaseOutage(TimedFault):
    """An outage of the database.

    Args:
        spec: what was asked for.
        server: the server; None if the simulator may not stop it.
        clock: the clock that states see.
    """

    def __init__(self, spec: FaultSpec, server: DatabaseServer | None, clock: Clock) -> None:
        super().__init__(spec)
        self._server = server
        self._clock = clock
        self._back: Alarm | None = None

    def strike(self) -> None:
        """Stop the server; start it again at once, or after a while by the clock that states see."""
        server = self._server
        if server is None:
            self.trouble = "the simulator may not stop this database"
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
        self._back = self._clock.alarm(self.spec.values["for"], lambda: self._start(server))

    def _start(self, server: DatabaseServer) -> None:
        try:
            server.start()
        except Exception as error:  # noqa: BLE001 - rows then fail with what the database says, and the report says why
            self.trouble = f"the database could not be started again: {error}"

    def close(self) -> None:
        """Bring the server back if it is still away."""
        if self._back is None or self._server is None:
            return
        self._back.cancel()
        self._start(self._server)
