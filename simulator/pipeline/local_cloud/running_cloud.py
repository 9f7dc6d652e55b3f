"""The cloud of a home that is up, as other processes see it: found, asked, and told what to run.

Imports little: with it, a second `run` begins after a few hundredths of a second.
"""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from simulator.pipeline.errors import CloudError
from simulator.pipeline.local_cloud.cloud_files import STARTING, STOPPING, UP, CloudFiles
from simulator.pipeline.local_cloud.loopback_http import OK, Answer, BadAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTES: Final = "/_simulator/"
SETTLE_SECONDS = 90.0
STOP_SECONDS = 90.0
_ENDING_SECONDS = 2.0
_LOOK_SECONDS = 0.05


class CloudLost(CloudError):
    """The cloud that is up ended, or does not answer as it should; the message says what to do."""


class RunningCloud:
    """A cloud that is up. `find` gives it.

    Args:
        files: where it is written down.
        about: what `up.json` says.
    """

    def __init__(self, files: CloudFiles, about: dict[str, Any]) -> None:
        self._files = files
        self.url = str(about.get("url"))
        self.host = str(about.get("host"))
        self.port = int(about.get("port", 0))
        self.pid = int(about.get("pid", 0))
        self.started = str(about.get("started"))
        self.database = str(about.get("database"))
        self.stage = str(about.get("stage"))
        self.rows_per_child: str | None = about.get("rowsPerChild")
        self.engine = str(about.get("engine"))
        self.dashboard = about.get("dashboard")
        self._token = str(about.get("token"))

    @classmethod
    def find(cls, home: str | os.PathLike[str], patience: float = SETTLE_SECONDS) -> RunningCloud | None:
        """Return the cloud of a home; None if it is not up.

        One that is just starting or stopping is waited for.

        Raises:
            CloudLost: it does neither in `patience` seconds.
        """
        files = CloudFiles(home)
        deadline = time.monotonic() + patience
        while files.lives():
            about = files.read()
            if about.get("state") == UP and _exists(about.get("pid")):
                return cls(files, about)
            if time.monotonic() > deadline:
                doing = about.get("state") if about.get("state") in (STARTING, STOPPING) else STARTING
                raise CloudLost(
                    f"The cloud of {os.fspath(home)} has been {doing} for {patience:.0f} s (process "
                    f"{about.get('pid', 'unknown')}). Look at its terminal or at {files.log}, or end that process."
                )
            time.sleep(_LOOK_SECONDS)
        return None

    def ask(self, route: str, **question: Any) -> dict[str, Any]:
        """Return the answer of a control route.

        Raises:
            CloudLost: the cloud ended, or refused.
        """
        with self.stream(route, **question) as lines:
            return next(lines, {})

    @contextmanager
    def stream(self, route: str, **question: Any) -> Iterator[Iterator[dict[str, Any]]]:
        """Ask a control route, and give its answer line by line as it comes.

        Args:
            route: the route's name.
            question: JSON values.

        Raises:
            CloudLost: the cloud ended, or refused.
        """
        body = json.dumps({**question, "token": self._token}).encode()
        try:
            answer = Answer(self.host, self.port, ROUTES + route, body)
        except (BadAnswer, ConnectionError) as error:
            raise self._lost(error) from None
        with answer:
            lines = self._lines(answer)
            if answer.status != OK:
                raise CloudLost(f"The cloud at {self.url} answered with {answer.status}: {next(lines, {})}")
            yield lines

    def _lines(self, answer: Answer) -> Iterator[dict[str, Any]]:
        try:
            for line in answer.lines():
                yield json.loads(line)
        except (BadAnswer, ConnectionError, ValueError) as error:
            raise self._lost(error) from None

    def _lost(self, error: Exception) -> CloudLost:
        deadline = time.monotonic() + _ENDING_SECONDS
        while (lives := self._files.lives()) and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
        # Imported only now: a second run begins at once, so this module loads nothing that is slow.
        from simulator.runs.suggested_command import command  # noqa: PLC0415

        return CloudLost(
            f"The cloud at {self.url} (process {self.pid}) stopped answering: {type(error).__name__}"
            f"{f': {error}' if str(error) else ''}. {'It still lives' if lives else 'It has ended'}. "
            f"A run that it had begun keeps the rows so far; go on with: {command('redrive', 'latest')}"
        )

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """End the cloud, and tell whether it has ended within the time."""
        with suppress(ProcessLookupError):
            if self._files.lives() and self._files.read().get("pid") == self.pid:
                os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while self._files.lives():
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_SECONDS)
        return True


def _exists(pid: object) -> bool:
    """Tell whether there is such a process: that of an `up.json` whose cloud was killed is gone."""
    try:
        os.kill(int(str(pid)), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
