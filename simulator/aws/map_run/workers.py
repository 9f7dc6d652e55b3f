"""The workers of a Map Run: so many threads, each taking the next child and running it to its end."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Work = TypeVar("Work")

MOST_WORKERS = 40
"""`MaxConcurrency` 0 means 10,000 on AWS; threads of one process gain nothing beyond some dozens."""


class Workers(Generic[Work]):
    """Runs `do(work, worker)` for each piece of work, `count` at a time, until the work ends or `stop` is called.

    A failure of the source of work, or of `do` itself, stops all workers; `run` raises it.
    """

    def __init__(self, work: Iterator[Work], count: int, do: Callable[[Work, int], None]) -> None:
        self._work = work
        self._count = min(count or MOST_WORKERS, MOST_WORKERS)
        self._do = do
        self._next = threading.Lock()
        self._stopped = False
        self._failure: BaseException | None = None
        self._idle = threading.Semaphore(0)

    def stop(self) -> None:
        """Begin no more work; what has begun goes on."""
        self._stopped = True

    def run(self, tick: Callable[[], None], every: float) -> None:
        """Work until all is done, calling `tick` every so many seconds."""
        threads = [
            threading.Thread(target=self._worker, args=(number,), name=f"worker-{number}", daemon=True)
            for number in range(self._count)
        ]
        for thread in threads:
            thread.start()
        left = len(threads)
        while left:
            if self._idle.acquire(timeout=every):
                left -= 1
            else:
                tick()
        if self._failure is not None:
            raise self._failure

    def _worker(self, number: int) -> None:
        try:
            while (work := self._take()) is not None:
                self._do(work, number)
        except BaseException as failure:  # noqa: BLE001 - handed to the thread that waits in run()
            self._failure = self._failure or failure
            self.stop()
        finally:
            self._idle.release()

    def _take(self) -> Work | None:
        with self._next:
            if self._stopped:
                return None
            return next(self._work, None)
