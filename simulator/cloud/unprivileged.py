"""Runs PostgreSQL as somebody who is not root, since it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from typing import IO, TYPE_CHECKING, Any

from simulator.cloud.errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

USER = "nobody"


class Unprivileged:
    """Starts programs as the user `nobody` where we are root, and as ourselves otherwise.

    Args:
        folder: a folder of ours that those programs work in: given to that user.
        programs: the folder of the programs. As root, both folders' parents get the permission to be walked through
            (`o+x`, not to be listed) where they lack it.

    Raises:
        CloudError: where a parent folder's permission cannot be changed.
    """

    def __init__(self, folder: Path, programs: Path) -> None:
        self._user: pwd.struct_passwd | None = None
        if os.geteuid() == 0:
            self._user = pwd.getpwnam(USER)
            _open_the_way_to(folder.resolve())
            _open_the_way_to(programs.resolve())
            self.own(folder)

    def own(self, path: Path) -> None:
        """Give a file or folder to the user the programs run as."""
        if self._user is not None:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and return its exit code and output."""
        return subprocess.run(  # noqa: S603 - no shell, the wheel's programs
            command, capture_output=True, text=True, check=False, **self._options()
        )

    def start(self, command: Sequence[str | Path], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own (Ctrl-C does not reach it), its output going to `log`."""
        return subprocess.Popen(  # noqa: S603 - as above
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **self._options(),
        )

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            "cwd": "/",
            "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            "umask": 0o077,
        }
        if self._user is not None:
            options |= {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        return options


def _open_the_way_to(path: Path) -> None:
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            try:
                parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
            except OSError as error:
                raise CloudError(
                    f"PostgreSQL does not run as root, and the user {USER!r} may not pass through {parent}. "
                    "Run the simulator as an ordinary user, or set SIMULATOR_HOME to a folder that everyone may reach."
                ) from error
