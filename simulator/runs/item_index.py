"""How each row of a run ended, from `items.jsonl`, in little memory: eight bytes a row and no row's text."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from simulator.runs.json_lines import parse_line, read_lines_at
from simulator.runs.run_record import RowCounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.runs.folder import RunFolder

_UNSEEN, _SUCCEEDED, _SUPERSEDED = 0, -1, -2
MAX_POSITION = 200_000_000
"""Beyond twice what a Distributed Map can take: a line of the file that says so is damaged."""


class ItemIndex:
    """The last word on each row: of a redriven row the later line counts.

    Args:
        folder: the run's; it is read once, here.
        since: only rows that ended in this redrive of the run or a later one.
    """

    def __init__(self, folder: RunFolder, *, since: int = 0) -> None:
        self._file = folder.items_file
        self._by_index = array("q")
        self._by_line = array("q")
        for offset, item in read_lines_at(self._file):
            if since and redrive_of(item) < since:
                continue
            code = _code(item, offset)
            _put(self._by_index, item.get("index"), code)
            _put(self._by_line, item.get("line"), code)

    def counts(self, total: int) -> RowCounts:
        """Return the counts; `total` is how many rows the file has (0 where that is not known)."""
        unseen = self._by_index.count(_UNSEEN)
        superseded = self._by_index.count(_SUPERSEDED)
        succeeded = self._by_index.count(_SUCCEEDED) + superseded
        seen = len(self._by_index) - unseen
        total = max(total, seen)
        return RowCounts(
            total=total, succeeded=succeeded, failed=seen - succeeded, pending=total - seen, superseded=superseded
        )

    def failed(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of the rows that failed, in the order of the rows."""
        yield from self._read(code - 1 for code in self._by_index if code > 0)

    def ended_on_line(self, line: int) -> bool:
        """Tell whether the row that begins on a line of the file has ended."""
        return line < len(self._by_line) and self._by_line[line] != _UNSEEN

    def failed_on_line(self, line: int) -> dict[str, Any] | None:
        """Return the item of the failed row that begins on a line of the file; None where it did not fail."""
        if line >= len(self._by_line) or self._by_line[line] <= 0:
            return None
        return next(self._read(iter([self._by_line[line] - 1])), None)

    def _read(self, offsets: Iterator[int]) -> Iterator[dict[str, Any]]:
        try:
            file = self._file.open("rb")
        except FileNotFoundError:
            return
        with file:
            for offset in offsets:
                file.seek(offset)
                item = parse_line(file.readline())
                if item is not None:
                    yield item


def redrive_of(item: dict[str, Any]) -> int:
    """Return the redrive of the run in which a row ended, from its line; 0 for the first attempt."""
    redrive = item.get("redrive")
    return redrive if isinstance(redrive, int) else 0


def _code(item: dict[str, Any], offset: int) -> int:
    if item.get("status") != "SUCCEEDED":
        return offset + 1
    return _SUPERSEDED if item.get("outcome") == "superseded" else _SUCCEEDED


def _put(codes: array[int], position: object, code: int) -> None:
    if not isinstance(position, int) or not 0 <= position <= MAX_POSITION:
        return
    if position >= len(codes):
        codes.extend([_UNSEEN] * (position + 1 - len(codes)))
    codes[position] = code
