"""How a run ended, why, and what to do now: terminal and pages only render it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from simulator.aws.json_reader import BadJson, read_json
from simulator.runs.folder.run_record import INTERRUPTED, RUNNING

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

UNKNOWN_USER = "UserNotFoundError"
NEW_TIME = (
    "It is then a new upload with a new time, and overwrites what files that came in between have written: leave out "
    "rows for which a newer file has come."
)
REDRIVABLE = ("FAILED", "TIMED_OUT", "ABORTED", INTERRUPTED)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """Something a person can do.

    Args:
        text: a sentence.
        words: the words of the simulator's command for it, as `suggested_command.command` takes them; empty if there
            is none.
    """

    text: str
    words: tuple[str | Path, ...] = ()


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


def redrivable(record: RunRecord) -> bool:
    """Say whether to offer a redrive (`redrive_plan` decides whether it is possible)."""
    return record.status in REDRIVABLE and record.map_run is not None


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


def next_steps(folder: RunFolder, record: RunRecord) -> list[NextStep]:
    """Return what to do now, the most useful first; empty if there is nothing to do."""
    if record.status == RUNNING:
        return []
    if record.rejected:
        return [NextStep(text=f"Correct the lines that are named, save the file, and upload it again. {NEW_TIME}")]
    steps = []
    unknown = sum(reason.count for reason in record.reasons if reason.error == UNKNOWN_USER)
    if unknown * 2 > record.rows.succeeded + record.rows.failed:
        steps.append(_users(folder, record))
    if has_failed_rows(folder, record):
        steps.append(NextStep(text=_about_failed_rows(record), words=("run", folder.failed_rows_file)))
    if redrivable(record):
        steps.append(
            NextStep(
                text="If the cause was not in the file (the database was away, users were missing) and is repaired, "
                "run the rows that did not succeed again as they are:",
                words=("redrive", record.name),
            )
        )
    return steps


def _users(folder: RunFolder, record: RunRecord) -> NextStep:
    key, file = record.source.key, folder.input_file
    return NextStep(
        text="Most users of this file are not in the table users. Load them from a file with the columns "
        "user_id,username,email (command users load), or have the file's users created:",
        words=("run", file, f"--key={key}", "--create-users") if key and file.exists() else (),
    )


def _about_failed_rows(record: RunRecord) -> str:
    if record.status == "SUCCEEDED" and record.outage_rows:
        return _how_they_come_back(record.outage_rows, record.rows.failed)
    left = record.rows.failed + record.rows.pending
    return (
        "Correct the rows of failed-rows.csv in a spreadsheet, save it, and run or upload it: it holds only the "
        f"{left:,} row{'' if left == 1 else 's'} that did not succeed. {NEW_TIME}"
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


def _how_they_come_back(rows: int, failed: int) -> str:
    """Return what to do with `failed-rows.csv` of a run with `failed` failed rows, `rows` of them lost to an outage."""
    others = failed - rows
    if not others:
        return f"Once the outage is over, send failed-rows.csv again as it is. {NEW_TIME}"
    what, lines = (
        ("The other row in it is wrong", "its line")
        if others == 1
        else (f"The other {others:,} rows in it are wrong", "their lines")
    )
    return (
        f"Once the outage is over, send failed-rows.csv again. {what}: correct that first, or delete {lines} (see "
        "_error), because a run fails when more than 5 % of its rows are wrong. Leave the others as they are. "
        f"{NEW_TIME}"
    )
