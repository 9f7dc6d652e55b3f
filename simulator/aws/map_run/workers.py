"""The workers of a Map Run: so many threads, each taking the next child and running it to its end."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Work = TypeVar("Work")

MOST_WORKERS = 40
"""`MaxConcurrency` 0 means 10,000 on AWS; threads of one process gain nothing beyond some dozens."""


class Workers(Generic[Work]):
    """Runs `do(work, worker)` for each piece of work, `count` at a time, until the work ends or `stop` is called.

    A failure of the source of work, or of `do` itself, stops all workers; `run` raises it. `most` is how many pieces
    of work there are: more workers than that are never wanted.
    """

    def __init__(
        self, work: Iterator[Work], count: int, do: Callable[[Work, int], None], *, most: int = MOST_WORKERS
    ) -> None:
        self._work = work
        self._most = min(most, MOST_WORKERS)
        self._count = self._threads(count)
        self._do = do
        self._next = threading.Condition()
        self._stopped = False
        self._paused = False
        self._failure: BaseException | None = None
        self._idle = threading.Semaphore(0)
        self._at_work: dict[int, threading.Thread] = {}
        self._changing = threading.Lock()

    def stop(self) -> None:
        """Begin no more work; what has begun goes on."""
        with self._next:
            self._stopped = True
            self._next.notify_all()

    def pause(self, *, paused: bool) -> None:
        """Begin no more work until `pause(paused=False)`; what has begun goes on, and `stop` ends the pause."""
        with self._next:
            self._paused = paused
            self._next.notify_all()

    def resize(self, count: int) -> None:
        """Work with so many workers from now on (0: as many as there may be); those too many end with their work."""
        with self._changing:
            self._count = self._threads(count)
            if self._at_work:  # else it has not begun, or all is done
                self._start_missing()

    def run(self, tick: Callable[[], None], every: float) -> None:
        """Work until all is done, calling `tick` every so many seconds."""
        with self._changing:
            self._start_missing()
        while True:
            if not self._idle.acquire(timeout=every):
                tick()
            with self._changing:
                if not self._at_work:
                    break
        if self._failure is not None:
            raise self._failure

    def _start_missing(self) -> None:
        """Start the workers that there are too few; a worker's number is free again when it has ended."""
        free = (number for number in itertools.count() if number not in self._at_work)
        while len(self._at_work) < self._count:
            number = next(free)
            thread = threading.Thread(target=self._worker, args=(number,), name=f"worker-{number}", daemon=True)
            self._at_work[number] = thread
            thread.start()

    def _worker(self, number: int) -> None:
        try:
            while self._stays(number) and (work := self._take()) is not None:
                self._do(work, number)
        except BaseException as failure:  # noqa: BLE001 - handed to the thread that waits in run()
            self._failure = self._failure or failure
            self.stop()
        with self._changing:
            self._leave(number)
        self._idle.release()

    def _stays(self, number: int) -> bool:
        """Tell whether the worker is still wanted; one that is not has left, and its number may be taken again."""
        if len(self._at_work) <= self._count:  # nearly always, and without the lock
            return True
        with self._changing:
            if len(self._at_work) <= self._count:
                return True
            self._leave(number)
            return False

    def _leave(self, number: int) -> None:
        if self._at_work.get(number) is threading.current_thread():
            del self._at_work[number]

    def _take(self) -> Work | None:
        with self._next:
            while self._paused and not self._stopped:
                self._next.wait()
            if self._stopped:
                return None
            return next(self._work, None)

    def _threads(self, count: int) -> int:
        return min(count or self._most, self._most)
