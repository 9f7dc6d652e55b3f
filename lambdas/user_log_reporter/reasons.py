"""Why rows failed, in words: causes as a person reads them, what they have in common, which are an outage."""

from __future__ import annotations

import json
import re

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

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|「[^」]*」|`[^`]*`")
_WITH_DIGIT = re.compile(r"[\w-]*\d[\w-]*")
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


def group_text(text: str) -> str:
    """Return the text with what differs from row to row (quoted values, words with a digit) taken out."""
    return _WITH_DIGIT.sub("#", _QUOTED.sub("'…'", text))[:MAX_GROUP_LENGTH]
