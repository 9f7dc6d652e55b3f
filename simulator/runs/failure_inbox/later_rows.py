"""Rows of users whose earlier rows failed: a newer file that had them has written their totals since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.runs.failure_inbox.failed_row import RowPlace
from simulator.runs.failure_inbox.run_failures import time_of
from simulator.runs.folder.run_record import RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.runs.failure_inbox.failed_row import FailedRow
    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.store import RunStore

    Moment = tuple[str, str, str]
    Database = tuple[str | None, ...]


class LaterRows:
    """The latest row that succeeded of each user, in each database.

    Args:
        store: the runs.
        records: all of them; those that are older than every row asked for are not read.
        rows: the rows that will be asked for.
    """

    def __init__(self, store: RunStore, records: Iterable[RunRecord], rows: Iterable[FailedRow]) -> None:
        known = {record.name: record for record in records}
        self._moments = {name: _moment(record) for name, record in known.items()}
        self._databases = {name: _database_of(record) for name, record in known.items()}
        self._latest: dict[str, dict[Database, tuple[Moment, RowPlace]]] = {}
        wanted: dict[Database, set[str]] = {}
        first: dict[Database, Moment] = {}
        for row in rows:
            if row.user:
                place, moment = _place(known[row.run]), self._moments[row.run]
                wanted.setdefault(place, set()).add(row.user)
                first[place] = min(first.get(place, moment), moment)
        for name, record in known.items():
            place, moment = _place(record), self._moments[name]
            if record.status != RUNNING and record.rows.succeeded and place in first and moment > first[place]:
                self._read(store, name, wanted[place])

    def of(self, row: FailedRow) -> RowPlace | None:
        """Return the row that has written a user's totals from a newer upload than a row's; None if none has."""
        database = self._databases[row.run]
        found = [written for other, written in self._latest.get(row.user or "", {}).items() if _same(other, database)]
        newest = max(found, key=lambda written: written[0], default=None)
        return newest[1] if newest is not None and newest[0] > self._moments[row.run] else None

    def _read(self, store: RunStore, name: str, users: set[str]) -> None:
        database, moment = self._databases[name], self._moments[name]
        for item in store.folder(name).items():
            user, line = item.get("user"), item.get("line")
            if user not in users or item.get("status") != "SUCCEEDED":
                continue
            known = self._latest.setdefault(user, {})
            if database not in known or moment > known[database][0]:
                known[database] = moment, RowPlace(name, line if isinstance(line, int) else None)


def same_database(one: RunRecord, other: RunRecord) -> bool:
    """Whether two runs have written the same database, as far as is known: a row in another says nothing about one.

    Of runs of this machine an old record may not say which database it was; then it counts as the other's.
    """
    return _same(_database_of(one), _database_of(other))


def _same(one: Database, other: Database) -> bool:
    if len(one) > 1 or len(other) > 1:  # of a stack on AWS
        return one == other
    return one == other or None in (*one, *other)


def _database_of(record: RunRecord) -> Database:
    if record.origin is not None:
        origin = record.origin
        return origin.account, origin.region, origin.endpoint, record.machine
    return (record.database_id,)


def _place(record: RunRecord) -> Database:
    """Return the stack of a run, or that it was on this machine."""
    return _database_of(record) if record.on_aws else ()


def _moment(record: RunRecord) -> Moment:
    return time_of(record), record.started or "", record.name
