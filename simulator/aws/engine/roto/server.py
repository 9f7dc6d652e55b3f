"""Starts roto's server, which ends with the process that started it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import threading
from typing import TYPE_CHECKING, Final

from simulator.aws.engine.environment import ACCOUNT
from simulator.aws.errors import ServerError

if TYPE_CHECKING:
    from pathlib import Path

_TRIALS: Final = 5
_TAIL: Final = 2_000
_LISTENS = re.compile(rb"roto listening on http://127\.0\.0\.1:\d+")
# The shell waits for the end of its stdin, which this process holds open: it ends with it, also by kill -9.
_WATCHER: Final = '"$@" </dev/null & child=$!; exec >/dev/null 2>&1; cat; kill -9 $child'


class RotoServer:
    """roto on a free port of 127.0.0.1.

    Args:
        program: its path.
        folder: keeps all that it has; None if it is to be forgotten with the process.

    Raises:
        ServerError: it does not start.
    """

    def __init__(self, program: Path, folder: Path | None = None) -> None:
        kept = ["--ephemeral"] if folder is None else ["--data-dir", str(folder)]
        said = b""
        for _ in range(_TRIALS):
            self.port = _free_port()
            command = [str(program), *kept, "--account-id", ACCOUNT, "--port", str(self.port)]
            self._watcher = subprocess.Popen(  # noqa: S603 - our own arguments
                ["/bin/sh", "-c", _WATCHER, "roto", *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, "NO_COLOR": "1", "RUST_LOG": "info"},
            )
            said = self._said_until_it_listens()
            if _LISTENS.search(said):
                threading.Thread(target=self._end_with_roto, name="end of roto", daemon=True).start()
                return
            self.close()
            if b"Address already in use" not in said:  # else somebody has taken the port just now
                break
        raise ServerError(f"roto ended while it started, saying:\n{said[-_TAIL:].decode(errors='replace').strip()}")

    def close(self) -> None:
        """Stop it."""
        if self._watcher.stdin is not None:
            self._watcher.stdin.close()
        self._watcher.wait()

    def _said_until_it_listens(self) -> bytes:
        said = b""
        if self._watcher.stdout is not None:
            for line in self._watcher.stdout:
                said += line
                if _LISTENS.search(line):
                    break
        return said

    def _end_with_roto(self) -> None:
        """End this process if roto does, so that no caller waits for an answer that never comes."""
        if self._watcher.stdout is not None:
            for _ in self._watcher.stdout:
                pass
        os._exit(1)


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
