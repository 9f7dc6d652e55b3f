"""How the items and the child executions of a Map Run stand, as DescribeMapRun counts them."""

from __future__ import annotations

import threading

_ENDED = {"SUCCEEDED": "succeeded", "FAILED": "failed", "TIMED_OUT": "timedOut", "ABORTED": "aborted"}


class Counts:
    """Items and executions by status; `pending` is what is left of the total.

    API reference, "MapRunItemCounts": `pendingRedrive` are those of children that did not succeed and wait for their
    redrive. Every child can be redriven here: `failuresNotRedrivable` is 0.
    """

    def __init__(self, total_items: int, total_executions: int) -> None:
        self._lock = threading.Lock()
        self._totals = {"items": total_items, "executions": total_executions}
        self._by_status = {
            kind: dict.fromkeys(("running", *_ENDED.values(), "pendingRedrive"), 0) for kind in ("items", "executions")
        }
        self._written = 0

    def already(self, items: int, executions: int) -> None:
        """Count children that succeeded before a redrive."""
        with self._lock:
            self._by_status["items"]["succeeded"] += items
            self._by_status["executions"]["succeeded"] += executions

    def waiting(self, items: int, executions: int) -> None:
        """Count children that did not succeed before a redrive, and wait for it."""
        with self._lock:
            self._by_status["items"]["pendingRedrive"] += items
            self._by_status["executions"]["pendingRedrive"] += executions

    def began(self, items: int, *, again: bool = False) -> None:
        """Count a child with so many items as running; `again` for one that waited for its redrive."""
        by_item, by_execution = self._by_status["items"], self._by_status["executions"]
        with self._lock:
            by_item["running"] += items
            by_execution["running"] += 1
            if again:
                by_item["pendingRedrive"] -= items
                by_execution["pendingRedrive"] -= 1

    def ended(self, items: int, status: str) -> None:
        """Count a running child as ended with `status`."""
        name = _ENDED[status]
        by_item, by_execution = self._by_status["items"], self._by_status["executions"]
        with self._lock:
            by_item["running"] -= items
            by_item[name] += items
            by_execution["running"] -= 1
            by_execution[name] += 1

    @property
    def failed_items(self) -> int:
        """Items that count against the tolerance: failed and timed out."""
        items = self._by_status["items"]
        return items["failed"] + items["timedOut"]

    @property
    def total_executions(self) -> int:
        """How many children there are to be."""
        return self._totals["executions"]

    @property
    def total_items(self) -> int:
        """All items of the dataset."""
        return self._totals["items"]

    def written(self) -> None:
        """Note that the results have been written."""
        self._written = 1

    def shown(self, kind: str) -> dict[str, int]:
        """Return the counts of `items` or `executions` with the names of the API."""
        with self._lock:
            counts = dict(self._by_status[kind])
            total = self._totals[kind]
        pending = total - sum(counts.values())
        written = total if self._written else 0
        return {"pending": pending, **counts, "total": total, "resultsWritten": written, "failuresNotRedrivable": 0}
