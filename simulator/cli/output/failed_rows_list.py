"""Failed rows for the terminal, in groups of the same failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.cli.output.run_table import short_name
from simulator.cli.output.text import local_time, shortened
from simulator.runs.failure_inbox.failed_row import RowPlace, State
from simulator.runs.words import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.cli.output.terminal import Terminal
    from simulator.runs.failure_inbox.failed_row import FailedRow
    from simulator.runs.failure_inbox.sending import Original

_MAX_TEXT = 100
_MAX_CAUSE = 160


def list_groups(
    term: Terminal, rows: Sequence[FailedRow], texts: Mapping[RowPlace, Original], runs: Sequence[str], limit: int
) -> None:
    """Print rows in groups, the group with the oldest row first.

    Args:
        term: takes them.
        rows: the rows, the oldest first.
        texts: how they stand in their files.
        runs: the names of all runs; a row is named by as much of its run's name as is enough.
        limit: how many rows of each group.
    """
    groups: dict[tuple[str, str, str], list[FailedRow]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    for found in groups.values():
        first = found[0]
        retry = "may succeed as it is" if first.code.retryable else "fails again as it is"
        term.say((f"\n{first.code.name}", "bold"), f"  {count(len(found), 'row')}, {retry}")
        term.fold(f"{first.error}: {shortened(first.cause, _MAX_CAUSE)}", indent=2)
        for row in found[:limit]:
            text = texts.get(RowPlace(row.run, row.line))
            said = "" if text is None else f"  {shortened(text.raw, _MAX_TEXT)}"
            fate = "" if row.state is State.OPEN else f"  ({row.fate})"
            name = f"{short_name(row.run, runs)}:{row.line}"
            term.fold(f"{local_time(row.time)}  ", (name, "bold"), f"  {row.file}{said}{fate}", indent=4)
        if len(found) > limit:
            term.say(f"    and {len(found) - limit:,} more: --limit {len(found)}")
