"""Numbers in words, for the terminal and the pages."""

from __future__ import annotations

_MINUTE = 60
_HOUR = 3600


def duration(milliseconds: int | None) -> str:
    """Return `8.2 s`, `3 min 05 s` or `2 h 10 min`; a dash if it is not known."""
    if milliseconds is None:
        return "-"
    seconds = milliseconds / 1000
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min {int(seconds % _MINUTE):02} s"
    return f"{int(seconds // _HOUR)} h {int(seconds % _HOUR // _MINUTE):02} min"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Return `1 row`, `1,000 rows`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
