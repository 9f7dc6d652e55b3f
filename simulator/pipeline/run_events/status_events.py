"""Puts the status changes of executions on the event bus, as Step Functions does on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.aws.asl.runtime.listener import SilentListener
from simulator.aws.eventbridge.status_event import status_change

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.listener import ExecutionInfo
    from simulator.aws.eventbridge.bus import EventBus


class StatusEvents(SilentListener):
    """Tells the bus of each start, redrive and end of a STANDARD execution; EXPRESS ones have no such events.

    The bus is given after the executions' service, which it needs; nothing runs before that.
    """

    def __init__(self) -> None:
        self.bus: EventBus | None = None

    def execution_started(self, execution: ExecutionInfo) -> None:
        """Put RUNNING on the bus."""
        self._put(execution)

    def execution_ended(self, execution: ExecutionInfo) -> None:
        """Put the end on the bus."""
        self._put(execution)

    def _put(self, execution: ExecutionInfo) -> None:
        if self.bus is not None and ":express:" not in execution.arn:
            self.bus.put(status_change(execution, region=self.bus.region, account=self.bus.account), wait=False)
