"""Why rows failed, in words: causes as a person reads them, what they have in common, which are an outage."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

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
"""What the workflow tries again for a row: a row that still fails so was given up, it was not found wrong."""

_VALUE = re.compile(
    r"""(?P<quoted>'[^']*'|「[^」]*」|`[^`]*`|"(?![A-Za-z_.]+")[^"]*")"""
    r"|(?P<word>[\w-]*\d[\w-]*)"
)
"""What may differ from row to row. A name in double quotes is not (`relation "users" does not exist`)."""
_SHORT_NUMBER = re.compile(r"\d{1,3}(?:-\d{1,3})?")
_PLACE_BEFORE = re.compile(r"(?:line|row|index|item|attempt|environment|worker|after)\s+$", re.IGNORECASE)
_DIGIT_BEFORE, _DIGIT_AFTER = re.compile(r"\d[:./,-]$"), re.compile(r"[:./,-]\d")
_UNIT_AFTER = re.compile(r"\s*(?:seconds?|ms|s|bytes?|KB|MB|characters?|rows?|times?)\b")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def person_text(cause: str | None) -> str:
    """Return one line of text: a Lambda error payload's `errorMessage`, any other cause as it is."""
    text = cause or ""
    if text.startswith("{"):
        try:
            payload = json.loads(text)
        except (ValueError, RecursionError):
            payload = None
        if isinstance(payload, dict) and isinstance(payload.get("errorMessage"), str):
            text = payload["errorMessage"]
    return _UNPRINTABLE.sub(" ", text).strip()


@dataclass(frozen=True, slots=True)
class CausePattern:
    """A cause, taken apart: `literals` are what stands before, between and after the `values` that may differ.

    Values that differ between the causes it stands for are None.
    """

    literals: tuple[str, ...]
    values: tuple[str | None, ...]
    places: tuple[str, ...]

    @property
    def group(self) -> str:
        """The text without any of the values."""
        return self._joined(self.places)

    @property
    def text(self) -> str:
        """The text with the values that are the same in all causes it stands for."""
        return self._joined(
            place if value is None else value for place, value in zip(self.places, self.values, strict=True)
        )

    def shared_with(self, other: CausePattern) -> CausePattern:
        """Return the pattern that stands for another cause of the same group too."""
        if self.values == other.values or self.literals != other.literals:
            return self
        both = (mine if mine == its else None for mine, its in zip(self.values, other.values, strict=True))
        return CausePattern(self.literals, tuple(both), self.places)

    def _joined(self, between: Iterable[str]) -> str:
        parts = [self.literals[0]]
        for place, literal in zip(between, self.literals[1:], strict=True):
            parts += (place, literal)
        return "".join(parts)[:MAX_GROUP_LENGTH]


def split_cause(text: str) -> CausePattern:
    """Return the text taken apart.

    Quoted values, long numbers and words with a digit differ from row to row. A number of at most three digits does
    only if it counts or points (`line 17`, `30 seconds`): `3 columns, not 2` is not the mistake `3 columns, not 4`.
    """
    literals, values, places, end = [], [], [], 0
    for found in _VALUE.finditer(text):
        before, value = text[end : found.start()], found.group()
        if found["word"] and _SHORT_NUMBER.fullmatch(value) and not _varies(text, found):
            continue
        literals.append(before)
        values.append(value)
        places.append("#" if found["word"] else "'…'")
        end = found.end()
    return CausePattern((*literals, text[end:]), tuple(values), tuple(places))


def _varies(text: str, found: re.Match[str]) -> bool:
    """Whether a short number counts or points, or belongs to a longer value (10:30, 3.5)."""
    start, end = found.span()
    return (
        _PLACE_BEFORE.search(text[:start][-20:]) is not None
        or _UNIT_AFTER.match(text, end) is not None
        or _DIGIT_BEFORE.search(text[max(start - 2, 0) : start]) is not None
        or _DIGIT_AFTER.match(text, end) is not None
    )


def group_text(text: str) -> str:
    """Return the text without what differs from row to row."""
    return split_cause(text).group
