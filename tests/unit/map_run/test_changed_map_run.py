"""A Map Run whose settings are changed while it runs (UpdateMapRun)."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from simulator.aws.map_run.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT = 20.0


class Crowd:
    """Work that says how many are at it, and goes on when it is let."""

    def __init__(self, pieces: int, count: int) -> None:
        self.done: list[int] = []
        self._lock = threading.Lock()
        self._at_work = 0
        self._let = threading.Semaphore(0)
        self.workers = Workers(iter(range(pieces)), count, self._do)
        self._thread = threading.Thread(target=lambda: self.workers.run(lambda: None, 0.01), daemon=True)
        self._thread.start()

    def _do(self, piece: int, _worker: int) -> None:
        with self._lock:
            self._at_work += 1
        assert self._let.acquire(timeout=WAIT)
        with self._lock:
            self._at_work -= 1
            self.done.append(piece)

    def let(self, count: int) -> None:
        """Let so many pieces be done."""
        self._let.release(count)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition."""
        end = time.monotonic() + WAIT
        while not condition():
            assert time.monotonic() < end, (self._at_work, self.done)
            time.sleep(0.002)

    def at_work(self, count: int) -> None:
        """Wait until so many are at work, and see that it stays so."""
        self.until(lambda: self._at_work == count)
        time.sleep(0.05)
        assert self._at_work == count

    def finish(self, pieces: int) -> None:
        """Let all be done, and see that each was done once."""
        self.let(pieces)
        self._thread.join(WAIT)
        assert not self._thread.is_alive()
        assert sorted(self.done) == list(range(pieces))


def test_a_higher_concurrency_starts_workers_at_once() -> None:
    """Those that wait need not end first."""
    crowd = Crowd(30, 1)
    crowd.at_work(1)
    crowd.workers.resize(4)
    crowd.at_work(4)
    crowd.finish(30)


def test_a_lower_concurrency_lets_what_runs_come_to_its_end() -> None:
    """Then only so many are begun."""
    crowd = Crowd(30, 5)
    crowd.at_work(5)
    crowd.workers.resize(2)
    crowd.at_work(5)
    crowd.let(3)
    crowd.at_work(2)
    crowd.let(2)
    crowd.until(lambda: len(crowd.done) == 5)
    crowd.at_work(2)
    crowd.finish(30)


def test_a_concurrency_may_go_up_and_down_many_times() -> None:
    """No worker is lost, none is one too many, and no piece is left out or done twice."""
    crowd = Crowd(200, 3)
    for count in (1, 8, 2, 0, 1, 6, 3) * 4:
        crowd.workers.resize(count)
        crowd.let(5)
    crowd.let(40)  # those too many end with the piece that they have
    crowd.until(lambda: len(crowd.done) == 180)
    crowd.at_work(3)
    crowd.finish(200)


def test_a_pause_begins_nothing_more_and_lets_what_runs_come_to_its_end() -> None:
    """It goes on where it was."""
    crowd = Crowd(30, 3)
    crowd.at_work(3)
    crowd.workers.pause(paused=True)
    crowd.let(3)
    crowd.at_work(0)
    assert len(crowd.done) == 3
    crowd.workers.pause(paused=False)
    crowd.at_work(3)
    crowd.finish(30)


def test_a_pause_does_not_keep_a_stop_from_ending_it() -> None:
    """The workers that wait for the next piece are woken."""
    crowd = Crowd(30, 2)
    crowd.at_work(2)
    crowd.workers.pause(paused=True)
    crowd.let(2)
    crowd.at_work(0)
    crowd.workers.stop()
    crowd.finish(2)


def test_workers_that_are_added_in_a_pause_wait_too() -> None:
    """A higher concurrency does not get around it."""
    crowd = Crowd(10, 1)
    crowd.at_work(1)
    crowd.workers.pause(paused=True)
    crowd.workers.resize(4)
    crowd.at_work(1)
    crowd.workers.pause(paused=False)
    crowd.at_work(4)
    crowd.finish(10)
