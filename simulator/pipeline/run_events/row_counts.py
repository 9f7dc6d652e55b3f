"""Tells listeners how many rows have ended in which way, where a Map Run counts the items of whole batches.

A batch of which one row failed counts as failed with all its items (DescribeMapRun says so, here as on AWS). Run
folders, the terminal and the pages count rows.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from lambdas.shared.batch import SUCCEEDED, batch_items, row_ends
from simulator.aws.asl.runtime.listener import FanOut

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.listener import ChildRecord, Listener, MapRunInfo

_COUNTED = {"FAILED": "failed", "TIMED_OUT": "timedOut", "ABORTED": "aborted"}


class RowsCounted(FanOut):
    """A listener that passes everything on, but for the item counts of Map Runs with batches: those are of rows."""

    def __init__(self, *listeners: Listener) -> None:
        super().__init__(*listeners)
        self._done: dict[str, Counter[str]] = {}
        self._lock = threading.Lock()

    def child_ended(self, child: ChildRecord) -> None:
        """Pass it on; of a batch that failed, remember how many of its rows are done all the same."""
        if child.status in _COUNTED and batch_items(child.input) is not None:
            ends = row_ends(child.input, status=child.status, error=child.error, cause=child.cause, output=child.output)
            done = sum(row.status == SUCCEEDED for row in ends)
            with self._lock:
                self._done.setdefault(child.map_run_arn, Counter())[_COUNTED[child.status]] += done
        super().child_ended(child)

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Pass it on, its items counted as rows."""
        with self._lock:
            done = dict(self._done.get(map_run.arn, {}))
            if map_run.status != "RUNNING":
                self._done.pop(map_run.arn, None)
        if done:
            counts = dict(map_run.item_counts)
            for name, number in done.items():
                # The end of a child is told after it has been counted, never before.
                counts[name] -= number
                counts["succeeded"] += number
            map_run = replace(map_run, item_counts=counts)
        super().map_run_changed(map_run)
