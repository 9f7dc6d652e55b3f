"""Times in a run folder: ISO 8601 in UTC with milliseconds and `Z`."""

from __future__ import annotations

from datetime import UTC, datetime


def moment_text(moment: datetime) -> str:
    """Return `2026-09-23T22:58:45.090Z` for an aware datetime."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def parsed_moment(text: str | None) -> datetime | None:
    """Return the moment a text names, or None if it names none."""
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def milliseconds_between(start: str | None, stop: str | None) -> int | None:
    """Return the whole milliseconds between two texts, or None if one is missing."""
    began, ended = parsed_moment(start), parsed_moment(stop)
    return round((ended - began).total_seconds() * 1000) if began and ended else None
