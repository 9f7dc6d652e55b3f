"""`accepted-rows.jsonl`: the failed rows that a person has accepted, with a reason and a name. Nothing is deleted.

One JSON object per line: `format` (1), `at` (ISO, UTC), `what` (`accepted`, or `reopened` if that was withdrawn),
`run`, `index` and `line` of the row, `user`, `by`, `reason`. The last line about a row counts. A line is appended by
one write under a lock, so that two writers disturb each other as little as a writer and a kill: the half line that a
kill leaves stays where it is, is closed by the next writer, and is told as damaged.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.runs.folder.json_lines import encode, parse_line
from simulator.runs.folder.times import moment_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from simulator.runs.failure_inbox.failed_row import FailedRow

FILE = "accepted-rows.jsonl"
FORMAT = 1
ACCEPTED, REOPENED = "accepted", "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Who accepted a row, when and why."""

    by: str
    reason: str
    at: str


@dataclass(slots=True)
class Accepted:
    """What the file says: `rows` by (run, index), and the numbers of its lines that cannot be read."""

    rows: dict[tuple[str, int], Acceptance] = field(default_factory=dict)
    damaged: list[int] = field(default_factory=list)


class AcceptedRows:
    """The file; it need not exist.

    Args:
        path: where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Accepted:
        """Return what the file says.

        Raises:
            OSError: it is there, and cannot be read.
        """
        found = Accepted()
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return found
        for number, text in enumerate(content.split(b"\n"), start=1):
            if not text:
                continue
            entry = parse_line(text)
            key = None if entry is None else _key(entry)
            if entry is None or key is None:
                found.damaged.append(number)
            elif entry["what"] == REOPENED:
                found.rows.pop(key, None)
            else:
                found.rows[key] = Acceptance(
                    by=str(entry.get("by", "")), reason=str(entry.get("reason", "")), at=str(entry.get("at", ""))
                )
        return found

    def accept(self, rows: Iterable[FailedRow], *, by: str, reason: str) -> None:
        """Note that rows are accepted as they are.

        Raises:
            OSError: the file cannot be written; what had been written of it stays.
        """
        self._append(ACCEPTED, rows, by, reason)

    def reopen(self, rows: Iterable[FailedRow], *, by: str, reason: str) -> None:
        """Note that the acceptance of rows is withdrawn.

        Raises:
            OSError: as `accept`.
        """
        self._append(REOPENED, rows, by, reason)

    def _append(self, what: str, rows: Iterable[FailedRow], by: str, reason: str) -> None:
        at = moment_text(datetime.now(UTC))
        text = b"".join(
            encode(
                {
                    "format": FORMAT,
                    "at": at,
                    "what": what,
                    "run": row.run,
                    "index": row.index,
                    "line": row.line,
                    "user": row.user,
                    "by": by,
                    "reason": reason,
                }
            )
            + b"\n"
            for row in rows
        )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        with open(descriptor, "r+b", buffering=0) as file:  # noqa: PTH123 - opened for appending, and made if missing
            fcntl.flock(file, fcntl.LOCK_EX)
            end = file.seek(0, os.SEEK_END)
            if end and os.pread(file.fileno(), 1, end - 1) != b"\n":
                text = b"\n" + text  # a half line of a writer that was killed
            while text:
                text = text[file.write(text) :]
            os.fsync(file.fileno())


def _key(entry: dict[str, Any]) -> tuple[str, int] | None:
    run, index = entry.get("run"), entry.get("index")
    known = isinstance(run, str) and isinstance(index, int) and entry.get("what") in (ACCEPTED, REOPENED)
    return (run, index) if known else None  # type: ignore[return-value] # as just looked at
