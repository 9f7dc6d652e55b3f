"""The list of runs, as wide as the terminal: a column that does not fit is left out, and no value is ever cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.table import Table

from simulator.cli.output.terminal import line_of
from simulator.cli.output.text import local_time, status_piece
from simulator.runs.words import count, duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.cli.output.terminal import Terminal
    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.store import RunStore

TITLES = ("Run", "File", "Started", "Took", "Rows", "Failed", "Status")
_NUMBERS = ("Took", "Rows", "Failed")
_LEFT_OUT: tuple[tuple[str, ...], ...] = ((), ("Took",), ("Took", "Started"))
"""The columns to leave out, step by step; `show` prints them, and the name contains the time."""
_LEAST_FILE = 16
_SHORT_NAME = len("user-log-20250802-093000-") + 7
_GAP = 1


def show_runs(terminal: Terminal, names: Sequence[str], records: Sequence[RunRecord]) -> None:
    """Write a table, or a few lines for each run if the terminal is too narrow for one.

    Args:
        terminal: its width counts.
        names: the name to print for each run.
        records: the runs.
    """
    rows = [_cells(name, record) for name, record in zip(names, records, strict=True)]
    natural = {title: max(cell_len(title), *(cell_len(row[title]) for row in rows)) for title in TITLES}
    for left_out in _LEFT_OUT:
        titles = [title for title in TITLES if title not in left_out]
        others = sum(natural[title] + _GAP for title in titles if title != "File")
        room = min(natural["File"], terminal.console.width - others)
        if room >= min(natural["File"], _LEAST_FILE):
            terminal.show(_table(titles, room, rows, records))
            return
    for row, record in zip(rows, records, strict=True):
        terminal.say((row["Run"], "bold"))
        terminal.fold("  ", status_piece(record), f"  {count(record.rows.total, 'row')}, {row['Failed']} failed")
        terminal.fold(f"  {row['File']}")
        terminal.fold(f"  {row['Started']}, {row['Took']}")


def short_name(name: str, names: Sequence[str]) -> str:
    """Return the beginning of a run's name that is enough to name it among others: the whole is too long for a line."""
    beginning = name[:_SHORT_NAME]
    return beginning if sum(other.startswith(beginning) for other in names) == 1 else name


def _cells(name: str, record: RunRecord) -> dict[str, str]:
    texts = (
        name,
        record.source.key,
        local_time(record.started),
        duration(record.duration_ms),
        f"{record.rows.total:,}",
        f"{record.rows.failed:,}",
        status_piece(record)[0],
    )
    return {title: line_of(text).plain for title, text in zip(TITLES, texts, strict=True)}


def _table(titles: list[str], room: int, rows: list[dict[str, str]], records: Sequence[RunRecord]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    for title in titles:
        if title == "File":
            table.add_column(title, overflow="fold", width=room)
        else:
            table.add_column(title, no_wrap=True, justify="right" if title in _NUMBERS else "left")
    for row, record in zip(rows, records, strict=True):
        style = status_piece(record)[1]
        table.add_row(*(line_of((row[title], style)) if title == "Status" else line_of(row[title]) for title in titles))
    return table


def run_summary(store: RunStore, record: RunRecord) -> dict[str, Any]:
    """Return a run in a list, for a program."""
    return {
        "executionName": record.name,
        "status": record.status,
        "error": record.error,
        "key": record.source.key,
        "started": record.started,
        "stopped": record.stopped,
        "durationMs": record.duration_ms,
        "waitingSince": record.waiting_since if record.waits else None,
        "waitedMs": record.waited_ms,
        "rows": record.rows.model_dump(by_alias=True),
        "outageRows": record.outage_rows,
        "redriveCount": record.redrive_count,
        "runDirectory": str(store.folder(record.name).path),
    }
