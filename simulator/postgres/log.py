"""What PostgreSQL wrote while it started, and whether it is the data folder that it complains of.

PostgreSQL manual: "Error Reporting and Logging" (`log_line_prefix`), "PostgreSQL Error Codes".
"""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LINE_PREFIX = "%m [%p] %e "
"""The `log_line_prefix` that this reads: time, process, SQLSTATE."""

_TAIL = 2000
_FATAL = re.compile(r"^.*\[\d+\] (?P<code>[0-9A-Z]{5}) (?:FATAL|PANIC): +(?P<message>.*)$", re.MULTILINE)
_EARLY = re.compile(r"^postgres: (?P<message>could not .*\S)", re.MULTILINE | re.DOTALL)  # before its settings
_LOCK_FILE_EXISTS = "F0001"
_DAMAGE = ("XX001", "XX002", "F0000")  # data_corrupted, index_corrupted, config_file_error
_PERHAPS = ("XX000", "58P01", "58P02", "42809", "22023")  # internal_error, undefined_file, ...: the words decide
_WORDS = re.compile(r"checkpoint|control file|database files|\bWAL\b|\bredo\b|recovery|timeline")
_FULL_DISK = re.compile(rf"\[\d+\] 53100 |{os.strerror(errno.ENOSPC)}|{os.strerror(errno.EDQUOT)}")
_QUOTED = re.compile(r'"([^"\n]+)"')
_NOT_THE_DATA = tuple(
    os.strerror(number)
    for number in (
        *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO),
        *(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENAMETOOLONG),
    )
)


class PostgresLog:
    """The log of one start of a server.

    Args:
        path: the file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def tail(self) -> str:
        """Return the end of it."""
        return self._text()[-_TAIL:].strip() or "(nothing)"

    def tells_of_full_disk(self) -> bool:
        """Say whether the server could not write something because there is no room."""
        return is_full_disk(self._text())

    def locked(self) -> bool:
        """Say whether the server ended because another one, or its last children, still have the data folder."""
        problem = self._last_problem()
        return problem is not None and problem[0] == _LOCK_FILE_EXISTS

    def blames(self, data: Path) -> bool:
        """Say whether the server ended because of what is in its data folder, so that a new one would help.

        A full or read-only disk, a right, a lock or memory that is missing: none of these is the data's fault.
        """
        problem = self._last_problem()
        if problem is None:
            return False
        code, message = problem
        if code in _DAMAGE:
            return True
        if code not in _PERHAPS or message.endswith(_NOT_THE_DATA):
            return False
        return bool(
            _WORDS.search(message)
            or f"{data}{os.sep}" in message
            or any(_is_of(data, path) for path in _QUOTED.findall(message))
        )

    def _last_problem(self) -> tuple[str, str] | None:
        """Return the SQLSTATE and the message of what ended the server."""
        text = self._text()
        found = list(_FATAL.finditer(text))
        if found:
            return found[-1]["code"], found[-1]["message"]
        early = _EARLY.search(text)
        return ("XX000", early["message"]) if early else None

    def _text(self) -> str:
        with suppress(OSError):
            return self.path.read_text(errors="replace")
        return ""


def is_full_disk(text: str) -> bool:
    """Say whether a message of PostgreSQL's (of the server, initdb, a client) is of a disk without room."""
    return _FULL_DISK.search(text) is not None


def _is_of(data: Path, path: str) -> bool:
    """Say whether a path of a message lies in the data folder, where the server works and whence it names its files."""
    if path.startswith(os.sep):
        return path == str(data) or path.startswith(f"{data}{os.sep}")
    return os.sep in path or path.startswith(("pg_", "base", "global"))
