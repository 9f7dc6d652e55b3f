"""Whatever breaks: after redrives every row is there once, verify is clean, and the database is the file."""

from __future__ import annotations

import pytest

from lambdas.shared.connection import connect
from tests.chaos.batch import BATCH, try_batch, workshop
from tests.chaos.mixture import SINGLE, mixture, with_file
from tests.chaos.numbers import numbers, told
from tests.chaos.stage import open_stage
from tests.chaos.trial import Trial

FEW = [
    (["dynamodb=throttle,after=20,count=60", "share=0.1,attempts=all,when=after,error=Lambda.Unknown"], None),
    (["database=restart,after=30", "function=exit,share=0.1,when=after", "event=twice,after=20"], None),
    (["s3=fail-results"], 30),
]
"""One of each sort for the everyday suite: refusals and lost answers, a real outage, a kill."""


@pytest.mark.timeout(400)
def test_a_handful_of_mixtures_loses_and_doubles_nothing() -> None:
    """Refusals, an outage, dead functions, a second event, and kill -9."""
    mixtures = [with_file(number, number, faults, kill) for number, (faults, kill) in enumerate(FEW)]
    with workshop() as work:
        trials = try_batch(work, mixtures)
    assert [trial.faults for trial in trials] == [[], [], []]
    assert sum(trial.lost + trial.doubled for trial in trials) == 0
    assert trials[2].statuses[0] == "INTERRUPTED"
    assert all(happened for trial in trials[:2] for happened in trial.happened), [told(trial) for trial in trials]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_harness_sees_a_row_that_was_lost_and_one_that_was_changed() -> None:
    """A proof that cannot fail proves nothing: a total is taken away, and one is given, behind the run's back."""
    trial = Trial(with_file(1, 0, []))
    with workshop() as work:
        trial.break_it(work)
        with open_stage() as stage:
            lost, changed = list(trial.mixture.totals)[:2]
            with connect(stage.database_url) as connection:
                connection.execute("DELETE FROM user_statistics WHERE user_id = %s", (lost,))
                connection.execute(
                    "UPDATE user_statistics SET post_count = post_count + 1 WHERE user_id = %s", (changed,)
                )
            trial.repair(stage)
    assert trial.lost == 2
    text = "\n".join(trial.faults)
    assert lost in text
    assert changed in text
    assert told(trial).startswith("BAD")
    assert "| rows lost | 2 |" in numbers("Lost", [trial])


def test_a_seed_is_a_mixture_for_ever() -> None:
    """The same faults and the same file; another seed has others."""
    assert mixture(7, 3) == mixture(7, 3)
    assert mixture(7, 3).body != mixture(8, 3).body
    assert len({mixture(seed, 0).body for seed in range(50)}) == 50


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("start", range(0, len(SINGLE), BATCH))
def test_every_fault_alone_loses_and_doubles_nothing(start: int) -> None:
    """And every one strikes; a fault that never happens would prove nothing."""
    singles = SINGLE[start : start + BATCH]
    with workshop() as work:
        trials = try_batch(work, [with_file(start + number, number, [text]) for number, text in enumerate(singles)])
    assert {tuple(trial.mixture.faults): trial.faults for trial in trials if not trial.clean} == {}
    assert [trial.mixture.faults for trial in trials if not sum(trial.happened)] == []


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", [1000, 2000])
def test_mixtures_lose_and_double_nothing(first: int) -> None:
    """Ten seeds at a time; python -m tests.chaos runs as many as one likes."""
    with workshop() as work:
        trials = try_batch(work, [mixture(first + number, number) for number in range(BATCH)])
    assert {trial.mixture.seed: trial.faults for trial in trials if not trial.clean} == {}
