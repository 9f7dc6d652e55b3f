"""Times as the States Language writes and reads them: ISO 8601 with `T` and an offset (RFC 3339)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")


def format_time(moment: datetime) -> str:
    """Return `2026-09-23T22:58:45.090Z`; whole seconds have no fraction (developer guide, context object)."""
    moment = moment.astimezone(UTC)
    timespec = "milliseconds" if moment.microsecond >= 1000 else "seconds"  # noqa: PLR2004 - a millisecond
    return moment.replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


def parse_time(text: object) -> datetime | None:
    """Return the moment an RFC 3339 text names (nanoseconds cut to microseconds), or None where it is none."""
    match = _RFC3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    zone: timezone = UTC
    if offset != "Z":
        shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
        zone = timezone(-shift if offset[0] == "-" else shift)
    microsecond = int((fraction or "0").ljust(6, "0")[:6])
    try:
        return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), microsecond, zone)
    except ValueError:
        return None
