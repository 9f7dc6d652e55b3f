"""What components work out before they show it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard.components.charts import stacked_shares
from dashboard.components.moments import span
from dashboard.components.polling import steady
from dashboard.components.run.time_left import seconds_left
from dashboard.components.tables.picking import Edition


def test_a_table_keeps_its_number_only_while_every_row_keeps_its_place() -> None:
    """A tick on the second row must never come to mean another user."""
    first = Edition(0, ()).next(("a", "b"))
    assert first.number == 0
    assert first.next(("a", "b")).number == 0
    assert first.next(("a", "b", "c")).number == 0  # rows that are added below move none
    for other in (("b", "a"), ("new", "a", "b"), ("a",), ("x", "b"), ()):
        assert first.next(other).number == 1
    assert first.next(("b", "a")).next(("a", "b")).number == 2  # not the first number again


@pytest.mark.parametrize(
    ("seen", "pending", "left"),
    [
        ([(0.0, 0)], 100, None),
        ([(0.0, 10), (1.0, 20)], 100, None),  # too short a time to know
        ([(0.0, 10), (30.0, 10)], 100, None),  # nothing moves
        ([(0.0, 10), (10.0, 30), (20.0, 50)], 100, 50.0),
        ([(0.0, 10), (20.0, 50)], 0, 0.0),
    ],
)
def test_the_time_left_follows_the_pace_that_was_seen(
    seen: list[tuple[float, int]], pending: int, left: float | None
) -> None:
    """And is not guessed."""
    assert seconds_left(seen, pending) == left


def test_the_shares_of_a_worker_lie_on_one_another_in_its_lane() -> None:
    """Those of another worker or span of time begin at the floor of their own."""
    shares = [
        {"worker": 0, "start": 1, "part": "failed attempt", "share": 0.25},
        {"worker": 0, "start": 1, "part": "attempt", "share": 0.5},
        {"worker": 7, "start": 1, "part": "attempt", "share": 1.2},
        {"worker": 0, "start": 2, "part": "attempt", "share": 0.1},
    ]
    found = {
        (one["worker"], one["start"], one["part"]): (one["low"], one["high"]) for one in stacked_shares(shares, [0, 7])
    }
    low, middle = found[0, 1, "attempt"]
    assert found[0, 1, "failed attempt"][0] == middle
    assert 0 < found[0, 1, "failed attempt"][1] < middle < low < 1
    assert found[0, 2, "attempt"][0] == low
    assert (low - middle) == pytest.approx(2 * (middle - found[0, 1, "failed attempt"][1]))
    floor, top = found[7, 1, "attempt"]
    assert 1 < top < floor < 2
    assert floor - top == pytest.approx(0.85)  # more than all of the time is drawn as all


def test_durations_sort_as_durations() -> None:
    """As text, 10 s came before 2 s."""
    found = [span(seconds) for seconds in (7200.04, 9.96, 119.6, 0.0204)]
    assert found == [timedelta(seconds=seconds) for seconds in (7200, 10.0, 120, 0.02)]
    assert max(found) == timedelta(hours=2)
    assert span(None) is None


def test_what_is_drawn_stays_while_its_essence_does_and_it_is_not_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph's numbers may be a minute old; a state of another colour is shown at once."""
    now = [100.0]
    monkeypatch.setattr("dashboard.components.polling.st.session_state", {})
    monkeypatch.setattr("dashboard.components.polling.time.monotonic", lambda: now[0])
    assert steady("graph", "1 row", "running", seconds=60) == "1 row"
    now[0] = 159.0
    assert steady("graph", "2 rows", "running", seconds=60) == "1 row"
    assert steady("other", "2 rows", "running", seconds=60) == "2 rows"
    assert steady("graph", "3 rows", "passed", seconds=60) == "3 rows"
    now[0] = 219.0
    assert steady("graph", "4 rows", "passed", seconds=60) == "4 rows"
