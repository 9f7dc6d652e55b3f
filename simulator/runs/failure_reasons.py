"""A running count of the reasons for which the rows of a run failed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from lambdas.user_log_reporter.reasons import OUTAGE_ERRORS, group_text, person_text
from simulator.runs.folder.run_record import FailureReason

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_REASONS = 100
"""Kept apart, so that memory stays flat whatever the causes say; those beyond are counted together."""
OTHER = "(other reasons)"
MAX_CAUSE = 1000


class ReasonTally:
    """Groups failed rows by error and by cause without its values; safe for several threads.

    `outages` counts those that failed by an outage.
    """

    def __init__(self, items: Iterable[dict[str, Any]] = ()) -> None:
        self._lock = threading.Lock()
        self._groups: dict[tuple[str, str], FailureReason] = {}
        self.outages = 0
        for item in items:
            self.add(item)

    def add(self, item: dict[str, Any]) -> None:
        """Count one failed row, given as its line of `items.jsonl`."""
        error = item.get("error") or item.get("status") or "Unknown"
        cause = person_text(item.get("cause"))
        key = (error, group_text(cause))
        with self._lock:
            self.outages += error in OUTAGE_ERRORS
            if key not in self._groups and len(self._groups) >= MAX_REASONS:
                key = (OTHER, "")
            reason = self._groups.get(key)
            if reason is not None:
                reason.count += 1
                return
            self._groups[key] = FailureReason(
                error=key[0],
                group=key[1],
                count=1,
                index=item.get("index"),
                line=item.get("line"),
                user=item.get("user"),
                cause=cause[:MAX_CAUSE],
            )

    def reasons(self) -> list[FailureReason]:
        """Return copies of the groups, most frequent first."""
        with self._lock:
            groups = [reason.model_copy() for reason in self._groups.values()]
        return sorted(groups, key=lambda reason: (-reason.count, reason.line or 0))
