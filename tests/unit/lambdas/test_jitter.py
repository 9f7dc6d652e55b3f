"""The pause before an answer that a server is away."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from lambdas.user_log_processor.jitter import JITTER_SECONDS, pause


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was slept, in no time."""
    seconds: list[float] = []
    monkeypatch.setattr("lambdas.user_log_processor.jitter.time.sleep", seconds.append)
    return seconds


def context(milliseconds: int) -> Any:
    """A function with so much time left."""
    return SimpleNamespace(get_remaining_time_in_millis=lambda: milliseconds)


def test_the_pauses_are_short_and_differ(slept: list[float]) -> None:
    """So that lanes that failed together come back one by one."""
    for _ in range(50):
        pause(context(10_000))
    assert all(0 <= seconds <= JITTER_SECONDS for seconds in slept)
    assert len(set(slept)) > 40


@pytest.mark.parametrize("left", [1_000, 900, 0])
def test_a_function_whose_time_is_nearly_over_does_not_pause(slept: list[float], left: int) -> None:
    """It would be killed in its pause, and nobody would read what failed."""
    pause(context(left))
    assert slept == [0.0]
