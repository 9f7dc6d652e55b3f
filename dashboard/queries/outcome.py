"""How a run ended, in words and as one of few kinds, and what a person does about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from simulator.runs.outages import how_they_come_back, outage_sentence
from simulator.runs.run_record import INTERRUPTED, RUNNING
from simulator.runs.suggested_command import command, file_word

if TYPE_CHECKING:
    from simulator.runs.folder import RunFolder
    from simulator.runs.run_record import RunRecord

UNKNOWN_USER = "UserNotFoundError"
REDRIVABLE = ("FAILED", "TIMED_OUT", "ABORTED", INTERRUPTED)


class Kind(StrEnum):
    """What a page colours by."""

    OK = "ok"
    SOME_FAILED = "some_failed"
    OUTAGE = "outage"
    FAILED = "failed"
    REJECTED = "rejected"
    STOPPED = "stopped"
    RUNNING = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """Something a person can do: a sentence, and the command for it where there is one."""

    text: str
    command: str | None = None


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
            return f"Outage: {rows}, {record.outage_rows:,} of them by the outage"
        return f"Succeeded, {rows}" if failed else "Succeeded"
    if record.rejected:
        return "File rejected"
    if record.breached:
        return f"Failed: too many rows failed ({failed:,})"
    names = {RUNNING: "Running", INTERRUPTED: "Interrupted", "ABORTED": "Stopped", "TIMED_OUT": "Timed out"}
    words = names.get(record.status) or (f"Failed: {record.error}" if record.error else "Failed")
    return f"{words}, {rows}" if failed else words


def explanation(record: RunRecord) -> str:
    """Return why it ended as it did, in sentences; empty where the words say it all."""
    rows, note = record.rows, record.map_run
    if record.rejected:
        return "The validator refused the file before any row was run; nothing was written to the database."
    if record.breached and note is not None:
        share = f" ({rows.failed * 100 / rows.total:.1f} %)" if rows.total else ""
        return (
            f"A run is given up when strictly more than {note.tolerated_failure_percentage:g} % of its rows, or more "
            f"than {note.tolerated_failure_count:,} rows, fail. {rows.failed:,} of {rows.total:,} failed{share}. Rows "
            f"that had begun were finished; {rows.pending:,} were not begun."
        )
    if record.status == "SUCCEEDED" and record.outage_rows:
        return outage_sentence(record.outage_rows, succeeded=True)
    if record.status == INTERRUPTED:
        return "The simulator's process ended before the run did; what had been done by then is kept."
    if record.error:
        return f"{record.error}: {record.cause or '(no cause given)'}"
    return ""


def next_steps(folder: RunFolder, record: RunRecord) -> list[NextStep]:
    """Return what to do now, the most useful first; empty where there is nothing to do."""
    if record.status == RUNNING:
        return []
    if record.rejected:
        return [NextStep(text="Correct the lines that are named, save the file, and upload it again.")]
    steps = []
    key = record.source.key
    left = record.rows.failed + record.rows.pending
    unknown = sum(reason.count for reason in record.reasons if reason.error == UNKNOWN_USER)
    if unknown * 2 > record.rows.succeeded + record.rows.failed:
        steps.append(
            NextStep(
                text="Most users of this file are not in the table users. Load them, or have the file's users created:",
                command=_command(
                    folder, "run", file_word(folder.input_file, anywhere=True), f"--key={key}", "--create-users"
                )
                if folder.input_file.exists() and key
                else None,
            )
        )
    if record.status == "SUCCEEDED" and record.outage_rows and folder.failed_rows_file.exists():
        steps.append(
            NextStep(
                text=how_they_come_back(record.outage_rows, record.rows.failed),
                command=_command(folder, "run", file_word(folder.failed_rows_file, anywhere=True)),
            )
        )
    elif left and folder.failed_rows_file.exists():
        steps.append(
            NextStep(
                text="Download failed-rows.csv, correct the rows in a spreadsheet, and upload it: it holds only the "
                f"{left:,} row{'' if left == 1 else 's'} that did not succeed.",
                command=_command(folder, "run", file_word(folder.failed_rows_file, anywhere=True)),
            )
        )
    if record.status in REDRIVABLE and record.map_run is not None:
        steps.append(
            NextStep(
                text="Where the cause lay outside the file (the database was away, users were missing) and is gone, "
                "run the rows that did not succeed again as they are:",
                command=_command(folder, "redrive", record.name),
            )
        )
    return steps


def _command(folder: RunFolder, *words: str) -> str:
    return command(*words, home=folder.runs.parent, anywhere=True)
