"""A run in words: how it ended, why rows failed, what lies where, what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.cli.output.clean_text import shortened
from simulator.cli.output.words import count, duration, status_piece
from simulator.cli.paths import shown
from simulator.runs.corrections import corrected_by
from simulator.runs.outages import how_they_come_back, outage_sentence
from simulator.runs.run_record import INTERRUPTED, RUNNING
from simulator.runs.store import RunStore
from simulator.runs.suggested_command import command, file_word
from simulator.runs.summary import findings

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.runs.folder import RunFolder
    from simulator.runs.run_record import RunRecord

UNKNOWN_USER = "UserNotFoundError"
MAX_REASONS = 10
MAX_CAUSE = 300


def report(terminal: Terminal, folder: RunFolder, record: RunRecord) -> None:
    """Tell a person about a run that is going on or has ended."""
    _headline(terminal, record)
    for note in record.notes:
        terminal.say(("Note: ", "yellow"), note)
    if record.injected:
        terminal.say(("Faults were injected: ", "yellow"), "; ".join(record.injected))
    if record.corrects is not None:
        terminal.say("Corrects rows of ", (record.corrects, "bold"))
    for later in corrected_by(RunStore(folder.runs), record.name):
        terminal.say("Rows of it were corrected in ", (later, "bold"))
    _findings(terminal, record)
    _reasons(terminal, record)
    _outage(terminal, folder, record)
    _explanation(terminal, folder, record)
    _places(terminal, folder, record)
    _next(terminal, folder, record)


def document(folder: RunFolder, record: RunRecord) -> dict[str, Any]:
    """Return the same for a program."""
    return {
        "executionName": record.name,
        "status": record.status,
        "rejected": record.rejected,
        "error": record.error,
        "cause": record.cause,
        "rows": record.rows.model_dump(by_alias=True),
        "started": record.started,
        "stopped": record.stopped,
        "durationMs": record.duration_ms,
        "outageRows": record.outage_rows,
        "redriveCount": record.redrive_count,
        "source": record.source.model_dump(by_alias=True),
        "reasons": [reason.model_dump(by_alias=True) for reason in record.reasons],
        "findings": [{"line": one.line, "message": one.message} for one in findings(record)],
        "notes": record.notes,
        "injected": record.injected,
        "corrects": record.corrects,
        "correctedBy": corrected_by(RunStore(folder.runs), record.name),
        "runDirectory": str(folder.path),
        "failedRows": str(folder.failed_rows_file) if folder.failed_rows_file.exists() else None,
        "databaseUrl": record.database,
    }


def _headline(terminal: Terminal, record: RunRecord) -> None:
    rows = record.rows
    parts = [f"{rows.succeeded:,} of {count(rows.total, 'row')} succeeded"]
    if rows.superseded:
        parts.append(f"{rows.superseded:,} of them superseded by a newer file")
    parts.append(f"{rows.failed:,} failed")
    if rows.pending:
        parts.append(f"{rows.pending:,} not {'yet done' if record.status == 'RUNNING' else 'done'}")
    told = "the file was rejected, nothing was written" if record.rejected else ", ".join(parts)
    terminal.say(
        status_piece(record), f"  {record.source.key or '(no file)'}: {told}  ({duration(record.duration_ms)})"
    )


def _findings(terminal: Terminal, record: RunRecord) -> None:
    found = findings(record)
    if found:
        terminal.say(("\nWhat is wrong with the file", "bold"))
    for one in found:
        terminal.say(f"  {'line ' + str(one.line) if one.line else 'file'}: {shortened(one.message, MAX_CAUSE)}")


def _reasons(terminal: Terminal, record: RunRecord) -> None:
    if record.reasons:
        terminal.say(("\nWhy rows failed", "bold"))
    for reason in record.reasons[:MAX_REASONS]:
        terminal.say(f"  {reason.count:,} x ", (reason.error, "red"), f"  {shortened(reason.cause, MAX_CAUSE)}")
        where = f"line {reason.line}" if reason.line is not None else f"index {reason.index}"
        user = f", user {shortened(reason.user, 40)!r}" if reason.user is not None else ""
        terminal.say(("      for example ", "dim"), f"{where}{user}")
    if len(record.reasons) > MAX_REASONS:
        rest = sum(reason.count for reason in record.reasons[MAX_REASONS:])
        terminal.say(f"  {rest:,} more for {count(len(record.reasons) - MAX_REASONS, 'other reason')}: see items.jsonl")


def _outage(terminal: Terminal, folder: RunFolder, record: RunRecord) -> None:
    """Say what an outage kept out, and how it comes back where the run succeeded: AWS redrives no such run."""
    if not record.outage_rows or record.status == RUNNING:
        return
    succeeded = record.status == "SUCCEEDED"
    terminal.say(
        ("\nRows lost to an outage", "bold yellow"), f"\n  {outage_sentence(record.outage_rows, succeeded=succeeded)}"
    )
    if succeeded and _has_failed_rows(folder, record):
        terminal.say(f"  {how_they_come_back(record.outage_rows, record.rows.failed)}")
        terminal.say("  ", (command("run", file_word(folder.failed_rows_file)), "bold"))


def _explanation(terminal: Terminal, folder: RunFolder, record: RunRecord) -> None:
    if record.breached and record.map_run is not None:
        note = record.map_run
        terminal.say(
            ("\nWhy the run failed", "bold"),
            f"\n  Too many rows failed: a run is given up when strictly more than "
            f"{note.tolerated_failure_percentage:g} % of its rows, or more than {note.tolerated_failure_count:,} rows, "
            f"fail. {record.rows.failed:,} of {record.rows.total:,} failed"
            f"{_percentage(record)}. Rows that had begun were finished, no further ones were begun.",
        )
    elif record.error and not record.rejected:
        terminal.say(
            ("\nWhy the run ended", "bold"), f"\n  {record.error}: {shortened(record.cause or '', 3 * MAX_CAUSE)}"
        )
    if record.status == "INTERRUPTED":
        terminal.say("\nThe simulator's process ended before the run did; what had been done by then is kept.")
    unknown = sum(reason.count for reason in record.reasons if reason.error == UNKNOWN_USER)
    if unknown * 2 > record.rows.succeeded + record.rows.failed:
        terminal.say(
            ("\nMost users of this file are unknown", "bold"),
            "\n  A row's user must exist in the table users. Either load them from a file with the columns "
            "user_id,username,email:\n    ",
            (command("users", "load", "--help"), "bold"),
            "\n  or have the users of the file itself created first, with --create-users",
        )
        if folder.input_file.exists() and record.source.key:
            again = command("run", file_word(folder.input_file), f"--key={record.source.key}", "--create-users")
            terminal.say("    ", (again, "bold"))


def _percentage(record: RunRecord) -> str:
    total = record.rows.total
    return f", {record.rows.failed * 100 / total:.1f} %" if total else ""


def _places(terminal: Terminal, folder: RunFolder, record: RunRecord) -> None:
    terminal.say(("\nWhat lies where", "bold"))
    terminal.say(f"  run folder   {shown(folder.path)}")
    if _has_failed_rows(folder, record):
        terminal.say(f"  failed rows  {shown(folder.failed_rows_file)}")
    if folder.result_files():
        terminal.say(f"  results      {shown(folder.results)}")
    if record.database:
        terminal.say(f"  database     {record.database}")


def _next(terminal: Terminal, folder: RunFolder, record: RunRecord) -> None:
    terminal.say(("\nWhat to type next", "bold"))
    terminal.say("  ", (command("show", record.name), "bold"))
    line = next((reason.line for reason in record.reasons if reason.line is not None), None)
    if line is not None:
        terminal.say("  ", (command("show", record.name, "--row", str(line)), "bold"), "  (everything about that row)")
    if record.status in ("FAILED", "ABORTED", "TIMED_OUT", INTERRUPTED) and record.map_run is not None:
        terminal.say("  where the rows are right and something else failed (missing users, a database that was down):")
        terminal.say("  ", (command("redrive", record.name), "bold"), "  (runs only what did not succeed again)")
    if _has_failed_rows(folder, record):
        terminal.say("  correct the failed rows in a spreadsheet, save, and send only those again:")
        terminal.say("  ", (command("run", file_word(folder.failed_rows_file)), "bold"))
    elif record.rejected:
        terminal.say("  correct the file, and run it again")


def _has_failed_rows(folder: RunFolder, record: RunRecord) -> bool:
    return bool(record.rows.failed or record.rows.pending) and folder.failed_rows_file.exists()
