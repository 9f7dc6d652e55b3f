"""The lock and the file that the process of a cloud holds while it is up."""

from __future__ import annotations

import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from simulator.pipeline.errors import CloudError
from simulator.pipeline.local_cloud.cloud_files import STARTING, STOPPING, UP, CloudFiles, database_mark
from simulator.runs.folder.run_lock import RunBusy, RunLock
from simulator.runs.folder.times import moment_text
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from simulator.pipeline.settings import Settings


class UpLock:
    """The one cloud of a home: `up.lock` is held, and `up.json` says how it stands.

    Args:
        settings: the home, which exists, and the database.

    Raises:
        CloudError: the home has a cloud that is up, or its folder cannot be written.
    """

    def __init__(self, settings: Settings) -> None:
        home = settings.home
        self._files = CloudFiles(home.path)
        self._about = Path(self._files.about)
        self.token = secrets.token_urlsafe(24)
        self._facts: dict[str, object] = {
            "pid": os.getpid(),
            "started": moment_text(datetime.now(UTC)),
            "database": database_mark(settings.database_url),
            "stage": settings.simulator_stage,
            "rowsPerChild": settings.simulator_rows_per_child,
            "engine": settings.engine,
            "token": self.token,
        }
        try:
            Path(self._files.folder).mkdir(exist_ok=True)
            self._lock = RunLock(Path(self._files.lock))
        except RunBusy:
            about = self._files.read()
            raise CloudError(
                f"The cloud of {home.path} is {about.get('state', STARTING)} already: {about.get('url', '')} (process "
                f"{about.get('pid', 'unknown')}, since {about.get('started', 'just now')}). Use it, or end it with: "
                f"{command('down', home=home.path)}"
            ) from None
        except OSError as error:
            raise CloudError(f"Cannot write to the folder {self._files.folder}: {error.strerror}.") from error
        self._tell(STARTING)

    @property
    def started(self) -> str:
        """When this cloud began to start (ISO)."""
        return str(self._facts["started"])

    def up(self, *, url: str, host: str, port: int, dashboard: str | None) -> None:
        """Say that everything can be used now."""
        self._tell(UP, url=url, host=host, port=port, dashboard=dashboard)

    def stopping(self) -> None:
        """Say that nothing new is taken."""
        self._tell(STOPPING)

    def close(self) -> None:
        """Take the words back, then the lock; call it last."""
        self._about.unlink(missing_ok=True)
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _tell(self, state: str, **more: object) -> None:
        """Replace `up.json`, which only its owner may read: it has the token."""
        self._facts |= {"state": state, **more}
        draft = self._about.with_name(f".up.json.{os.getpid()}")
        try:
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump(self._facts, file, indent=2)
            draft.replace(self._about)
        except OSError as error:
            raise CloudError(f"Cannot write {self._about}: {error.strerror}.") from error
