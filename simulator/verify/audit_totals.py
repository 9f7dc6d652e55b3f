"""The users' totals as the audit trail has them, and what brings a database to them.

The trail says what each row set a user's totals to; of several uploads the latest counts, as for the processor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdas.shared import audit_key
from lambdas.shared.audit_key import ROW_FAILED
from lambdas.shared.columns import TOTALS
from lambdas.shared.connection import connect
from lambdas.shared.errors import UserNotFoundError
from lambdas.user_log_processor.audit import SUCCESS
from lambdas.user_log_processor.statistics import lock_totals, set_totals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.runs.folder.run_folder import RunFolder

CHUNK = 1_000
"""Users in one transaction."""


@dataclass(frozen=True, slots=True)
class AuditedTotals:
    """What the audit trail says a user's totals are.

    Args:
        user_id: the user.
        totals: in the order of `TOTALS`.
        uploaded_at: the time of the upload they are from, in UTC, as the database keeps it.
        processed_at: when the row was processed: of two uploads in the same second the one processed later counts.
    """

    user_id: str
    totals: tuple[int, ...]
    uploaded_at: datetime
    processed_at: str


@dataclass(slots=True)
class Rebuilt:
    """What became of the users that the audit trail has.

    Args:
        changed: their totals were another, or none.
        same: the database had these totals.
        newer: the database has totals of a later upload, and keeps them.
        missing: they are not in the table users; their totals cannot be kept.
    """

    changed: int = 0
    same: int = 0
    newer: int = 0
    missing: list[str] = field(default_factory=list)


class AuditTrailTotals:
    """Reads audit trails, run by run.

    Of a row that failed and has items of its totals as well, the trail does not say whether they were committed: they
    are written before. What `items.jsonl` says of its end decides.

    Attributes:
        users: the latest totals of each user.
        items: how many items were read.
    """

    def __init__(self) -> None:
        self.users: dict[str, AuditedTotals] = {}
        self.items = 0

    def take(self, folder: RunFolder) -> None:
        """Take over a run's items; a run whose upload has no time has none.

        Raises:
            OSError: they cannot be read.
        """
        uploaded_at = folder.record().source.uploaded_at
        if uploaded_at is None:
            return
        moment = datetime.fromisoformat(uploaded_at).astimezone(UTC).replace(tzinfo=None)
        for user, totals, processed_at in self._done(folder):
            found = AuditedTotals(user, totals, moment, processed_at)
            before = self.users.get(user)
            if before is None or _order(before) <= _order(found):
                self.users[user] = found

    def _done(self, folder: RunFolder) -> Iterator[tuple[str, tuple[int, ...], str]]:
        rows: dict[int, dict[str, dict[str, Any]]] = {}
        ended: dict[int, str] | None = None
        for item in folder.audit_items():
            key = audit_key.parse(item.get("timestamp"))
            if key is not None:
                self.items += 1
                rows.setdefault(key.row_index, {})[key.processing_type] = item
        for index, kinds in rows.items():
            updates = [kinds.get(column.audit_type) for column in TOTALS]
            if any(update is None or update.get("status") != SUCCESS for update in updates):
                continue
            whole = [update for update in updates if update is not None]
            if ROW_FAILED in kinds:
                ended = ended or {line["index"]: line["status"] for line in folder.items()}
                if ended.get(index) != "SUCCEEDED":
                    continue
            processed_at = max(str(update.get("processedAt", "")) for update in whole)
            yield str(whole[0]["userId"]), tuple(int(update["newValue"]) for update in whole), processed_at


def rebuild(url: str, users: Mapping[str, AuditedTotals], *, dry_run: bool = False) -> Rebuilt:
    """Set the users' totals to those of the audit trail, unless the database's are of a later upload.

    Each user is locked as for a row of an upload, so that runs may go on meanwhile. Repeating it changes nothing.

    Args:
        url: the database, for psycopg.
        users: what the audit trail says.
        dry_run: roll everything back: only say what would be done.

    Raises:
        psycopg.Error: the database is not reached, or has not the tables.
    """
    result = Rebuilt()
    names = sorted(users)
    with connect(url, autocommit=True) as connection:
        for start in range(0, len(names), CHUNK):
            with connection.transaction(force_rollback=dry_run):
                for name in names[start : start + CHUNK]:
                    wanted = users[name]
                    try:
                        old = lock_totals(connection, name)
                    except UserNotFoundError:
                        result.missing.append(name)
                        continue
                    if old.newer_than(wanted.uploaded_at):
                        result.newer += 1
                    elif (old.values, old.last_updated) == (wanted.totals, wanted.uploaded_at):
                        result.same += 1
                    else:
                        set_totals(connection, wanted)
                        result.changed += 1
    return result


def _order(one: AuditedTotals) -> tuple[datetime, str]:
    return one.uploaded_at, one.processed_at
