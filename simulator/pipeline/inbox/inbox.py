"""Watches a folder, takes each file once it is whole, and moves it away when its run has ended."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self, TypeVar

from simulator.pipeline.errors import CloudError
from simulator.pipeline.inbox.claims import DONE, REJECTED, TAKEN, Claim, left_claims, take
from simulator.runs.folder.run_lock import RunBusy, RunLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

LOOK_SECONDS = 0.25
QUIET_SECONDS = 1.0
"""A file that nobody has changed for so long is whole. One that is renamed in may be taken at once."""
SIDE_BY_SIDE = 8
NOT_YET_WHOLE = ("~", ".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".swp")
"""How names end while something else still writes the file; a name that begins with a dot is left alone as well."""


class Verdict(NamedTuple):
    """How a file ended: whether it goes to `done/`, and the report beside it."""

    accepted: bool
    report: str


class Uploader(Protocol):
    """Runs the files of an inbox."""

    def begin(self, claim: Claim, *, again: bool) -> Callable[[], Verdict | None]:
        """Upload a file, and return what waits for its end.

        Args:
            claim: the file.
            again: whether an earlier process may have uploaded it already; it must not be uploaded twice then.

        Returns:
            A function that returns the verdict; None if the cloud ended first.
        """
        ...


class Inbox:
    """A folder that is watched until it is closed.

    Args:
        folder: it; made if it is missing.
        uploader: runs the files.
        tell: given a sentence for the person at the terminal.

    Raises:
        CloudError: the folder cannot be used, or another cloud takes its files.
    """

    def __init__(self, folder: Path, uploader: Uploader, tell: Callable[[str], None]) -> None:
        self._folder = folder
        self._uploader = uploader
        self._tell = tell
        self._told: set[str] = set()
        self._looks: dict[str, tuple[tuple[int, ...], float]] = {}
        self._closed = threading.Event()
        self._room = threading.Semaphore(SIDE_BY_SIDE)
        try:
            for one in (folder, folder / TAKEN, folder / DONE, folder / REJECTED):
                one.mkdir(parents=True, exist_ok=True)
            self._lock = RunLock(folder / TAKEN / "lock")
        except RunBusy:
            raise CloudError(f"Another cloud takes the files of the inbox {folder}. Name another folder.") from None
        except OSError as error:
            raise CloudError(f"The inbox {folder} cannot be used: {error.filename}: {error.strerror}.") from error
        self._pool = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="inbox")
        self._thread = threading.Thread(target=self._watch, name="inbox", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take nothing more. What is going on stays taken, and the next cloud with this inbox finishes it."""
        self._closed.set()
        self._thread.join()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _watch(self) -> None:
        again = self._guarded(lambda: list(left_claims(self._folder))) or []
        for claim in again:
            self._begin(claim, again=True)
        while not self._closed.is_set():
            for name in self._guarded(self._whole) or []:
                taken = self._guarded(partial(take, self._folder, name))
                if taken is not None:
                    self._begin(taken, again=False)
            self._closed.wait(LOOK_SECONDS)

    def _whole(self) -> list[str]:
        """Return the names of the files that can be taken now, the oldest first."""
        now, clock = time.monotonic(), time.time()
        looks: dict[str, tuple[tuple[int, ...], float]] = {}
        whole = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name.lower().endswith(NOT_YET_WHOLE):
                    continue
                if not entry.is_file(follow_symlinks=False):
                    if not entry.is_dir(follow_symlinks=False):
                        self._once(f"inbox: {entry.name} is not an ordinary file, and is left alone")
                    continue
                try:
                    stat = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                marks = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
                before, since = self._looks.get(entry.name, (marks, now))
                looks[entry.name] = (marks, since if before == marks else now)
                written_before = entry.name not in self._looks and clock - stat.st_mtime >= QUIET_SECONDS
                if written_before or now - looks[entry.name][1] >= QUIET_SECONDS:
                    whole.append((stat.st_mtime_ns, entry.name))
        self._looks = looks
        return [name for _, name in sorted(whole)]

    def _begin(self, claim: Claim, *, again: bool) -> None:
        """Upload a file on this thread, so that files are uploaded in their order; its end is waited for on another."""
        while not self._room.acquire(timeout=LOOK_SECONDS):
            if self._closed.is_set():
                return
        if self._closed.is_set():
            return
        self._tell(f"inbox: {claim.name} {'is looked at again' if again else 'is taken'}")
        waits = self._uploader.begin(claim, again=again)
        self._pool.submit(self._end, claim, waits)

    def _end(self, claim: Claim, waits: Callable[[], Verdict | None]) -> None:
        try:
            verdict = waits()
            if verdict is None or self._closed.is_set():
                return
            place = self._guarded(lambda: claim.finish(verdict.report, accepted=verdict.accepted))
            if place is not None:
                self._tell(f"inbox: {claim.name} is in {place.parent.name}/{place.name} now")
        finally:
            self._room.release()

    def _guarded(self, work: Callable[[], T]) -> T | None:
        """Do something with files; trouble is told once, and the inbox goes on."""
        try:
            return work()
        except OSError as error:
            self._once(f"inbox: {error.filename or self._folder}: {error.strerror or error}")
            return None

    def _once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(text)
