"""The steps after a run, in the order that helps: by the kind of error, not by how the run ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.runs.advice.redrive_refusal import redrivable
from simulator.runs.advice.rejected_file import rejected_file_step
from simulator.runs.advice.step import Action, NextStep
from simulator.runs.advice.step_on_aws import step_on_aws
from simulator.runs.folder.run_record import INTERRUPTED, RUNNING
from simulator.runs.outcome import has_failed_rows
from simulator.runs.words import count

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

UNKNOWN_USER = "UserNotFoundError"
NEW_TIME = (
    "It is then a new upload with a new time, and overwrites what files that came in between have written: leave out "
    "rows for which a newer file has come."
)


def next_steps(folder: RunFolder, record: RunRecord) -> list[NextStep]:
    """Return what to do now, the most useful first; empty if there is nothing to do.

    An outage, throttling or a kill: redrive, and correct nothing. Users that are missing: load them. Rows that are
    wrong: correct them. A rejected file: by what is wrong with it.
    """
    if record.status == RUNNING:
        return []
    steps = _steps(folder, record)
    return [step_on_aws(folder, record, step) for step in steps] if record.on_aws else steps


def _steps(folder: RunFolder, record: RunRecord) -> list[NextStep]:
    if record.rejected:
        return [rejected_file_step(folder, record)]
    again = redrivable(record)
    wrong = record.rows.failed - record.outage_rows
    steps = [_users(folder, record)] if _most_users_unknown(record) else []
    if again and _not_the_rows_fault(record):
        steps.append(_redrive_first(record))
        if wrong and has_failed_rows(folder, record):
            steps.append(_correct_after_redrive(folder, wrong))
        return steps
    if has_failed_rows(folder, record):
        steps.append(_failed_rows(folder, record, wrong))
    if again:
        steps.append(_redrive_last(record))
    if not steps and record.status != "SUCCEEDED":
        steps.append(_file_again(folder, record))
    return steps


def _not_the_rows_fault(record: RunRecord) -> bool:
    """Whether the run ended so for a reason outside the file."""
    return record.outage_rows > 0 or not record.breached


def _most_users_unknown(record: RunRecord) -> bool:
    unknown = sum(reason.count for reason in record.reasons if reason.error == UNKNOWN_USER)
    return unknown * 2 > record.rows.succeeded + record.rows.failed


def _redrive_first(record: RunRecord) -> NextStep:
    left = record.rows.failed + record.rows.pending
    rows = f"the {count(left, 'row')} that did not succeed" if left else "the run"
    if record.outage_rows:
        when = "Once the outage is over (the database and the functions answer), run"
    elif record.status == INTERRUPTED:
        when = "The process was ended from outside; nothing is wrong with the file. Run"
    elif record.status == "ABORTED":
        when = "The run was stopped; nothing is wrong with the file. When it may go on, run"
    elif record.status == "TIMED_OUT":
        when = "The run took longer than its limit. Run"
    else:
        when = "Repair what the error names, then run"
    again = "again as they are" if left else "again from where it failed"
    return NextStep(text=f"{when} {rows} {again}:", action=Action.REDRIVE, words=("redrive", record.name))


def _redrive_last(record: RunRecord) -> NextStep:
    return NextStep(
        text="If the cause was not in the file and is repaired (users were missing, for example), run the rows that "
        "did not succeed again as they are:",
        action=Action.REDRIVE,
        words=("redrive", record.name),
    )


def _correct_after_redrive(folder: RunFolder, wrong: int) -> NextStep:
    return NextStep(
        text=f"The redrive leaves the {count(wrong, 'row')} that {'is' if wrong == 1 else 'are'} wrong in "
        f"failed-rows.csv. Correct them there, save the file, and run or upload it. {NEW_TIME}",
        action=Action.CORRECT,
        words=("run", folder.failed_rows_file),
    )


def _failed_rows(folder: RunFolder, record: RunRecord, wrong: int) -> NextStep:
    words: tuple[str | Path, ...] = ("run", folder.failed_rows_file)
    left = record.rows.failed + record.rows.pending
    if not wrong and (record.outage_rows or record.rows.pending):
        when = "Once the outage is over, send" if record.outage_rows else "Send"
        text = (
            f"{when} failed-rows.csv again as it is: it holds the {count(left, 'row')} that did not succeed. {NEW_TIME}"
        )
        return NextStep(text=text, action=Action.SEND_FAILED_ROWS, words=words)
    if record.outage_rows:
        return NextStep(text=_partly_wrong(wrong), action=Action.CORRECT, words=words)
    return NextStep(
        text="Correct the rows of failed-rows.csv in a spreadsheet, save it, and run or upload it: it holds only the "
        f"{count(left, 'row')} that did not succeed. {NEW_TIME}",
        action=Action.CORRECT,
        words=words,
    )


def _partly_wrong(wrong: int) -> str:
    what, lines = (
        ("The other row in it is wrong", "its line")
        if wrong == 1
        else (f"The other {wrong:,} rows in it are wrong", "their lines")
    )
    return (
        f"Once the outage is over, send failed-rows.csv again. {what}: correct that first, or delete {lines} (see "
        "_error), because a run fails when more than 5 % of its rows are wrong. Leave the others as they are. "
        f"{NEW_TIME}"
    )


def _users(folder: RunFolder, record: RunRecord) -> NextStep:
    return NextStep(
        text="Most users of this file are not in the table users. Load them from a file with the columns "
        "user_id,username,email (command users load), or have the file's users created:",
        action=Action.CREATE_USERS,
        words=(*words, "--create-users") if (words := _input_again(folder, record)) else (),
    )


def _file_again(folder: RunFolder, record: RunRecord) -> NextStep:
    words = _input_again(folder, record)
    what = "No row was started. " if record.map_run is None else ""
    return NextStep(
        text=f"{what}Once what the error names is repaired, {'run the file again:' if words else 'upload the file.'}",
        action=Action.RUN_AGAIN if words else Action.UPLOAD,
        words=words,
    )


def _input_again(folder: RunFolder, record: RunRecord) -> tuple[str | Path, ...]:
    """The command that runs the same file under its name; none if it is not here."""
    key, file = record.source.key, folder.input_file
    if record.on_aws:
        return ()
    return ("run", file, f"--key={key}") if key and file.exists() else ()
