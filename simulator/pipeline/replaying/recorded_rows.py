"""What a run recorded of its rows: the event of each, and how it ended, from the result files of all attempts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.user_log_reporter.reasons import OUTAGE_ERRORS, person_text
from simulator.runs.folder.history_reader import map_run_passes
from simulator.runs.folder.result_files import attempts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.runs.folder.run_folder import RunFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOutcome:
    """How a row ended: with an output (a JSON value), or with an error and its cause, as a person reads it."""

    output: Any = None
    error: str | None = None
    cause: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {"output": self.output} if self.error is None else {"error": self.error, "cause": self.cause}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRow:
    """A row of a run.

    Args:
        index: its 0-based place in the file.
        event: what the function was given.
        outcome: how it ended the last time; None if it was not done, or if a service failed and not the row: then
            there is nothing to compare with.
        arn: its child execution's.
        in_batch: whether it was one of several rows of its child execution.
        error, cause: as the child has recorded them, even if a service failed; None, and empty, if it has no error.
    """

    index: int
    event: dict[str, Any]
    outcome: RowOutcome | None
    arn: str = ""
    error: str | None = None
    cause: str = ""
    in_batch: bool = False


def recorded_rows(folder: RunFolder) -> list[RecordedRow]:
    """Return the rows that the result files have, in the order of the file; of a redriven row, the last attempt."""
    found: dict[int, RecordedRow] = {}
    for row in _entries(folder):
        before = found.get(row.index)
        if row.outcome is not None or before is None:
            found[row.index] = row
    return [found[index] for index in sorted(found)]


def _entries(folder: RunFolder) -> Iterator[RecordedRow]:
    redrives = {(one.arn.rpartition(":")[2], one.number): one.redrive for one in map_run_passes(folder.events())}
    for attempt in attempts(folder, redrives):
        for entry in attempt.row_entries():
            event = entry.input
            index = None if event is None else event.get("rowIndex")
            if event is not None and isinstance(index, int):
                yield RecordedRow(
                    index=index,
                    event=event,
                    outcome=_outcome(entry.status, entry.record),
                    arn=str(entry.record.get("ExecutionArn") or ""),
                    error=entry.record.get("Error") or None,
                    cause=str(entry.record.get("Cause") or ""),
                    in_batch=entry.batch is not None,
                )


def _outcome(status: str, record: dict[str, Any]) -> RowOutcome | None:
    if status == "SUCCEEDED":
        return RowOutcome(output=_parsed(record.get("Output")))
    error = record.get("Error")
    if status != "FAILED" or not error or error in OUTAGE_ERRORS:
        return None
    return RowOutcome(error=str(error), cause=person_text(record.get("Cause")))


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
