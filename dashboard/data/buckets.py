"""Equal spans of time, of a length people count in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_LENGTHS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400)
MAX_BUCKETS = 120


def bucket_seconds(seconds: float, *, most: int = MAX_BUCKETS, least: float = 0.1) -> float:
    """Return the shortest usual length, not below `least`, of which at most `most` cover `seconds`."""
    usual = (length for length in _LENGTHS if length >= least and seconds / length <= most)
    return next(usual, max(seconds / most, _LENGTHS[-1]))


def bucket_start(first: datetime, number: int, length: float) -> datetime:
    """Return when a bucket begins, in UTC; `first` is when number 0 does."""
    return first.replace(tzinfo=UTC) + timedelta(seconds=number * length)
