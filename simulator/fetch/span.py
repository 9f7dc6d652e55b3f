"""How long ago: `30m`, `12h`, `1d`."""

from __future__ import annotations

import re
from datetime import timedelta

_SPAN = re.compile(r"(?P<number>[1-9][0-9]{0,4})(?P<unit>[mhd])", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class BadSpan(ValueError):
    """The text is not a span; the message quotes it."""


def parse_span(text: str) -> timedelta:
    """Return the time that a text such as `12h` names.

    Raises:
        BadSpan: it does not name one.
    """
    match = _SPAN.fullmatch(text)
    if match is None:
        raise BadSpan(f"{text!r}: give a number and m, h or d, such as 30m, 12h or 1d.")
    return int(match["number"]) * _UNITS[match["unit"]]
