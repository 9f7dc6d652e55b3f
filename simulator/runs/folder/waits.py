"""How long a run has waited for its turn, from the events of its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from simulator.runs.folder.history_reader import HistoryEvent
from simulator.runs.folder.times import milliseconds_between

if TYPE_CHECKING:
    from collections.abc import Iterable

WAITING_STATE = "WaitForTurn"
"""The workflow's state in which a file waits while others have their turn."""


class Waits:
    """Follows a history, event by event.

    Attributes:
        since: since when the run waits; None if it does not.
        waited_ms: how long it waited before that, all attempts together.
    """

    def __init__(self) -> None:
        self.since: str | None = None
        self.waited_ms = 0
        self._there = False

    @classmethod
    def of(cls, events: Iterable[dict[str, Any]]) -> Self:
        """Follow the events of a history."""
        waits = cls()
        for event in events:
            waits.event(event)
        return waits

    def event(self, raw: dict[str, Any]) -> bool:
        """Take one more event; return whether something has changed.

        A redrive of a run that had waited goes on waiting: the state is not entered anew.
        """
        event = HistoryEvent(raw)
        if event.state_entered is not None:
            self._there = event.state_entered == WAITING_STATE
            begins = self._there
        else:
            begins = event.type == "ExecutionRedriven" and self._there
        if begins:
            self.since = event.timestamp
            return True
        if self.since is None or (event.state_exited is None and event.execution_end is None):
            return False
        self.end(event.timestamp)
        return True

    def end(self, moment: str | None) -> None:
        """Wait no more since a moment: of a run that was killed, the history says nothing of its end."""
        self.waited_ms += max(milliseconds_between(self.since, moment) or 0, 0)
        self.since = None
