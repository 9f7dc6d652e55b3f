"""How a run ended, and why: terminal and pages only render it. What to do now: `advice`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from simulator.aws.json_reader import BadJson, read_json
from simulator.runs.folder.run_record import INTERRUPTED, RUNNING, TOO_MANY_ERROR

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord


class Kind(StrEnum):
    """The kinds of end, by which a page chooses its colour."""

    OK = "ok"
    SOME_FAILED = "some_failed"
    OUTAGE = "outage"
    FAILED = "failed"
    REJECTED = "rejected"
    STOPPED = "stopped"
    RUNNING = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding of the validator on a line of a rejected file; `line` is None if it is about the whole file."""

    line: int | None
    message: str


def kind(record: RunRecord) -> Kind:
    """Return what kind of end it was."""
    if record.status == RUNNING:
        return Kind.RUNNING
    if record.status == "SUCCEEDED":
        if record.outage_rows:
            return Kind.OUTAGE
        return Kind.SOME_FAILED if record.rows.failed else Kind.OK
    if record.rejected:
        return Kind.REJECTED
    return Kind.STOPPED if record.status in ("ABORTED", INTERRUPTED) else Kind.FAILED


def in_words(record: RunRecord) -> str:
    """Return a few words: `Succeeded, 10 rows failed`."""
    failed = record.rows.failed
    rows = f"{failed:,} row{'' if failed == 1 else 's'} failed"
    if record.status == "SUCCEEDED":
        if record.outage_rows:
            return f"Outage: {rows}, {record.outage_rows:,} of them because of the outage"
        return f"Succeeded, {rows}" if failed else "Succeeded"
    if record.rejected:
        return "File rejected"
    if record.breached:
        return f"Failed: too many rows failed ({failed:,})"
    if record.waits:
        return "Waiting for its turn"
    names = {RUNNING: "Running", INTERRUPTED: "Interrupted", "ABORTED": "Stopped", "TIMED_OUT": "Timed out"}
    words = names.get(record.status) or (f"Failed: {record.error}" if record.error else "Failed")
    return f"{words}, {rows}" if failed else words


def findings(record: RunRecord) -> list[Finding]:
    """Return the validator's findings in a rejected file; empty for any other run."""
    if not record.rejected or not record.cause:
        return []
    try:
        errors = read_json(record.cause, replace_halves=True)
    except BadJson:
        return [Finding(line=None, message=record.cause)]
    if not isinstance(errors, list):
        return [Finding(line=None, message=record.cause)]
    return [_finding(error) for error in errors]


def _finding(error: Any) -> Finding:
    if not isinstance(error, dict):
        return Finding(line=None, message=str(error))
    line = error.get("line")
    return Finding(line=line if isinstance(line, int) else None, message=str(error.get("message", error)))


def has_failed_rows(folder: RunFolder, record: RunRecord) -> bool:
    """Say whether there are rows to correct, in `failed-rows.csv`."""
    return bool(record.rows.failed or record.rows.pending) and folder.failed_rows_file.exists()


def explanation(record: RunRecord) -> str:
    """Return why it ended as it did, in sentences; empty if the words say it all."""
    if record.rejected:
        return "The validator refused the file before any row was run; nothing was written to the database."
    if not record.outage_rows or record.status == RUNNING:
        return _why(record)
    outage = _outage_sentence(record.outage_rows, succeeded=record.status == "SUCCEEDED")
    return f"{outage} {_why(record)}".rstrip()


def _why(record: RunRecord) -> str:
    rows, note = record.rows, record.map_run
    if record.breached and note is not None and note.rows_per_child > 1:
        return _why_batches(record)
    if record.breached and note is not None:
        share = f" ({rows.failed * 100 / rows.total:.1f} %)" if rows.total else ""
        return (
            "Too many rows failed: a run fails when more than "
            f"{note.tolerated_failure_percentage:g} % of its rows, or more than {note.tolerated_failure_count:,} rows, "
            f"fail. {rows.failed:,} of {rows.total:,} failed{share}. Rows that had started were finished; "
            f"{rows.pending:,} did not start."
        )
    if record.status == INTERRUPTED:
        return "The simulator's process ended before the run did; all rows that had ended are kept."
    if record.error:
        return f"{record.error}: {record.cause or '(no cause given)'}"
    return ""


def _why_batches(record: RunRecord) -> str:
    """Return why a run of batches had too many rows that failed: its Map Run stopped, or its rows were counted."""
    rows = record.rows
    if record.error == TOO_MANY_ERROR:
        return f"Too many rows failed: {record.cause} Every row was run, so a redrive would change nothing."
    return (
        f"Too many rows failed: in more batches than rows may fail. {rows.failed:,} of {rows.total:,} failed. Batches "
        f"that had started were finished; {rows.pending:,} rows did not start."
    )


def _outage_sentence(rows: int, *, succeeded: bool) -> str:
    """Return the sentence about rows lost to an outage; `succeeded`: whether the run as a whole succeeded."""
    what = "1 row is" if rows == 1 else f"{rows:,} rows are"
    them = "it" if rows == 1 else "them"
    tolerated = " The run counts as succeeded because so few failures are tolerated." if succeeded else ""
    return (
        f"{what} missing from the database because of an outage (a database or a function did not answer for more than "
        f"a minute), not because the file is wrong.{tolerated} Do not correct anything in {them}."
    )
