"""A call that takes longer than its Task has."""

from __future__ import annotations

import threading

import pytest

from simulator.aws.asl.errors import StateError
from simulator.aws.integrations.waiting.time_limit import within


def test_a_call_in_time_gives_its_result_or_its_own_error() -> None:
    """With a limit and without; a TimeoutError of the call itself is not a States.Timeout."""

    def fail() -> None:
        raise TimeoutError("mine")

    for seconds in (None, 5.0):
        assert within(seconds, lambda: 42) == 42
        with pytest.raises(TimeoutError, match="mine"):
            within(seconds, fail)


def test_a_call_that_is_late_is_a_timeout_without_a_cause_and_goes_on() -> None:
    """As on AWS: nobody waits for it, but it is not broken off."""
    go, done = threading.Event(), threading.Event()

    def late() -> None:
        go.wait(5)
        done.set()

    with pytest.raises(StateError) as failed:
        within(0.02, late)
    assert (failed.value.error, failed.value.cause) == ("States.Timeout", None)
    go.set()
    assert done.wait(5)


def test_no_time_left_is_a_timeout() -> None:
    """The execution's own time may be used up before the call."""
    with pytest.raises(StateError, match=r"States\.Timeout"):
        within(-1.0, threading.Event().wait)
