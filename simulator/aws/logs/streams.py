"""The streams of log events, with their first and last times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.aws.logs.log_files import LogEvent


@dataclass(slots=True)
class Stream:
    """One stream: its group, name, the times of its first and last event, and the bytes of its messages."""

    group: str
    name: str
    first: int
    last: int
    bytes: int = 0


def streams_of(events: Iterable[LogEvent]) -> list[Stream]:
    """Return the streams of events that come in the order of their times."""
    streams: dict[tuple[str, str], Stream] = {}
    for event in events:
        key = event.group, event.stream
        stream = streams.get(key)
        if stream is None:
            stream = streams[key] = Stream(event.group, event.stream, event.timestamp, event.timestamp)
        stream.last = event.timestamp
        stream.bytes += len(event.message.encode("utf-8", "replace"))
    return list(streams.values())
