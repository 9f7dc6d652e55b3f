"""A failure's cause as a person reads it, and as failures are grouped by it."""

from __future__ import annotations

import re

from simulator.aws.json_reader import BadJson, read_json

MAX_GROUP_LENGTH = 300

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
