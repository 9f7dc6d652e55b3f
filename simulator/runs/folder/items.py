"""`items.jsonl`: a line for each row whose child execution has ended, and how each row ended by these lines."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from lambdas.shared.batch import SUCCEEDED, batch_items, row_ends
from simulator.runs.folder.json_lines import parse_line, read_lines_at
from simulator.runs.folder.run_record import RowCounts
from simulator.runs.folder.times import moment_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lambdas.shared.batch import RowEnd
    from simulator.aws.asl.runtime.listener import ChildRecord
    from simulator.runs.folder.run_folder import RunFolder

_UNSEEN, _SUCCEEDED, _SUPERSEDED = 0, -1, -2
_TRY_STATE, _TRY_ERROR = 0, 3
MAX_POSITION = 200_000_000
"""Beyond twice what a Distributed Map can take: a line of the file that says so is damaged."""


def item_lines(child: ChildRecord, redrive: int) -> list[dict[str, Any]]:
    """Return the lines of the rows of a child: one, or those of a batch.

    A row of a batch has the times, the worker and the calls of its child; its end is its own. `batch` says which child
    it belongs to: the index of its first row, how many rows it has, and how it ended itself (status, error).
    """
    items = batch_items(child.input)
    line = item_line(child, redrive)
    if items is None:
        return [line]
    calls = line.pop("tries", None) or []
    first = calls[0][_TRY_STATE] if calls else None
    tries = [one for one in calls if one[_TRY_STATE] == first]
    unlogged = next((one[_TRY_ERROR] for one in calls if one[_TRY_STATE] != first and one[_TRY_ERROR]), None)
    ends = row_ends(child.input, status=child.status, error=child.error, cause=child.cause, output=child.output)
    lines: Sequence[int | None] = child.lines or [None] * len(items)
    return [
        _row_line(
            {**line, "line": number, "batch": [child.index, len(items), child.status, child.error]},
            end,
            tries,
            end.unlogged or unlogged,
        )
        for number, end in zip(lines, ends, strict=True)
    ]


def _row_line(line: dict[str, Any], end: RowEnd, tries: list[list[Any]], unlogged: str | None) -> dict[str, Any]:
    failed = end.status != SUCCEEDED
    row = {
        **line,
        "index": end.index,
        "user": end.input.get("userId") if isinstance(end.input, dict) else None,
        "status": end.status,
        "outcome": end.output.get("status") if isinstance(end.output, dict) else None,
        "error": end.error,
        "cause": end.cause,
    }
    if failed and unlogged is not None:
        row["unlogged"] = unlogged
    if tries and failed and tries[-1][_TRY_ERROR] is None:
        # The call told of the row's failure, and did not fail itself.
        tries = [*tries[:-1], [*tries[-1][:_TRY_ERROR], end.error]]
    if tries and (failed or len(tries) > 1):
        row["tries"] = tries
    return row


def item_line(child: ChildRecord, redrive: int) -> dict[str, Any]:
    """Return the line of a child that ran in a redrive of the execution (0: in its first attempt).

    `attempts` counts the calls of the first Task (LogError and what follows do not count); `outcome` is
    the output's `status` (`success`, `superseded`); `cause` is the text that AWS gives, for a Lambda function its JSON.
    `tries` lists all Task calls as [state, start, stop, error], if there was more than one or the row failed.
    """
    attempts = child.attempts
    first = attempts[0].state if attempts else None
    output = child.output
    value = child.input
    line = {
        "index": child.index,
        "line": child.line,
        "user": value.get("userId") if isinstance(value, dict) else None,
        "status": child.status,
        "outcome": output.get("status") if isinstance(output, dict) else None,
        "attempts": 1 if len(attempts) == 1 else sum(attempt.state == first for attempt in attempts),
        "start": moment_text(child.started),
        "stop": moment_text(child.stopped),
        "worker": child.worker,
        "error": child.error,
        "cause": child.cause,
        "redrive": redrive,
        "name": child.name,
    }
    if len(attempts) > 1 or child.status != "SUCCEEDED":
        line["tries"] = [
            [attempt.state, moment_text(attempt.started), moment_text(attempt.stopped), attempt.error]
            for attempt in attempts
        ]
    return line


class ItemIndex:
    """How each row ended: of a redriven row the later line counts. Keeps 16 bytes per row, and not its text.

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
        """Return the counts; `total` is how many rows the file has (0 if that is not known)."""
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
        """Return the item of the failed row that begins on a line of the file; None if it did not fail."""
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
