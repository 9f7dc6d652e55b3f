"""The execution history, in the shape of GetExecutionHistory.

aws-sdk API reference, "HistoryEvent": ids count from 1, `previousEventId` names the event that caused this one.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.asl.errors import Aborted, StateError
from simulator.aws.asl.expressions.timestamps import format_time
from simulator.aws.asl.json_text import JsonText, to_json
from simulator.aws.asl.quotas import MAX_HISTORY_EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from simulator.aws.asl.runtime.clock import Clock

_PAYLOADS = ("input", "output", "parameters")


class History(Protocol):
    """Takes an execution's events."""

    def add(self, kind: str, previous: int, details: dict[str, Any], at: datetime | None = None) -> int:
        """Add an event and return its id; `at` is its time, now if None.

        Payloads in `details` are JSON values, or JsonText.
        """
        ...

    def close(self) -> None:
        """Take nothing but the execution's end from now on."""
        ...


class RecordedHistory:
    """A history that hands each event on as it happens and keeps none.

    Args:
        clock: gives the events their time.
        tell: called with each event, in order.
        last_id: the id of the last event so far (a redriven execution carries its history on).

    Raises:
        StateError: States.Runtime, at the event after the 25,000th (a Standard execution's quota).
        Aborted: at any event but the execution's own end, once it is closed.
    """

    def __init__(self, clock: Clock, tell: Callable[[dict[str, Any]], None], last_id: int = 0) -> None:
        self._clock = clock
        self._tell = tell
        self._last_id = last_id
        self._lock = threading.Lock()
        self._closed = False

    def close(self) -> None:
        """Take nothing but the execution's end from now on: what a stopped child still does leaves no event."""
        with self._lock:
            self._closed = True

    @property
    def last_id(self) -> int:
        """The id of the newest event."""
        return self._last_id

    def add(self, kind: str, previous: int, details: dict[str, Any], at: datetime | None = None) -> int:
        """Number the event, hand it on and return its id."""
        shown = _details(details)
        with self._lock:
            if self._closed and not kind.startswith("Execution"):
                raise Aborted
            if self._last_id >= MAX_HISTORY_EVENTS - 1 and not kind.startswith("Execution"):
                raise StateError(
                    "States.Runtime",
                    f"The execution reached the maximum number of history events ({MAX_HISTORY_EVENTS}).",
                )
            self._last_id += 1
            event = {
                "timestamp": format_time(at or self._clock.now()),
                "type": kind,
                "id": self._last_id,
                "previousEventId": previous,
            }
            if shown:
                event[_detail_key(kind)] = shown
            self._tell(event)
            return self._last_id


class CountedHistory:
    """The history of an EXPRESS child: its events are counted and not kept."""

    __slots__ = ("_last_id",)

    def __init__(self) -> None:
        self._last_id = 0

    def add(self, kind: str, previous: int, details: dict[str, Any], at: datetime | None = None) -> int:  # noqa: ARG002 - the protocol's
        """Count the event and return its id."""
        self._last_id += 1
        return self._last_id

    def close(self) -> None:
        """Change nothing: no event is kept in any case."""


def _details(details: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for key, value in details.items():
        if key in _PAYLOADS:
            shown[key] = value.text if isinstance(value, JsonText) else to_json(value)
            if key != "parameters":
                shown[f"{key}Details"] = {"truncated": False}
        elif value is not None:
            shown[key] = value
    return shown


def _detail_key(kind: str) -> str:
    for suffix in ("StateEntered", "StateExited"):
        if kind.endswith(suffix):
            return f"s{suffix[1:]}EventDetails"
    return f"{kind[0].lower()}{kind[1:]}EventDetails"
