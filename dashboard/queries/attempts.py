"""The attempts of a run: its first execution, and each redrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.runs.folder.history_reader import HistoryEvent
from simulator.runs.folder.times import milliseconds_between

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt: `number` is 0 for the first; what has not ended has no end and no status."""

    number: int
    started: str
    stopped: str | None = None
    status: str | None = None
    error: str | None = None

    @property
    def seconds(self) -> float | None:
        """How long it took; None if it has not ended."""
        took = milliseconds_between(self.started, self.stopped)
        return None if took is None else took / 1000


def attempts(folder: RunFolder) -> list[Attempt]:
    """Return the attempts in their order, from the history."""
    found: list[Attempt] = []
    for raw in folder.events():
        event = HistoryEvent(raw)
        if event.type in ("ExecutionStarted", "ExecutionRedriven"):
            found.append(Attempt(number=len(found), started=event.timestamp))
        elif event.execution_end is not None and found:
            last = found[-1]
            found[-1] = Attempt(
                number=last.number,
                started=last.started,
                stopped=event.timestamp,
                status=event.execution_end,
                error=event.error,
            )
    return found
