"""The Wait state, and the clock that states see."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from simulator.aws.asl.runtime.clock import RealClock, SkippingClock
from tests.unit.states.harness import execute, faults, one, prepare


def waited(state: dict[str, Any], data: Any = None) -> float:
    """Return the seconds a Wait took on the skipping clock."""
    result = execute(one({"Type": "Wait", **state}), data)
    assert result.ended.status == "SUCCEEDED", result.ended
    return result.clock.skipped_seconds


def test_a_wait_takes_the_seconds_it_says_and_hands_its_input_on() -> None:
    """Seconds and SecondsPath."""
    assert waited({"Seconds": 42}) == 42
    assert waited({"SecondsPath": "$.s"}, {"s": 7}) == 7


def test_a_wait_until_a_time_takes_what_is_left() -> None:
    """Timestamp and TimestampPath; a time gone by takes none."""
    later = (SkippingClock().now() + timedelta(seconds=100)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert 90 < waited({"TimestampPath": "$.t"}, {"t": later}) <= 100
    assert waited({"Timestamp": "2020-01-01T00:00:00Z"}) == 0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.5, "cannot be parsed as a long value: $.s == 1.5"),
        ("x", "cannot be parsed as a long value: $.s == x"),
        (-1, "references a negative value: $.s == -1"),
        (100_000_000, "above 99999999"),
    ],
)
def test_seconds_that_are_no_whole_number_in_bounds_fail(value: Any, words: str) -> None:
    """In AWS's words."""
    result = execute(one({"Type": "Wait", "SecondsPath": "$.s"}), {"s": value})
    assert result.ended.error == "States.Runtime"
    assert words in (result.ended.cause or "")


@pytest.mark.parametrize(
    "text",
    [
        "2016-12-05 21:29:29Z",
        "2016-12-05T21:29:29",
        "2016-13-05T21:29:29Z",
        "2016-12-05T21:29:29+99:00",
        "0000-12-05T21:29:29Z",
        "soon",
    ],
)
def test_a_time_that_is_not_rfc_3339_is_refused(text: str) -> None:
    """Written in the definition, when it is created; from the input, when it is read."""
    assert faults(one({"Type": "Wait", "Timestamp": text})) != []
    result = execute(one({"Type": "Wait", "TimestampPath": "$.t"}), {"t": text})
    assert result.ended.error == "States.Runtime"


@pytest.mark.parametrize("clock", [SkippingClock(), RealClock()])
def test_a_wait_until_the_end_of_all_years_ends_with_the_execution(clock: RealClock | SkippingClock) -> None:
    """No execution lasts longer than a year; no clock runs over."""
    machine = one({"Type": "Wait", "Timestamp": "9999-12-31T23:59:59-23:59", "Next": "B"}, B={"Type": "Succeed"})
    execution, _ = prepare(machine, clock=clock)
    if isinstance(clock, RealClock):
        threading.Timer(0.05, execution.stop).start()
    assert execution.run().status == ("TIMED_OUT" if isinstance(clock, SkippingClock) else "ABORTED")


def test_a_wait_needs_exactly_one_form() -> None:
    """None and two are faults."""
    assert "needs one of" in faults(one({"Type": "Wait"}))[0]
    assert "only one of them" in faults(one({"Type": "Wait", "Seconds": 1, "SecondsPath": "$.s"}))[0]


def test_the_skipping_clock_moves_on_by_what_it_skips() -> None:
    """States see the time that would have been."""
    machine = one({"Type": "Wait", "Seconds": 3600, "Next": "After"}, After={"Type": "Pass", "End": True})
    result = execute(machine)
    first, second = (event["timestamp"] for event in result.events if event["type"].endswith("StateEntered"))
    assert second[11:13] != first[11:13]


def test_a_stopped_execution_ends_in_the_middle_of_a_real_wait() -> None:
    """StopExecution gives ABORTED, with error and cause where they were given."""
    execution, result = prepare(one({"Type": "Wait", "Seconds": 60}), clock=RealClock())
    threading.Timer(0.05, execution.stop, ("Why", "because")).start()
    began = time.monotonic()
    ended = execution.run()
    assert (ended.status, ended.error, ended.cause) == ("ABORTED", "Why", "because")
    assert time.monotonic() - began < 10
    assert result.events[-1]["type"] == "ExecutionAborted"
    assert result.events[-1]["previousEventId"] == 0


def test_a_machine_that_runs_out_of_time_ends_timed_out_and_catches_nothing() -> None:
    """TimeoutSeconds of the machine is not an error of a state."""
    machine = {**one({"Type": "Wait", "Seconds": 60}), "TimeoutSeconds": 10}
    result = execute(machine)
    assert result.ended.status == "TIMED_OUT"
    assert result.types[-1] == "ExecutionTimedOut"


class HastyClock(SkippingClock):
    """A clock that is a second later whenever somebody looks."""

    def __init__(self) -> None:
        super().__init__()
        self._looks = 0

    def now(self) -> datetime:
        """Return a later time at each call."""
        self._looks += 1
        return super().now() + timedelta(seconds=self._looks)


def test_the_entered_time_of_the_context_object_is_the_events_own() -> None:
    """A redrive takes it from the event: what is made of it, such as an audit key, must come out the same."""
    state = {"Type": "Pass", "Parameters": {"at.$": "$$.State.EnteredTime"}}
    result = execute(one(state), clock=HastyClock())
    entered = next(event for event in result.events if event["type"] == "PassStateEntered")
    assert result.output == {"at": entered["timestamp"]}
