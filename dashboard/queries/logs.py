"""The functions' logs, page by page; a run of 100,000 rows has half a million lines, so only a page is parsed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from simulator.runs.folder.json_lines import blocks, encode, parse_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A line: `kind` is log, metrics or platform; `level` is empty if it has none; `fields` is all it says."""

    time: str
    function: str
    kind: str
    level: str
    text: str
    request: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Some lines, and whether there are more; `total` is None where lines were searched for."""

    lines: list[LogLine]
    more: bool
    total: int | None


def logs(
    folder: RunFolder, *, kind: str = "", level: str = "", search: str = "", offset: int = 0, limit: int = 100
) -> LogPage:
    """Return lines `offset` to `offset + limit` of those that match, in the order they were logged.

    Args:
        folder: the run's. The logs of one row are those of `simulator.runs.row_story`.
        kind: only log, metrics or platform lines.
        level: only lines of this level, such as ERROR.
        search: only lines with this text in them, whatever its case.
        offset: how many matching lines to pass over.
        limit: how many to give.
    """
    plain = not (kind or level or search)
    found = _all(folder.logs_file) if plain else _matching(folder.logs_file, kind, level, search.casefold())
    page = list(islice(found, offset, offset + limit + 1))
    lines = [line for line in map(_line, page[:limit]) if line is not None]
    return LogPage(lines=lines, more=len(page) > limit, total=_count(folder.logs_file) if plain else None)


def _all(path: Path) -> Iterator[bytes]:
    for block in blocks(path):
        yield from block.splitlines()


def _matching(path: Path, kind: str, level: str, search: str) -> Iterator[bytes]:
    """The lines that match; a block in which nothing can is not even cut into lines."""
    needles = [b'"%s":%s' % (name, encode(value)) for name, value in ((b"kind", kind), (b"level", level)) if value]
    text = search.encode("utf-8", "replace")
    folded: Callable[[bytes], bytes] = bytes.lower if search.isascii() else _casefolded
    for block in blocks(path):
        if not all(needle in block for needle in needles) or text not in folded(block):
            continue
        for line in block.splitlines():
            if not all(needle in line for needle in needles) or text not in folded(line):
                continue
            record = parse_line(line)
            if record is None or (kind and record.get("kind") != kind) or (level and _level(record) != level):
                continue
            yield line


def _casefolded(data: bytes) -> bytes:
    return data.decode(errors="replace").casefold().encode()


def _count(path: Path) -> int:
    return sum(block.count(b"\n") for block in blocks(path))


def _line(line: bytes) -> LogLine | None:
    record = parse_line(line)
    if record is None:
        return None
    message = record.get("message")
    if isinstance(message, dict):
        inner = message.get("message")
        text = inner if isinstance(inner, str) else encode(message if inner is None else inner).decode()
    else:
        text = str(message if message is not None else "")
    return LogLine(
        time=str(record.get("time", "")),
        function=str(record.get("function", "")),
        kind=str(record.get("kind", "")),
        level=_level(record),
        text=text,
        request=str(record.get("requestId", "")),
        fields=message if isinstance(message, dict) else record,
    )


def _level(record: dict[str, Any]) -> str:
    message = record.get("message")
    return str(message.get("level", "")) if isinstance(message, dict) else ""
