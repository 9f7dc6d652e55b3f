"""Reports. Of a run: how it ended, why rows failed, its files, the next steps. Of a row: everything about it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lambdas.user_log_reporter.reasons import person_text
from simulator.cli.output.text import local_time, shortened, status_piece
from simulator.cli.paths import shown
from simulator.runs.advice.next_steps import next_steps
from simulator.runs.corrections.repairs import Repairs
from simulator.runs.folder.json_lines import encode
from simulator.runs.folder.times import milliseconds_between
from simulator.runs.outcome import Kind, explanation, findings, has_failed_rows, kind
from simulator.runs.store import RunStore
from simulator.runs.suggested_command import command
from simulator.runs.waiting import behind
from simulator.runs.words import count, duration

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.runs.corrections.repairs import Repair
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.row_story import RowStory

MAX_REASONS = 10
MAX_CAUSE = 300
MAX_TEXT = 1000
LONG_WAIT_MS = 1000
"""A wait that is worth a line: each file asks for its turn, and most get it at once."""


def report(terminal: Terminal, folder: RunFolder, record: RunRecord, *, just_ended: bool = False) -> None:
    """Print a report of a run that is going on or has ended.

    Args:
        terminal: takes it.
        folder: the run's.
        record: how it stands.
        just_ended: whether it ended for the first time just now: no file can have corrected it, and none is looked for.
    """
    headline(terminal, record)
    _waiting(terminal, folder, record)
    if record.origin is not None:
        terminal.say(
            f"On AWS ({record.origin.region}, account {record.origin.account}), as of {record.origin.fetched_at}"
        )
    for note in record.notes:
        terminal.fold(("Note: ", "yellow"), note)
    if record.injected:
        terminal.say(("Faults were injected: ", "yellow"), "; ".join(record.injected))
    if record.corrects is not None:
        terminal.say("Corrects rows of ", (record.corrects, "bold"))
    repair = None if just_ended else _repair(folder, record)
    for later in repair.by if repair else ():
        terminal.say("Some of its rows were corrected in ", (later, "bold"))
    if repair is not None:
        terminal.say((f"Repaired: {repair.words}", "green" if repair.complete else "yellow"))
    _findings(terminal, record)
    _reasons(terminal, record)
    _explanation(terminal, record)
    _places(terminal, folder, record)
    _next(terminal, folder, record, repaired=repair is not None and repair.complete)


def document(folder: RunFolder, record: RunRecord, *, just_ended: bool = False) -> dict[str, Any]:
    """Return the same for a program."""
    repair = None if just_ended else _repair(folder, record)
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
        "waitingSince": record.waiting_since if record.waits else None,
        "waitedMs": record.waited_ms,
        "outageRows": record.outage_rows,
        "redriveCount": record.redrive_count,
        "source": record.source.model_dump(by_alias=True),
        "reasons": [reason.model_dump(by_alias=True) for reason in record.reasons],
        "findings": [{"line": one.line, "message": one.message} for one in findings(record)],
        "notes": record.notes,
        "injected": record.injected,
        "corrects": record.corrects,
        "correctedBy": list(repair.by) if repair else [],
        "uncorrectedRows": repair.left if repair else None,
        "runDirectory": str(folder.path),
        "failedRows": str(folder.failed_rows_file) if folder.failed_rows_file.exists() else None,
        "databaseUrl": record.database,
        "origin": record.origin.model_dump(by_alias=True) if record.origin else None,
    }


def headline(terminal: Terminal, record: RunRecord) -> None:
    """Print how the run ended, as one line."""
    rows = record.rows
    parts = [f"{rows.succeeded:,} of {count(rows.total, 'row')} succeeded"]
    if rows.superseded:
        parts.append(f"{rows.superseded:,} of them superseded by a newer file")
    parts.append(f"{rows.failed:,} failed")
    if rows.pending:
        parts.append(f"{rows.pending:,} not {'yet done' if record.status == 'RUNNING' else 'done'}")
    told = "the file was rejected, nothing was written" if record.rejected else ", ".join(parts)
    if record.waits and record.map_run is None:
        told = f"{count(record.row_count or 0, 'row')}, not yet begun"
    terminal.fold(
        status_piece(record), f"  {record.source.key or '(no file)'}: {told}  ({duration(record.duration_ms)})"
    )


def _waiting(terminal: Terminal, folder: RunFolder, record: RunRecord) -> None:
    """Print behind which file it waits, or how long it waited."""
    if record.waits:
        where = behind(record, RunStore(folder.runs).records())
        terminal.fold(
            f"It has waited for its turn since {local_time(record.waiting_since)}{f', {where}' * bool(where)}."
        )
    elif record.waited_ms >= LONG_WAIT_MS:
        terminal.say(f"Before that it waited {duration(record.waited_ms)} for its turn")


def _findings(terminal: Terminal, record: RunRecord) -> None:
    found = findings(record)
    if found:
        terminal.say(("\nErrors in the file", "bold"))
    for one in found:
        where = f"line {one.line}" if one.line else "file"
        terminal.fold(f"{where}: {shortened(one.message, MAX_CAUSE)}", indent=2)


def _reasons(terminal: Terminal, record: RunRecord) -> None:
    if record.reasons:
        terminal.say(("\nWhy rows failed", "bold"))
    for reason in record.reasons[:MAX_REASONS]:
        terminal.fold(
            f"{reason.count:,} x ", (reason.error, "red"), f"  {shortened(reason.cause, MAX_CAUSE)}", indent=2
        )
        where = f"line {reason.line}" if reason.line is not None else f"index {reason.index}"
        user = f", user {shortened(reason.user, 40)!r}" if reason.user is not None else ""
        terminal.fold(("for example ", "dim"), f"{where}{user}", indent=6)
    if len(record.reasons) > MAX_REASONS:
        rest = sum(reason.count for reason in record.reasons[MAX_REASONS:])
        terminal.say(f"  {rest:,} more for {count(len(record.reasons) - MAX_REASONS, 'other reason')}: see items.jsonl")


def _explanation(terminal: Terminal, record: RunRecord) -> None:
    why = explanation(record)
    if not why:
        return
    heading = ("\nRows lost to an outage", "bold yellow")
    if kind(record) != Kind.OUTAGE:
        heading = (f"\nWhy the run {'failed' if record.breached or record.rejected else 'ended'}", "bold")
    terminal.say(heading)
    terminal.fold(shortened(why, 3 * MAX_CAUSE), indent=2)


def _places(terminal: Terminal, folder: RunFolder, record: RunRecord) -> None:
    terminal.say(("\nFiles and database", "bold"))
    terminal.say(f"  run folder   {shown(folder.path)}")
    if has_failed_rows(folder, record):
        terminal.say(f"  failed rows  {shown(folder.failed_rows_file)}")
    if folder.result_files():
        terminal.say(f"  results      {shown(folder.results)}")
    if record.database:
        terminal.say(f"  database     {record.database}")


def _repair(folder: RunFolder, record: RunRecord) -> Repair | None:
    store = RunStore(folder.runs)
    return Repairs(store, store.records()).of(record.name)


def _next(terminal: Terminal, folder: RunFolder, record: RunRecord, *, repaired: bool) -> None:
    terminal.say(("\nNext steps", "bold"))
    terminal.say("  ", (command("show", record.name), "bold"))
    line = next((reason.line for reason in record.reasons if reason.line is not None), None)
    if line is not None:
        terminal.say("  ", (command("show", record.name, "--row", str(line)), "bold"), "  (everything about that row)")
    for step in () if repaired else next_steps(folder, record):
        terminal.fold(step.text, indent=2)
        if step.words:
            terminal.say("  ", (command(*step.words), "bold"))
        elif step.on_aws:
            terminal.say("  ", (step.on_aws, "bold"))


def row_report(terminal: Terminal, story: RowStory) -> None:
    """Print everything about a row."""
    terminal.say((f"Line {story.line}", "bold"), f"  (row index {story.index})")
    names = story.header or [str(number + 1) for number in range(len(story.fields))]
    for name, value in zip(names, story.fields, strict=False):
        terminal.say(f"  {name}: {shortened(value, MAX_TEXT)!r}")
    if not story.items:
        terminal.say("\nThis row has not been processed.")
    for item in story.items:
        _item(terminal, item)
    terminal.say((f"\nAudit items ({len(story.audit)})", "bold"))
    for entry in story.audit:
        terminal.say(f"  {_audit(entry)}")
    terminal.say((f"\nLogs ({len(story.logs)})", "bold"))
    for record in story.logs:
        terminal.say(f"  {record.get('time')}  {_message(record)}")


def row_document(story: RowStory) -> dict[str, Any]:
    """Return the same for a program."""
    return asdict(story)


def _item(terminal: Terminal, item: dict[str, Any]) -> None:
    redrive = f" (redrive {item['redrive']})" if item.get("redrive") else ""
    outcome = f", {item['outcome']}" if item.get("outcome") else ""
    took = duration(milliseconds_between(item.get("start"), item.get("stop")))
    style = "green" if item.get("status") == "SUCCEEDED" else "red"
    terminal.say(
        (f"\n{item.get('status')}{outcome}", f"bold {style}"),
        f"{redrive}  {item.get('start')}, {took}, attempts: {item.get('attempts')}, worker {item.get('worker')}",
    )
    for one in item.get("tries") or []:
        if isinstance(one, list) and len(one) == 4:  # noqa: PLR2004 - state, start, stop, error
            state, start, stop, error = one
            terminal.say(f"  {state}: {start}, {duration(milliseconds_between(start, stop))}, {error or 'ok'}")
    if item.get("error"):
        terminal.say("  ", (str(item["error"]), "red"), f": {shortened(person_text(item.get('cause')), MAX_TEXT)}")


def _audit(entry: dict[str, Any]) -> str:
    kind, status = entry.get("processingType", "?"), entry.get("status", "?")
    if "oldValue" in entry or "newValue" in entry:
        return f"{kind}: {status}, {entry.get('oldValue')} -> {entry.get('newValue')}, at {entry.get('processedAt')}"
    return f"{kind}: {status}, {entry.get('errorMessage', '')}, at {entry.get('processedAt')}"


def _message(record: dict[str, Any]) -> str:
    message = record.get("message")
    text = message if isinstance(message, str) else encode(message).decode()
    return shortened(text.replace("\t", "  ").replace("\n", "\n    "), MAX_TEXT)
