"""Spans of time to look at: nights, from 18:00 to 18:00 of the next day, named by their morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

EVENING = time(18)


class Since(StrEnum):
    """The spans to choose from; the address names them so."""

    YESTERDAY = "yesterday"
    DAY = "24h"
    WEEK = "7n"
    MONTH = "30n"
    ALL = "all"
    DAYS = "days"
    """From one day to another, which the address names too."""


NIGHTS = {Since.YESTERDAY: 1, Since.WEEK: 7, Since.MONTH: 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """From `since` (None: from the first run on) until before `until` (None: until now)."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, moment: datetime | None) -> bool:
        """Whether a moment is in it; one that is not known is in the whole history alone."""
        if moment is None:
            return self.since is None and self.until is None
        return (self.since is None or moment >= self.since) and (self.until is None or moment < self.until)


def interval(choice: Since, now: datetime, zone: tzinfo, days: tuple[date, ...] = ()) -> Interval:
    """Return the span that a choice means at the moment `now`.

    Args:
        choice: the choice.
        now: an aware moment.
        zone: the time zone of evenings and days.
        days: for `Since.DAYS`: the first day and the last, both whole; one alone is the first.
    """
    if choice in NIGHTS:
        evening = now.astimezone(zone).date() - timedelta(days=NIGHTS[choice])
        return Interval(since=datetime.combine(evening, EVENING, zone))
    if choice is Since.DAY:
        return Interval(since=now - timedelta(days=1))
    if choice is Since.DAYS and days:
        after = days[1] + timedelta(days=1) if len(days) > 1 and days[1] < date.max else None
        return Interval(
            since=datetime.combine(days[0], time(), zone),
            until=datetime.combine(after, time(), zone) if after else None,
        )
    return Interval()


def morning_of(moment: datetime, zone: tzinfo) -> date:
    """Return the morning by which the night of a moment is named."""
    there = moment.astimezone(zone)
    return there.date() + timedelta(days=there.time() >= EVENING)
