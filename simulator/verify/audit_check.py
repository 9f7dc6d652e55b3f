"""Compares the audit items with rows and file: one per total of a row that succeeded, one of a row that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdas.shared import audit_key
from lambdas.shared.audit_key import ROW_FAILED as FAILURE
from lambdas.shared.columns import TOTALS
from simulator.verify.row import FAILED, PENDING, SUCCEEDED, Row

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.verify.findings import Findings

PLACE = "audit"
UPDATES = tuple(column.audit_type for column in TOTALS)
ROLLED_BACK = (
    "It has update items although it did not succeed: its transaction was rolled back, or its answer was lost."
)
FAILED_BEFORE = "It has a failure item although it succeeded: it had failed before the redrive."
UNLOGGED = "It has no failure item: LogError could not write it either."
STOPPED = "It has no failure item: it was stopped before it could log one."
_Item = dict[str, Any]


class AuditCheck:
    """Compares a run's audit items; of items with the same key the last one counts, as in the table.

    Args:
        folder: the run's.
        rows: as `items.jsonl` has them.
        findings: where disagreements go.
    """

    def __init__(self, folder: RunFolder, rows: list[Row], findings: Findings) -> None:
        self._folder = folder
        self._rows = rows
        self._findings = findings
        self._items: dict[int, dict[str, _Item]] = {}
        self._entered: set[str] = set()

    def run(self) -> None:
        """Compare everything."""
        for item in self._folder.audit_items():
            self._take(item)
        for row in self._rows:
            items = self._items.get(row.index, {})
            self._findings.count(PLACE, len(items))
            if row.state == SUCCEEDED:
                self._succeeded(row, items)
            elif row.state == FAILED:
                self._failed(row, items)
            elif items:
                self._not_ended(row)

    def _take(self, item: dict[str, Any]) -> None:
        key = audit_key.parse(item.get("timestamp"))
        where = f"The item with the timestamp {item.get('timestamp')!r}"
        partition = str(item.get("executionName"))
        if audit_key.execution_of(partition) != self._folder.name:
            self._findings.disagree(PLACE, f"{where} belongs to another run, {item.get('executionName')!r}.")
        elif key is None or key.row_index >= len(self._rows) or key.processing_type not in (*UPDATES, FAILURE):
            self._findings.disagree(PLACE, f"{where} belongs to no row of the file.")
        elif partition not in {self._folder.name, audit_key.partition(self._folder.name, key.row_index)}:
            row = self._rows[key.row_index]
            self._findings.disagree(PLACE, f"{where} lies in {partition!r}, where nobody looks for it.", row)
        elif item.get("processingType") != key.processing_type:
            row = self._rows[key.row_index]
            self._findings.disagree(PLACE, f"{where} calls itself {item.get('processingType')!r}.", row)
        else:
            row = self._rows[key.row_index]
            kept = self._items.setdefault(key.row_index, {})
            if kept and key.map_entered_at not in self._entered:
                self._findings.disagree(
                    PLACE, f"{where} has another time than the row's first items: the row was processed twice.", row
                )
            self._entered.add(key.map_entered_at)
            kept[key.processing_type] = item

    def _succeeded(self, row: Row, items: dict[str, _Item]) -> None:
        for kind, total in zip(UPDATES, row.totals, strict=True):
            item = items.get(kind)
            if item is None:
                self._findings.disagree(PLACE, f"It succeeded and has no {kind} item.", row)
                continue
            told = (item.get("userId"), item.get("newValue"))
            if told != (row.user, total):
                self._findings.disagree(
                    PLACE, f"Its {kind} item says {told[0]!r} -> {told[1]!r}; the file, {row.user!r} -> {total!r}.", row
                )
            # A repeat that was overtaken by a newer upload leaves the items of the attempt before it as they are.
            allowed = {row.outcome} if row.outcome == "success" else {"superseded", "success"}
            if item.get("status") not in allowed:
                self._findings.disagree(
                    PLACE, f"Its {kind} item has the status {item.get('status')!r}, the row {row.outcome!r}.", row
                )
        if FAILURE in items:
            if row.ended > 1 or row.redrive:
                self._findings.note(FAILED_BEFORE, row)
            else:
                self._findings.disagree(PLACE, "It succeeded at the first attempt and has a failure item.", row)

    def _failed(self, row: Row, items: dict[str, _Item]) -> None:
        failure = items.get(FAILURE)
        if failure is None:
            if row.unlogged:
                self._findings.note(f"{UNLOGGED[:-1]} ({row.unlogged}).", row)
            elif row.error is None:
                self._findings.note(STOPPED, row)
            else:
                self._findings.disagree(PLACE, f"It failed with {row.error} and has no failure item.", row)
        elif failure.get("errorMessage") != row.error and row.error is not None:
            told = failure.get("errorMessage")
            self._findings.disagree(PLACE, f"Its failure item says {told!r}; items.jsonl, {row.error!r}.", row)
        if any(kind in items for kind in UPDATES):
            self._findings.note(ROLLED_BACK, row)

    def _not_ended(self, row: Row) -> None:
        assert row.state == PENDING  # noqa: S101 - the only state left
        if row.unsure:
            self._findings.note(ROLLED_BACK, row)
        else:
            self._findings.disagree(PLACE, "It has audit items, and items.jsonl says it was never done.", row)
