"""The simulation against times that follow from its rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.forecast import simulation
from simulator.forecast.plan import EXPRESS, STANDARD, Plan
from simulator.forecast.simulation import Simulation, Work
from simulator.forecast.timing import Timing

TIMING = Timing(row=(0.1,), pause=(0.0,), call=0.1, cold=0.0, overhead=0.0, validate=0.0, validate_row=0.0, around=0.0)
FREE = Work(writes_per_row=0.0, transitions=3.0)


def seconds(plan: Plan, timing: Timing = TIMING, work: Work = FREE) -> float:
    """How long a plan takes."""
    return Simulation(timing, work).run(plan).seconds


def plan(rows: int, concurrency: int = 5, kind: str = EXPRESS, batch: int = 1) -> Plan:
    """A plan."""
    return Plan(rows=rows, kind=kind, batch=batch, concurrency=concurrency)


def test_a_thousand_equal_rows_in_five_places_take_two_hundred_rows_time() -> None:
    """And what is before and after them."""
    assert seconds(plan(1000)) == pytest.approx(20.0)
    around = replace(TIMING, overhead=0.01, validate=1.0, validate_row=0.001, around=2.0, cold=0.5)
    assert seconds(plan(1000), around) == pytest.approx(1.0 + 1.0 + 2.0 + 0.5 + 200 * 0.11)


def test_a_slow_row_holds_up_its_own_place_only() -> None:
    """One row of 10 s among 99 quick ones, in two places: the other place takes the quick ones meanwhile."""
    assert seconds(plan(100, 2), replace(TIMING, row=(10.0, *[0.1] * 99))) == pytest.approx(10.0, rel=0.01)


def test_a_batch_takes_its_rows_times_together_and_one_overhead() -> None:
    """1,003 rows in batches of 10: the last has three."""
    slow = replace(TIMING, overhead=1.0)
    assert seconds(plan(1003, 1, batch=10), slow) == pytest.approx(1003 * 0.1 + 101 * 1.0)


@pytest.mark.parametrize(
    ("concurrency", "expected"),
    [
        (10, 10_000 / 100),  # 100 per second are less than the 150 that the bucket gets
        (1000, (10_000 - 800) / 150),  # the bucket gives 800 at once, then 150 per second
    ],
)
def test_standard_children_wait_for_the_bucket_of_start_execution(concurrency: int, expected: float) -> None:
    """Developer guide, quotas: 800 at once, 150 per second."""
    assert seconds(plan(10_000, concurrency, STANDARD)) == pytest.approx(expected, rel=0.03)


def test_the_first_thousand_rows_share_a_partition_key_of_a_thousand_write_units_per_second() -> None:
    """Ten per row are 100 rows per second when the bucket's thousand are spent; 20 rows of 0.1 s go twice as fast."""
    work = Work(writes_per_row=10.0, transitions=3.0)
    assert seconds(plan(1000, 20), work=work) == pytest.approx(9.0, rel=0.05)
    assert seconds(plan(1000, 5), work=work) == pytest.approx(20.0, rel=0.01)


@pytest.mark.parametrize("batch", [1, 10, 100])
def test_later_rows_are_spread_over_sixteen_keys_and_wait_for_the_table(batch: int) -> None:
    """Two per row: the 4,000 of a new table let 2,000 rows per second through, however many run at once."""
    work = Work(writes_per_row=2.0, transitions=3.0)
    assert seconds(plan(1_000_000, 1000, batch=batch), work=work) == pytest.approx(500, rel=0.05)
    assert seconds(plan(1_000_000, 5), work=work) == pytest.approx(20_000, rel=0.01)


def test_a_pause_between_tries_holds_the_place_and_not_the_function() -> None:
    """1,000 children at once of 0.1 s and 0.9 s of pause: 400 functions are enough to serve them all."""
    paused = replace(TIMING, pause=(0.9,))
    assert seconds(plan(1000), paused) == pytest.approx(200.0)
    assert seconds(plan(100_000, 1000), paused) == pytest.approx(100.0, rel=0.03)


def test_a_long_pause_of_the_last_row_ends_the_run_late() -> None:
    """Not spread over all rows: 99 rows of 0.1 s in two places, and then one that waits for 75 s."""
    late = replace(TIMING, row=(0.1,) * 100, pause=(*[0.0] * 99, 75.0))
    assert seconds(plan(100, 2), late) == pytest.approx(5.0 + 75.0, rel=0.01)


def test_connections_to_aurora_hold_up_more_than_four_hundred_children() -> None:
    """400 at once, though 1,000 are asked for."""
    assert seconds(plan(100_000, 1000)) == pytest.approx(100_000 * 0.1 / 400, rel=0.03)


@pytest.mark.parametrize("kind", [EXPRESS, STANDARD])
@pytest.mark.parametrize("concurrency", [5, 17, 100])
def test_rows_that_are_not_simulated_take_as_long_as_if_they_were(
    kind: str, concurrency: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """30,000 rows with buckets that last a while: simulated one by one, and from the first thousand."""
    timing = replace(TIMING, row=(0.05, 0.08, 0.2, 0.06), overhead=0.004, cold=0.4)
    work = Work(writes_per_row=2.0, transitions=3.01)
    short = seconds(plan(30_000, concurrency, kind), timing, work)
    monkeypatch.setattr(simulation, "SIMULATED", 30_000)
    assert short == pytest.approx(seconds(plan(30_000, concurrency, kind), timing, work), rel=0.02)
