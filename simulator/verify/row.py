"""The rows of a run's file, and how each stands by `items.jsonl`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.shared.columns import COLUMNS
from lambdas.shared.csv_dialect import decode, records
from lambdas.shared.upload_columns import original_width
from lambdas.user_log_reporter.reasons import OUTAGE_ERRORS
from simulator.csv_files.encoding import read_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PENDING, SUCCEEDED, FAILED = "pending", "succeeded", "failed"
_COLUMNS = len(COLUMNS)
_STATE, _ERROR, _TRY = 0, 3, 4
"""Of an entry of `tries` ([state, start, stop, error]): where two of its values are, and how many it has."""
_MAX_DIGITS = 18
_EFFECT_UNKNOWN = frozenset(
    {
        "DatabaseError",
        "Lambda.Unknown",
        "Runtime.ExitError",
        "Runtime.OutOfMemory",
        "Sandbox.Timedout",
        "States.Timeout",
    }
)
"""After these nobody knows whether the transaction was committed before the answer was lost."""


@dataclass(slots=True)
class Row:
    """One row: what the file says, and what became of it.

    Args:
        index, line: its 0-based position, and the line on which it begins.
        fields: its columns but those that an earlier `failed-rows.csv` added.
        state: pending, succeeded or failed, by its latest line in `items.jsonl`.
        outcome: `success` or `superseded` if it succeeded.
        error: its error if it failed.
        redrive: the redrive of the run that ended it (0 for its first attempt).
        ended: how often it ended: once, and once more for each redrive that ran it.
        succeeded_before: the attempts in which it had succeeded before it was run again.
        unsure: it ended, at least once, in a way that does not tell whether its transaction was committed.
        of_failed_batch: it succeeded last in a batch that failed: a redrive runs it again, which changes nothing.
        unlogged: the error of LogError if that could not write the failure item.
    """

    index: int
    line: int
    fields: list[str]
    state: str = PENDING
    outcome: str | None = None
    error: str | None = None
    redrive: int = 0
    ended: int = 0
    succeeded_before: tuple[int, ...] = ()
    unsure: bool = False
    of_failed_batch: bool = False
    unlogged: str | None = None

    @property
    def user(self) -> str:
        """The user ID, as it stands in the file."""
        return self.fields[0]

    @property
    def totals(self) -> tuple[int | None, ...]:
        """The totals in the order of the columns; None for what is not a number."""
        return tuple(_number(field) for field in self.fields[1:_COLUMNS])

    def take(self, item: dict[str, Any]) -> None:
        """Take over a line of `items.jsonl`."""
        done = item.get("status") == "SUCCEEDED"
        if self.state == SUCCEEDED and not self.of_failed_batch:
            self.succeeded_before += (self.redrive,)
        self.state = SUCCEEDED if done else FAILED
        self.outcome = item.get("outcome") if done else None
        self.error = None if done else item.get("error")
        self.redrive = _integer(item.get("redrive"))
        self.ended += 1
        batch = item.get("batch")
        self.of_failed_batch = done and isinstance(batch, list) and "SUCCEEDED" not in batch
        tries = [one for one in item.get("tries") or [] if isinstance(one, list) and len(one) >= _TRY]
        errors = {one[_ERROR] for one in tries if one[_STATE] == tries[0][_STATE]}
        self.unsure |= item.get("status") in ("ABORTED", "TIMED_OUT") or bool(_EFFECT_UNKNOWN & errors)
        last = tries[-1] if tries else [None] * _TRY
        logging = str(last[_STATE]).startswith("LogError")
        self.unlogged = str(last[_ERROR]) if not done and last[_ERROR] and logging else None
        if not done and item.get("unlogged"):
            self.unlogged = str(item["unlogged"])
        # Of a batch, nobody knows in which of its calls a row was done, if the last one told nothing of it.
        self.unsure |= bool(item.get("batch")) and self.error in OUTAGE_ERRORS


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a run's `input.csv`, by the parser of the validator and the ItemReader.

    Raises:
        OSError: the file is missing or cannot be read.
        ValueError: it is not UTF-8, or has an endless record: no such file gets as far as its rows.
    """
    width = 0
    index = 0
    for record in records(decode(read_chunks(path))):
        if record.blank:
            continue
        if not width:
            width = original_width(record.fields)
            continue
        fields = record.fields[:width]
        yield Row(index, record.line, fields + [""] * (max(width, _COLUMNS) - len(fields)))
        index += 1


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    return int(digits) if len(digits) <= _MAX_DIGITS else None


def _integer(value: object) -> int:
    return value if isinstance(value, int) else 0
