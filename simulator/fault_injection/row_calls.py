"""The calls of a row's function: which row, the number of the attempt, and which of them a fault is for."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from lambdas.shared.batch import batch_items

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.fault_injection.spec import FaultSpec


@dataclass(frozen=True, slots=True)
class RowCall:
    """A call: the row's 0-based index, and the attempt, from 1."""

    index: int
    attempt: int


class RowCalls:
    """Counts the calls of every row, and what happens after so many of them.

    Args:
        at: (count, what) -> what is done before the call that follows so many others.
    """

    def __init__(self, at: list[tuple[int, Callable[[], None]]]) -> None:
        self._at = sorted(at, key=lambda one: one[0], reverse=True)
        self._calls = 0
        self._attempts: dict[tuple[str, int], int] = {}
        self._lock = threading.Lock()

    def begin(self, payload: bytes) -> list[RowCall]:
        """Count the call of a row, or of each row of a batch, by its event's JSON; [] if it is another function's."""
        event = orjson.loads(payload) if b'"rowIndex"' in payload else None
        events = batch_items(event) or [event]
        return [self._begin(row) for one in events if (row := row_of(one)) is not None]

    def _begin(self, row: tuple[str, int]) -> RowCall:
        with self._lock:
            # Under the lock: no row is called while something is being broken.
            while self._at and self._calls >= self._at[-1][0]:
                self._at.pop()[1]()
            self._calls += 1
            attempt = self._attempts[row] = self._attempts.get(row, 0) + 1
        return RowCall(row[1], attempt)

    def current(self, event: Any) -> RowCall | None:
        """Return the call whose event a function has been given."""
        row = row_of(event)
        return None if row is None else RowCall(row[1], self._attempts.get(row, 1))


class RowPick:
    """Picks calls: the same ones for the same SPEC, seed and file.

    Args:
        spec: with `row`, `index` or `share`, and `attempt` or `attempts` (the first, where neither is there).
        lines: the index of the row that begins on a line of the file.
        seed: chooses the rows of a share; with the SPEC's text, so that two shares are not the same rows.
    """

    def __init__(self, spec: FaultSpec, lines: Mapping[int, int], seed: int) -> None:
        values = spec.values
        self._share: float | None = values["share"]
        self._index: int | None = lines.get(values["row"]) if values["row"] is not None else values["index"]
        self._exact: int | None = values["attempt"]
        self._most: int = values["attempts"] or 1
        self._salt = f"{seed}|{spec.text}|"

    def __contains__(self, call: RowCall) -> bool:
        attempt = call.attempt == self._exact if self._exact is not None else call.attempt <= self._most
        return attempt and self._has(call.index)

    def _has(self, index: int) -> bool:
        if self._share is None:
            return index == self._index
        return random.Random(f"{self._salt}{index}").random() < self._share  # noqa: S311 - no secret


def row_of(event: Any) -> tuple[str, int] | None:
    """Return the execution's name and the row's index of an event; None if it is not that of a row."""
    if not isinstance(event, dict) or not isinstance(index := event.get("rowIndex"), int):
        return None
    return str(event.get("executionName")), index
