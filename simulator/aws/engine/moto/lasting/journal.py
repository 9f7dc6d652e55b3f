"""The journal of a lasting cloud: one line per acknowledged write, the newest line about a thing counts.

A line is a JSON object with `about`, the name of the thing as a list that begins with the service:

    ["s3", BUCKET]                                     the request that made a bucket
    ["s3", BUCKET, "config", NAME, ...]                a request that configures it
    ["s3", BUCKET, "key", KEY, VERSION]                an object's version, or a delete marker
    ["s3", BUCKET, "key", KEY, VERSION, "tagging"]     a request about it
    ["dynamodb", REGION, TABLE]                        the request that made a table
    ["dynamodb", REGION, TABLE, "item", KEY]           an item
    ["sqs", REGION, QUEUE]                             a queue's settings
    ["sqs", REGION, QUEUE, "message", ID]              a message that has not been deleted

A line `{"forget": NAME}` takes back the thing and all whose names begin with its name. The journal is compacted when
it is opened, so that it grows with what is there and not with what has happened.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.aws.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PATIENCE_SECONDS: Final = 15.0
RESERVE_BYTES: Final = 256 * 1024
"""Kept free on disk for the line of a write that has been carried out when the disk turns out to be full."""

_ROOM_FOR_FOLDERS: Final = 16 * 1024


class JournalBusy(ServerError):
    """Another process has the journal open."""


@dataclass(slots=True)
class _Node:
    line: tuple[int, bytes] | None = None
    children: dict[str, _Node] = field(default_factory=dict)


class Entries:
    """The lines that count, by name; in the order in which they were written last."""

    def __init__(self) -> None:
        self._root = _Node()
        self._next = 0

    def apply(self, line: bytes) -> bool:
        """Take over one line of the journal; return False if it is not whole (a kill cut it off)."""
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            return False
        if not isinstance(value, dict):
            return False
        if (forgotten := value.get("forget")) is not None:
            self._forget(forgotten)
        elif (about := value.get("about")) is not None:
            self._next += 1
            node = self._root
            for name in about:
                node = node.children.setdefault(name, _Node())
            node.line = (self._next, line if line.endswith(b"\n") else line + b"\n")
        return True

    def _forget(self, about: list[str]) -> None:
        path = [self._root]
        for name in about:
            child = path[-1].children.get(name)
            if child is None:
                return
            path.append(child)
        for node, name in zip(reversed(path[:-1]), reversed(about), strict=True):
            del node.children[name]
            if node.line is not None or node.children:
                break

    def lines(self) -> list[bytes]:
        """Return the lines that count."""
        found: list[tuple[int, bytes]] = []
        nodes = [self._root]
        while nodes:
            node = nodes.pop()
            if node.line is not None:
                found.append(node.line)
            nodes.extend(node.children.values())
        return [line for _, line in sorted(found)]


class Journal:
    """A journal that is open for appending.

    Args:
        folder: holds it and its lock; made if it is missing.
        patience: seconds to wait for a process that is about to end, and still has it open.

    Raises:
        JournalBusy: another process has it open.
        OSError: it cannot be read or written.
    """

    def __init__(self, folder: Path, *, patience: float = PATIENCE_SECONDS) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "journal.jsonl"
        self._lock_fd = _locked(folder / "journal.lock", patience)
        self._guard = threading.Lock()
        entries = Entries()
        with self._path.open("ab+") as file:
            file.seek(0)
            for line in file:
                entries.apply(line)
        self._lines: list[bytes] | None = entries.lines()
        draft = folder / "journal.jsonl.draft"
        with draft.open("wb") as file:
            file.writelines(self._lines)
        draft.replace(self._path)
        self._fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        self._reserve = folder / "journal.reserve"
        self._reserved = False
        self._half = False  # whether the file ends with half a line: the next one must not be glued to it
        with contextlib.suppress(OSError):  # the disk is full: what is there can be read, and the first write says so
            self._take_reserve()

    def restored(self) -> Iterator[dict[str, Any]]:
        """Yield what counted when the journal was opened, in order; once, for it is not kept."""
        lines, self._lines = self._lines or [], None
        for line in lines:
            yield orjson.loads(line)

    def write(self, *lines: dict[str, Any]) -> None:
        """Append lines, whole and in one piece; into the reserve if the disk is full.

        Raises:
            OSError: the disk is full, or gone; half a line does not count.
        """
        data = b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
        if not data:
            return
        with self._guard:
            try:
                self._append(data)
            except OSError:
                if not self._give_reserve():
                    raise
                self._append(data)

    def check_room(self, size: int = 0) -> None:
        """See before a write is carried out that it can be kept: what cannot be kept must not be there either.

        Args:
            size: how many bytes it brings beside its line.

        Raises:
            OSError: the disk is full; as long as it is, this is raised.
        """
        with self._guard:
            if not self._reserved:
                self._take_reserve()
        disk = os.statvfs(self._path.parent)
        if disk.f_bavail * disk.f_frsize < size + _ROOM_FOR_FOLDERS:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path.parent))

    def give_reserve(self) -> bool:
        """Free the reserve, for something else that a write must leave on this disk; False if it is free already."""
        with self._guard:
            return self._give_reserve()

    def _append(self, data: bytes) -> None:
        if self._half:
            data = b"\n" + data
        left = data
        try:
            while left:
                left = left[os.write(self._fd, left) :]
        finally:
            self._half = self._half if left == data else bool(left)

    def _take_reserve(self) -> None:
        try:
            self._reserve.write_bytes(bytes(RESERVE_BYTES))
        except OSError:
            self._reserve.unlink(missing_ok=True)
            raise
        self._reserved = True

    def _give_reserve(self) -> bool:
        given, self._reserved = self._reserved, False
        if given:
            self._reserve.unlink(missing_ok=True)
        return given

    def forget(self, *abouts: Sequence[str]) -> None:
        """Take back things, and what belongs to them."""
        self.write(*({"forget": list(about)} for about in abouts))

    def close(self) -> None:
        """Close it; closing twice is harmless."""
        for name in ("_fd", "_lock_fd"):
            descriptor = getattr(self, name)
            if descriptor >= 0:
                os.close(descriptor)
                setattr(self, name, -1)


def _locked(path: Path, patience: float) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise JournalBusy(f"Another process has the local cloud in {path.parent} open.") from None
            time.sleep(0.02)
        else:
            return descriptor
