"""Nights and spans: from 18:00 to 18:00, in the zone of the person who looks, without a gap."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from dashboard.queries.night.intervals import Interval, Since, interval, morning_of
from dashboard.queries.night.nights import MOST_NIGHTS, nights, together
from dashboard.queries.run_list import run_row
from simulator.runs.folder.run_record import RowCounts, RunRecord
from simulator.runs.folder.times import moment_text

if TYPE_CHECKING:
    from dashboard.queries.run_list import RunRow

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 28, 8, 0, tzinfo=TOKYO)


def _row(started: datetime, seconds: float = 10, *, status: str = "SUCCEEDED", failed: int = 0) -> RunRow:
    stopped = None if status == "RUNNING" else moment_text(started + timedelta(seconds=seconds))
    counts = RowCounts(total=100, succeeded=100 - failed, failed=failed)
    return run_row(RunRecord(name="r", status=status, started=moment_text(started), stopped=stopped, rows=counts))


@pytest.mark.parametrize(
    ("choice", "since"),
    [
        (Since.YESTERDAY, datetime(2026, 11, 27, 18, tzinfo=TOKYO)),
        (Since.DAY, datetime(2026, 11, 27, 8, tzinfo=TOKYO)),
        (Since.WEEK, datetime(2026, 11, 21, 18, tzinfo=TOKYO)),
        (Since.ALL, None),
        (Since.DAYS, None),
    ],
)
def test_a_span_begins_in_the_evening_of_the_zone(choice: Since, since: datetime | None) -> None:
    """Whatever zone `now` is given in; days that are not yet chosen leave everything."""
    for now in (NOW, NOW.astimezone(UTC)):
        assert interval(choice, now, TOKYO) == Interval(since=since)


def test_days_are_whole_and_the_last_one_is_in_the_span() -> None:
    """One day alone is the first; the end of the calendar does no harm."""
    span = interval(Since.DAYS, NOW, TOKYO, (date(2026, 11, 1), date(2026, 11, 2)))
    assert span.holds(datetime(2026, 11, 1, tzinfo=TOKYO))
    assert span.holds(datetime(2026, 11, 2, 23, 59, tzinfo=TOKYO))
    assert not span.holds(datetime(2026, 11, 3, tzinfo=TOKYO))
    assert not span.holds(None)
    assert interval(Since.DAYS, NOW, TOKYO, (date(2026, 11, 1),)).until is None
    assert interval(Since.DAYS, NOW, TOKYO, (date.min, date.max)).until is None
    assert Interval().holds(None)


def test_a_change_of_the_clock_does_not_move_the_evening() -> None:
    """New York set its clocks back in the night to 2026-11-01."""
    new_york = ZoneInfo("America/New_York")
    span = interval(Since.YESTERDAY, datetime(2026, 11, 1, 8, tzinfo=new_york), new_york)
    assert span.since == datetime(2026, 10, 31, 22, tzinfo=UTC)


def test_a_night_has_the_name_of_its_morning() -> None:
    """18:00 begins it, 17:59 still belongs to the one before."""
    assert morning_of(datetime(2026, 11, 27, 18, tzinfo=TOKYO), TOKYO) == date(2026, 11, 28)
    assert morning_of(datetime(2026, 11, 28, 17, 59, tzinfo=TOKYO), TOKYO) == date(2026, 11, 28)
    assert morning_of(datetime(2026, 11, 28, 9, tzinfo=UTC), TOKYO) == date(2026, 11, 29)


def test_a_night_without_a_file_is_there_the_last_one_too() -> None:
    """Between the first run and this morning no night is left out."""
    found = nights([_row(NOW - timedelta(days=4)), _row(NOW - timedelta(days=2))], NOW, TOKYO)
    assert [(one.morning.day, one.runs) for one in found] == [(24, 1), (25, 0), (26, 1), (27, 0), (28, 0)]
    assert (found[1].failed_rate, found[1].success_rate, found[1].median_seconds, found[1].p95_seconds) == (None,) * 4
    assert nights([], NOW, TOKYO) == []


def test_the_night_to_come_counts_as_soon_as_a_run_has_started_in_it() -> None:
    """At 19:00, yesterday evening's night is over."""
    evening = NOW.replace(hour=19)
    assert nights([_row(NOW)], evening, TOKYO)[-1].morning == date(2026, 11, 28)
    assert nights([_row(NOW), _row(evening)], evening, TOKYO)[-1].morning == date(2026, 11, 29)


def test_rates_and_durations_of_a_night() -> None:
    """A run that goes on counts as a run and by its rows; p95 is a duration that was measured."""
    rows = [_row(NOW, seconds, failed=1) for seconds in range(1, 21)] + [
        _row(NOW, status="FAILED", failed=50),
        _row(NOW, status="RUNNING"),
    ]
    (night,) = nights(rows, NOW, TOKYO)
    assert (night.runs, night.ended, night.success_rate) == (22, 21, 20 / 21)
    assert night.failed_rate == 70 / 2_200
    assert (night.median_seconds, night.p95_seconds) == (10, 19)
    assert together([night, night]).seconds == night.seconds * 2
    assert together([night, night]).failed_rate == night.failed_rate


def test_a_very_old_run_does_not_make_the_list_endless() -> None:
    """As one with a wrong clock would."""
    old = _row(datetime(1970, 1, 1, tzinfo=UTC))
    assert len(nights([old, _row(NOW)], NOW, TOKYO)) == MOST_NIGHTS
