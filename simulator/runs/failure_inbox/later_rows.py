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
        self._databases = {name: database_of(record) for name, record in known.items()}
        self._latest: dict[tuple[Database, str], tuple[Moment, RowPlace]] = {}
        wanted: dict[Database, set[str]] = {}
        first: dict[Database, Moment] = {}
        for row in rows:
            if row.user:
                database, moment = self._databases[row.run], self._moments[row.run]
                wanted.setdefault(database, set()).add(row.user)
                first[database] = min(first.get(database, moment), moment)
        for name, record in known.items():
            database, moment = self._databases[name], self._moments[name]
            if record.status != RUNNING and record.rows.succeeded and database in first and moment > first[database]:
                self._read(store, name, wanted[database])

    def of(self, row: FailedRow) -> RowPlace | None:
        """Return the row that has written a user's totals from a newer upload than a row's; None if none has."""
        found = self._latest.get((self._databases[row.run], row.user or ""))
        return found[1] if found is not None and found[0] > self._moments[row.run] else None

    def _read(self, store: RunStore, name: str, users: set[str]) -> None:
        database, moment = self._databases[name], self._moments[name]
        for item in store.folder(name).items():
            user, line = item.get("user"), item.get("line")
            if user not in users or item.get("status") != "SUCCEEDED":
                continue
            known = self._latest.get((database, user))
            if known is None or moment > known[0]:
                place = RowPlace(name, line if isinstance(line, int) else None)
                self._latest[database, user] = moment, place


def database_of(record: RunRecord) -> Database:
    """Return what tells the database that a run has written from others: a row there says nothing about one here."""
    if record.origin is not None:
        origin = record.origin
        return origin.account, origin.region, origin.endpoint, record.machine
    return (record.database_id,)


def _moment(record: RunRecord) -> Moment:
    return time_of(record), record.started or "", record.name
