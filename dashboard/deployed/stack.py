"""The deployed stack that the pages show: its runs are fetched in the background while a page is open.

There is one fetcher per server, however many tabs are open: AWS is asked once every few seconds, and less often if it
answers slowly. Pages read folders only.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator.fetch.deployment import region_of, target_of
from simulator.fetch.errors import FetchError
from simulator.fetch.operator import Operator
from simulator.fetch.stack_fetch import StackFetch
from simulator.runs.folder.run_record import RUNNING

if TYPE_CHECKING:
    from pathlib import Path

    from dashboard.deployed.options import Options
    from simulator.runs.store import RunStore

LIVE_SECONDS, IDLE_SECONDS, TROUBLE_SECONDS = 5.0, 15.0, 60.0
OPEN_SECONDS = 30.0
"""So long after a page was last drawn or polled, it counts as closed."""
SHARE = 0.1
"""The most of the time that is spent on asking AWS, while it answers within some seconds."""
LONGEST_SECONDS = 60.0


class Deployment:
    """A deployed stack; safe for several threads. Keep one per server.

    Args:
        options: which one.
        aws: the folder for fetched runs.

    Raises:
        FetchError: it cannot be found.
    """

    def __init__(self, options: Options, aws: Path) -> None:
        self.options = options
        self.operator = Operator(
            region_of(options.stack) or options.region, profile=options.profile, endpoint_url=options.endpoint_url
        )
        self.target = target_of(self.operator, options.stack)
        self._fetch = StackFetch(self.operator, self.target.workflow, aws, stack=self.target.title)
        self._seen = 0.0
        self._woken = threading.Event()
        self._closing = threading.Event()
        self._hurry = threading.Event()
        self._trouble = ""
        self._read: datetime | None = None
        self._thread = threading.Thread(target=self._keep_fresh, name="fetch", daemon=True)
        self._thread.start()

    @property
    def store(self) -> RunStore:
        """The runs that have been fetched."""
        return self._fetch.store

    @property
    def trouble(self) -> str:
        """Why AWS could not be read the last time; empty if it could."""
        return self._trouble

    @property
    def read(self) -> datetime | None:
        """When AWS was last read to the end; None if never."""
        return self._read

    def touch(self) -> None:
        """Say that a page is open: what it shows is to be kept fresh."""
        self._seen = time.monotonic()
        self._woken.set()

    def look_now(self) -> None:
        """Read AWS without the usual pause: something was done there."""
        self._hurry.set()

    def close(self) -> None:
        """End the background thread."""
        self._closing.set()
        self._woken.set()
        self._hurry.set()
        self._thread.join()

    def _keep_fresh(self) -> None:
        while not self._closing.is_set():
            if time.monotonic() - self._seen > OPEN_SECONDS:
                self._woken.clear()
                self._woken.wait()
                continue
            self._hurry.clear()
            began = time.monotonic()
            pause = self._round()
            took = time.monotonic() - began
            self._hurry.wait(max(pause, min(took / SHARE - took, LONGEST_SECONDS)))

    def _round(self) -> float:
        """Bring the folders up to date; return after how many seconds to do it again."""
        try:
            done = self._fetch.round(self.options.since, newest_first=True)
        except FetchError as error:
            self._trouble = str(error)
            return IDLE_SECONDS if error.kind == "network" else TROUBLE_SECONDS
        except OSError as error:
            self._trouble = f"The folder {self.store.path} cannot be written: {error}"
            return TROUBLE_SECONDS
        self._trouble = done.problems[0] if done.problems else ""
        self._read = datetime.now(UTC)
        return LIVE_SECONDS if any(record.status == RUNNING for record in done.runs) else IDLE_SECONDS
