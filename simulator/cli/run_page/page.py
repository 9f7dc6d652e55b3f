"""A run as one HTML page that needs nothing else, for a ticket: no script, no font, no picture from elsewhere.

Every text comes from a file of somebody's: it is escaped, and a policy in the page keeps a browser from loading or
running anything even so.
"""

from __future__ import annotations

import csv
from html import escape
from itertools import islice
from typing import TYPE_CHECKING

from lambdas.user_log_reporter.reasons import person_text
from simulator.aws.json_reader import BadJson, read_json
from simulator.cli.output.text import clean, shortened, status_piece
from simulator.cli.run_page.state_graph import state_graphs
from simulator.cli.run_page.state_marks import state_marks
from simulator.runs.advice.next_steps import next_steps
from simulator.runs.corrections.repairs import Repairs
from simulator.runs.folder.history_reader import HistoryEvent
from simulator.runs.outcome import explanation, findings
from simulator.runs.store import RunStore
from simulator.runs.suggested_command import command
from simulator.runs.words import count, duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
MOST_ROWS = 1000
_RUN = "_run"
_MAX_TEXT = 1000
_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem }
h1 { overflow-wrap: anywhere }
table { border-collapse: collapse; margin: .5rem 0 1.5rem }
th, td { border-bottom: 1px solid #8886; padding: .25rem .6rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere }
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif }
code { overflow-wrap: anywhere }
.wide { overflow-x: auto }
.outcome { border-left: 5px solid #5f6368; padding: .4rem 1rem; background: #8881 }
.SUCCEEDED { border-color: #1b6e3c } .FAILED, .REJECTED, .TIMED_OUT { border-color: #b3261e }
.ABORTED, .INTERRUPTED, .OUTAGE { border-color: #8a5300 } .RUNNING { border-color: #0b57a4 }
"""


def run_page(folder: RunFolder, record: RunRecord) -> str:
    """Return the page of a run.

    Args:
        folder: the run's.
        record: how it stands.
    """
    parts = [
        f"<h1>{_text(record.source.key or record.name)}</h1>",
        _outcome(record),
        _facts(record),
        *_causes(record),
        *_since(folder, record),
        *_next_steps(folder, record),
        *_failed_rows(folder),
        *_graphs(folder, record),
        f"<p>Everything about one row: <code>{_text(command('show', record.name, '--row', 'LINE'))}</code></p>",
    ]
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>{_text(record.name)}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _text(value: object, most: int = _MAX_TEXT) -> str:
    """Return a text as HTML; characters that steer a terminal or turn letters round are shown as escapes."""
    return escape(clean(shortened(str(value), most)))


def _outcome(record: RunRecord) -> str:
    status, rows = status_piece(record)[0], record.rows
    told = f"{rows.succeeded:,} of {count(rows.total, 'row')} succeeded, {rows.failed:,} failed"
    if rows.superseded:
        told += f", {rows.superseded:,} of those that succeeded were superseded by a newer file"
    if rows.pending:
        told += f", {rows.pending:,} not done"
    told = "The file was rejected; nothing was written" if record.rejected else told
    return f'<p class="outcome {_text(status)}"><strong>{_text(status)}</strong> {_text(told)}.</p>'


def _facts(record: RunRecord) -> str:
    origin = record.origin
    facts = {
        "Run": record.name,
        "File": f"s3://{record.source.bucket}/{record.source.key}",
        "Where": f"AWS, {origin.region}, account {origin.account}, as of {origin.fetched_at}" if origin else "local",
        "Started": record.started,
        "Ended": record.stopped or "-",
        "Took": duration(record.duration_ms),
        "Redriven": count(record.redrive_count, "time") if record.redrive_count else None,
        "Error": record.error,
        "Corrects": record.corrects,
        "Injected faults": "; ".join(record.injected) or None,
        "Notes": "; ".join(record.notes) or None,
    }
    rows = [(name, value) for name, value in facts.items() if value is not None]
    return _table((), rows)


def _causes(record: RunRecord) -> Iterable[str]:
    found, why = findings(record), explanation(record)
    if why:
        yield f"<h2>Why the run ended so</h2><p>{_text(why)}</p>"
    if found:
        yield "<h2>Errors in the file</h2>"
        yield _table(("Line", "Error"), [(one.line or "file", one.message) for one in found])
    if record.reasons:
        yield "<h2>Why rows failed</h2>"
        rows = [
            (f"{one.count:,}", one.error, person_text(one.cause), f"line {one.line}, user {one.user!r}")
            for one in record.reasons
        ]
        yield _table(("Rows", "Error", "Cause", "For example"), rows)


def _since(folder: RunFolder, record: RunRecord) -> Iterable[str]:
    """Tell what was done since the run failed: its redrives, and the runs of corrected files."""
    done = [
        (event.timestamp, "Redriven", f"redrive {event.details.get('redriveCount', '?')}")
        for event in map(HistoryEvent, folder.events())
        if event.type == "ExecutionRedriven"
    ]
    store = RunStore(folder.runs)
    repair = Repairs(store, store.records()).of(record.name)
    for name in repair.by if repair else ():
        later = store.folder(name).record()
        told = f"{later.rows.succeeded:,} of {count(later.rows.total, 'row')} succeeded"
        done.append((str(later.started), "Corrected file", f"{name}: {status_piece(later)[0]}, {told}"))
    yield "<h2>Done since</h2>"
    yield _table(("When", "What", ""), sorted(done)) if done else "<p>Nothing.</p>"
    if repair is not None:
        yield f"<p>{_text(repair.words[:1].upper() + repair.words[1:])}.</p>"


def _next_steps(folder: RunFolder, record: RunRecord) -> Iterable[str]:
    steps = next_steps(folder, record)
    if steps:
        yield "<h2>Next steps</h2>"
    for step in steps:
        words = command(*step.words) if step.words else step.on_aws or ""
        yield f"<p>{_text(step.text)}{f'<br><code>{_text(words)}</code>' if words else ''}</p>"


def _failed_rows(folder: RunFolder) -> Iterable[str]:
    try:
        file = folder.failed_rows_file.open(encoding="utf-8", errors="replace", newline="")
    except FileNotFoundError:
        return
    with file:
        reader = csv.reader(file)
        header = next(reader, [])
        shown = [place for place, name in enumerate(header) if name != _RUN]  # it is this run in each row
        rows = [[row[place] for place in shown if place < len(row)] for row in islice(reader, MOST_ROWS)]
        more = sum(1 for _ in reader)
    if not rows:
        return
    yield f"<h2>Rows that did not succeed ({len(rows) + more:,})</h2>"
    yield _table([header[place] for place in shown], rows)
    if more:
        yield f"<p>{more:,} more are in {_text(folder.failed_rows_file.name)}.</p>"


def _graphs(folder: RunFolder, record: RunRecord) -> Iterable[str]:
    try:
        definition = read_json(folder.definition_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, BadJson):
        return
    for title, picture in state_graphs(definition, state_marks(folder, record, definition)):
        yield f"<h2>{_text(title)}</h2>{picture}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = f"<thead><tr>{''.join(f'<th>{_text(one)}</th>' for one in heads)}</tr></thead>" if heads else ""
    body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table>{head}<tbody>{body}</tbody></table></div>'
