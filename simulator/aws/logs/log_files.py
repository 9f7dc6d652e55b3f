"""Log events from files of one record per line, which are appended to while they are read.

A record is what `FunctionLog` makes. The lines of a file are nearly in the order of their times: several threads write.
"""

from __future__ import annotations

import heapq
import os
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from simulator.aws.lambda_runtime.function_log import cloudwatch_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

SLACK_MS = 2_000
"""How far a line may lie from its place in the order of the times."""
GROUP_PREFIX = "/aws/lambda/"
_BLOCK = 262_144
_TIME_AT = len(b'{"time":"')
_TIME_LENGTH = len(b"2026-01-01T00:00:00.000Z")


@dataclass(frozen=True, slots=True, order=True)
class LogEvent:
    """One log event. The ids of events sort as the events do; an event has the same id whenever it is read."""

    id: str
    timestamp: int
    group: str
    stream: str
    message: str


class LogFiles:
    """The log events of the functions.

    Args:
        files: gives the files there are now; one that is missing is an empty one.
    """

    def __init__(self, files: Callable[[], Iterable[Path]]) -> None:
        self._files = files

    def events(self, *, start: int = 0, end: int | None = None, after: str | None = None) -> Iterator[LogEvent]:
        """Yield events in the order of their ids, which is that of their times.

        Args:
            start: the earliest time, in milliseconds since 1970.
            end: the latest time; None for no bound.
            after: the id of the event after which to begin.
        """
        if after is not None:
            start = max(start, event_time(after))
        waiting: list[tuple[str, int, LogEvent | None, Iterator[LogEvent]]] = []
        for number, path in enumerate(self._files()):
            first = _first_time(path)
            if first is None or (end is not None and first - SLACK_MS > end) or _ended_before(path, start):
                continue
            # A file is read only when its first event can be the next one.
            waiting.append((_id(max(0, first - SLACK_MS), 0, 0), number, None, _read(path, start, end)))
        heapq.heapify(waiting)
        while waiting:
            _, number, event, rest = heapq.heappop(waiting)
            following = next(rest, None)
            if following is not None:
                heapq.heappush(waiting, (following.id, number, following, rest))
            if event is not None and (after is None or event.id > after):
                yield event


def event_time(event_id: str) -> int:
    """Return the time of an event, from its id.

    Raises:
        ValueError: it is not an event's id.
    """
    if len(event_id) != _ID_LENGTH or not event_id.isdecimal():
        raise ValueError(event_id)
    return int(event_id[:16])


_ID_LENGTH = 56


def _id(timestamp: int, inode: int, offset: int) -> str:
    return f"{timestamp:016d}{inode:020d}{offset:020d}"


def _read(path: Path, start: int, end: int | None) -> Iterator[LogEvent]:
    """Yield a file's events between two times, sorted."""
    held: list[LogEvent] = []
    newest = 0
    for event in _unsorted(path, start):
        if end is not None and event.timestamp > end + SLACK_MS:
            break
        newest = max(newest, event.timestamp)
        if start <= event.timestamp and (end is None or event.timestamp <= end):
            heapq.heappush(held, event)
        while held and held[0].timestamp < newest - SLACK_MS:
            yield heapq.heappop(held)
    while held:
        yield heapq.heappop(held)


def _unsorted(path: Path, start: int) -> Iterator[LogEvent]:
    try:
        inode = path.stat().st_ino
    except OSError:
        return
    for offset, line in _lines(path, _offset_of(path, start - SLACK_MS)):
        record = _record(line)
        if record is not None and (timestamp := _time(record.get("time"))) is not None:
            yield LogEvent(
                id=_id(timestamp, inode, offset),
                timestamp=timestamp,
                group=f"{GROUP_PREFIX}{record.get('function')}",
                stream=str(record.get("environment")),
                message=cloudwatch_text(record),
            )


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) else None


def _lines(path: Path, offset: int) -> Iterator[tuple[int, bytes]]:
    """Yield (offset, line) for each whole line. The file is open only while a block is read: there may be many."""
    while True:
        try:
            with path.open("rb") as file:
                file.seek(offset)
                data = file.read(_BLOCK)
                data += file.readline() if data else b""
        except OSError:
            return
        whole = data[: data.rfind(b"\n") + 1]
        if not whole:
            return
        for line in whole.split(b"\n")[:-1]:
            yield offset, line
            offset += len(line) + 1


def _offset_of(path: Path, moment: int) -> int:
    """Return where a line begins before which no line is of that time or later."""
    low = 0
    try:
        with path.open("rb") as file:
            high = file.seek(0, os.SEEK_END)
            while high - low > _BLOCK:
                middle = (low + high) // 2
                file.seek(middle)
                file.readline()
                begin = file.tell()
                timestamp = _time(file.readline()[_TIME_AT : _TIME_AT + _TIME_LENGTH].decode("ascii", "replace"))
                if timestamp is not None and timestamp < moment and begin < high:
                    low = begin
                else:
                    high = middle
    except OSError:
        return 0
    return low


def _time(text: Any) -> int | None:
    try:
        return round(datetime.fromisoformat(text).timestamp() * 1000)
    except (TypeError, ValueError):
        return None


def _first_time(path: Path) -> int | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return _first_time_of(path, status.st_ino) if status.st_size else None


@lru_cache(maxsize=4096)
def _first_time_of(path: Path, _inode: int) -> int | None:
    for _, line in _lines(path, 0):
        record = _record(line)
        if record is not None and (timestamp := _time(record.get("time"))) is not None:
            return timestamp
    return None


def _ended_before(path: Path, start: int) -> bool:
    try:
        return path.stat().st_mtime * 1000 < start - SLACK_MS
    except OSError:
        return True
