"""Why rows failed: causes as a person reads them, which are an outage, and a running count of a run's reasons."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

from simulator.aws.json_reader import BadJson, read_json
from simulator.runs.folder.run_record import FailureReason

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_REASONS = 100
"""Kept apart, so that memory stays flat whatever the causes say; those beyond are counted together."""
OTHER = "(other reasons)"
MAX_CAUSE = 1000
MAX_GROUP_LENGTH = 300

OUTAGE_ERRORS = frozenset(
    {
        "DatabaseError",
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
        "Lambda.Unknown",
        "Sandbox.Timedout",
        "Runtime.ExitError",
        "Runtime.OutOfMemory",
        "States.Timeout",
    }
)
"""Errors after which the workflow retries a row: a row that still fails so was given up, it was not found wrong."""

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|「[^」]*」|`[^`]*`")
_WITH_DIGIT = re.compile(r"[\w-]*\d[\w-]*")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def person_text(cause: str | None) -> str:
    """Return one line of text: a Lambda error payload's `errorMessage`, any other cause as it is."""
    text = cause or ""
    if text.startswith("{"):
        try:
            payload = read_json(text, replace_halves=True)
        except BadJson:
            payload = None
        if isinstance(payload, dict) and isinstance(payload.get("errorMessage"), str):
            text = payload["errorMessage"]
    return _UNPRINTABLE.sub(" ", text).strip()


def group_text(text: str) -> str:
    """Return the text with what differs from row to row (quoted values, words with a digit) taken out."""
    return _WITH_DIGIT.sub("#", _QUOTED.sub("'…'", text))[:MAX_GROUP_LENGTH]


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
