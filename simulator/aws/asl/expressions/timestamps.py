"""Times as the States Language writes and reads them: ISO 8601 with `T` and an offset (RFC 3339)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)


def format_time(moment: datetime) -> str:
    """Return `2026-09-23T22:58:45.090Z`; whole seconds have no fraction (developer guide, context object).

    Example:
        >>> format_time(datetime(2026, 9, 23, 22, 58, 45, tzinfo=UTC))
        '2026-09-23T22:58:45Z'
    """
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    timespec = "milliseconds" if moment.microsecond >= 1000 else "seconds"  # noqa: PLR2004 - a millisecond
    return moment.isoformat(timespec=timespec)[:-6] + "Z"


def parse_time(text: object) -> datetime | None:
    """Return the moment that an RFC 3339 text names (nanoseconds cut to microseconds); None if it names none.

    The States Language wants `T` and `Z` in capitals. An offset is less than 24 hours (RFC 3339, section 5.6). As in
    Java's ISO_OFFSET_DATE_TIME, by which AWS's messages call the format, a fraction has at most nine digits and a leap
    second (`:60`) is refused. The year 0000 is refused too: it is RFC 3339, but no time in Python.

    Example:
        >>> parse_time("2016-03-14T01:59:00+09:00").isoformat()
        '2016-03-14T01:59:00+09:00'
        >>> parse_time("14 March 2016") is None
        True
    """
    match = _RFC3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    *moment, fraction, sign, hours, minutes = match.groups()
    shift = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    microsecond = int((fraction or "0").ljust(6, "0")[:6])
    year, month, day, hour, minute, second = map(int, moment)
    try:
        return datetime(year, month, day, hour, minute, second, microsecond, timezone(-shift if sign == "-" else shift))
    except ValueError:  # there is no such day, hour, minute or second
        return None
