"""The runs that are ahead of one that waits for its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.runs.folder.run_record import RUNNING
from simulator.runs.words import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.runs.folder.run_record import RunRecord

_SEQUENCER_DIGITS = 32


def ahead_of(record: RunRecord, records: Iterable[RunRecord]) -> list[RunRecord]:
    """Return the runs that a run waits for: those that have their turn first, then those that have it before.

    Args:
        record: the run; if it does not wait, nobody is ahead.
        records: all runs; those of other state machines do not count.
    """
    if not record.waits:
        return []
    others = [
        one
        for one in records
        if one.status == RUNNING and one.name != record.name and one.arn.rpartition(":")[0] == _machine(record)
    ]
    have_their_turn = [one for one in others if one.map_run is not None and not one.waits]
    before = [one for one in others if one.waits and _place(one) < _place(record)]
    return [*sorted(have_their_turn, key=_place), *sorted(before, key=_place)]


def behind(record: RunRecord, records: Iterable[RunRecord]) -> str:
    """Return `behind a.csv and 2 more files`; empty if nobody is seen ahead."""
    ahead = ahead_of(record, records)
    if not ahead:
        return ""
    more = f" and {count(len(ahead) - 1, 'more file')}" if len(ahead) > 1 else ""
    return f"behind {ahead[0].source.key}{more}"


def _machine(record: RunRecord) -> str:
    return record.arn.rpartition(":")[0]


def _place(record: RunRecord) -> tuple[str, str, str]:
    """Return a run's place: the order in which the file gate lets files in (lambdas/file_gate/turns.py)."""
    source = record.source
    return source.uploaded_at or "", (source.sequencer or "").upper().rjust(_SEQUENCER_DIGITS, "0"), record.arn
