"""Everything about one row, in words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from simulator.cli.output.text import shortened
from simulator.runs.failure_reasons import person_text
from simulator.runs.folder.json_lines import encode
from simulator.runs.folder.times import milliseconds_between
from simulator.runs.words import duration

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.runs.row_story import RowStory

MAX_TEXT = 1000


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
