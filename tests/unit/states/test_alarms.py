"""Alarms of the two clocks."""

from __future__ import annotations

import threading
import time

import pytest

from simulator.aws.asl.runtime.clock import RealClock, SkippingClock

NEVER = threading.Event()


@pytest.fixture
def rung() -> list[str]:
    """What has gone off."""
    return []


@pytest.mark.parametrize("clock", [RealClock(), SkippingClock()])
def test_an_alarm_goes_off_when_its_time_has_really_gone_by(clock: RealClock | SkippingClock) -> None:
    """Nobody need wait for it."""
    rung = threading.Event()
    clock.alarm(0.05, rung.set)
    assert rung.wait(5)


def test_an_alarm_goes_off_before_the_skip_past_its_moment_returns(rung: list[str]) -> None:
    """Once, however far the clock goes."""
    clock = SkippingClock()
    clock.alarm(60, lambda: rung.append("a"))
    clock.sleep(59, NEVER)
    assert rung == []
    clock.sleep(2, NEVER)
    clock.sleep(100, NEVER)
    assert rung == ["a"]


def test_lanes_that_lag_behind_count_from_where_they_are(rung: list[str]) -> None:
    """A lane that skipped an hour before the alarm was set makes no other wait for that hour."""
    clock = SkippingClock()
    ahead, behind = clock.fork(), clock.fork()
    ahead.sleep(3600, NEVER)
    clock.alarm(60, lambda: rung.append("a"))
    ahead.sleep(30, NEVER)
    behind.sleep(40, NEVER)
    assert rung == []
    behind.sleep(20, NEVER)
    assert rung == ["a"]


def test_a_cancelled_alarm_is_silent(rung: list[str]) -> None:
    """By either kind of time."""
    clock = SkippingClock()
    for one in (RealClock(), clock):
        one.alarm(0.05, lambda: rung.append("a")).cancel()
    clock.sleep(60, NEVER)
    time.sleep(0.1)
    assert rung == []


def test_who_skips_while_an_alarm_is_under_way_waits_for_its_end(rung: list[str]) -> None:
    """Or the call after the wait would still meet what the alarm is about to put right."""
    clock = SkippingClock()
    under_way, go_on = threading.Event(), threading.Event()

    def action() -> None:
        under_way.set()
        go_on.wait(5)
        rung.append("done")

    clock.alarm(10, action)
    first = threading.Thread(target=clock.fork().sleep, args=(10, NEVER))
    first.start()
    assert under_way.wait(5)
    second = clock.fork()
    seen: list[list[str]] = []
    waiter = threading.Thread(target=lambda: (second.sleep(10, NEVER), seen.append(list(rung))))
    waiter.start()
    time.sleep(0.05)
    go_on.set()
    waiter.join(5)
    first.join(5)
    assert seen == [["done"]]
