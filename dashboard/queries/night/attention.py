"""The runs that need a person: they did not succeed or have bad rows, and nothing has repaired that since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.queries.night.intervals import morning_of
from dashboard.queries.records import repairs, run_records
from simulator.runs.folder.times import parsed_moment
from simulator.runs.outcome import Kind, kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from simulator.runs.corrections.repairs import Repairs
    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.store import RunStore

_WORST = (Kind.REJECTED, Kind.FAILED, Kind.STOPPED, Kind.OUTAGE, Kind.SOME_FAILED)


def needing_attention(store: RunStore, zone: tzinfo) -> list[RunRecord]:
    """Return the records of those runs, the worst first: nothing processed, then most rows missing, then bad rows.

    A run needs nobody any more when its failed rows were corrected, when each of them was sent again (those that
    failed again wait in the run of the corrected file), or when the same file, or one of its name in the same night,
    has succeeded since without a failed row.

    Args:
        store: the runs.
        zone: the time zone of the nights.
    """
    records = run_records(store)
    clean = _Clean(records, zone)
    known = repairs(store)
    found = [one for one in records if kind(one) in _WORST and not _settled(one, known, clean)]
    return sorted(sorted(found, key=lambda one: one.started or "", reverse=True), key=_badness)


def _settled(record: RunRecord, known: Repairs, clean: _Clean) -> bool:
    repair = known.of(record.name)
    if repair is not None and (repair.complete or not repair.untried):
        return True
    return clean.since(record)


def _badness(record: RunRecord) -> tuple[int, int]:
    """Sorts the worst first: whole files before some rows, and then by the rows that are missing."""
    what = kind(record)
    missing = record.rows.failed + record.rows.pending
    whole = what in (Kind.REJECTED, Kind.FAILED, Kind.STOPPED)
    nothing_done = whole and not record.rows.succeeded
    return 0 if nothing_done else 1 if whole else _WORST.index(what), -missing


class _Clean:
    """Runs that succeeded without a failed row, by the content of their file, and by its name and night."""

    def __init__(self, records: Iterable[RunRecord], zone: tzinfo) -> None:
        self._zone = zone
        self._last: dict[tuple[object, ...], str] = {}
        for record in records:
            if kind(record) is Kind.OK and record.rows.succeeded:
                for key in self._keys(record):
                    self._last[key] = max(self._last.get(key, ""), record.started or "")

    def since(self, record: RunRecord) -> bool:
        """Whether such a run began after `record` did."""
        return any(self._last.get(key, "") > (record.started or "") for key in self._keys(record))

    def _keys(self, record: RunRecord) -> list[tuple[object, ...]]:
        started, source = parsed_moment(record.started), record.source
        keys: list[tuple[object, ...]] = []
        if source.etag and source.size:
            keys.append((source.etag, source.size))
        if source.key and started is not None:
            keys.append((source.key, morning_of(started, self._zone)))
        return keys
