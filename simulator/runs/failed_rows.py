"""`failed-rows.csv`: the rows of a run to correct in a spreadsheet and to send again.

Each row stands in the columns it came in, followed by five of ours: `_line` (in the file that was run), `_error`,
`_cause`, `_attempts`, `_run` (the run's name). A row that had not been done when its run ended is in it too (`_error`
is `NotStarted`), so that no row is lost. UTF-8 with BOM and CRLF, since people open it in Excel. In our columns a text
that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV Injection"); the original columns
stay as they came, the user ID in quotes (docs/decisions.md, "Corrected files", says what that is good for).
"""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING

from lambdas.shared.csv_dialect import decode, records
from lambdas.shared.upload_columns import FAILED_ROWS_COLUMNS, original_width
from simulator.runs.failure_reasons import person_text
from simulator.runs.folder.items import ItemIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder

NOT_STARTED = "NotStarted"
NOT_STARTED_CAUSE = "The run ended before this row was done"
MAX_CAUSE = 2000

_BOM = "\ufeff"
_NEEDS_QUOTES = re.compile(r'["\\,\r\n]')
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_failed_rows(folder: RunFolder, index: ItemIndex | None = None, *, pending: bool = True) -> int:
    """Write `failed-rows.csv` from `input.csv` and `items.jsonl` (header only if no row failed).

    Args:
        folder: the run's.
        index: its ItemIndex, where one has been read already.
        pending: whether rows that never ended belong in it (not in a run that succeeded: it has none).

    Returns:
        How many rows it holds.

    Raises:
        OSError: `input.csv` is missing, or the folder cannot be written.
        ValueError: `input.csv` is not UTF-8, or has an endless record (such a file never gets as far as its rows).
    """
    draft = folder.failed_rows_file.with_name(f".failed-rows.csv.{os.getpid()}")
    rows = -1
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            file.write(_BOM)
            for row in _rows(folder, index or ItemIndex(folder), pending=pending):
                user = _as_text(row[0]) if rows >= 0 else quoted(row[0])  # the first row is the header
                file.write(",".join([user, *map(quoted, row[1:])]) + "\r\n")
                rows += 1
        draft.replace(folder.failed_rows_file)
    except (OSError, ValueError):
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    return max(rows, 0)


def quoted(field: str) -> str:
    """Return a field in the dialect of the ItemReader: quoted if it must be, quotes and backslashes doubled."""
    return _as_text(field) if _NEEDS_QUOTES.search(field) else field


def _as_text(field: str) -> str:
    """Return a field in quotes: some spreadsheets then leave the zeros of a number, as which a user ID may be taken."""
    doubled = field.replace("\\", "\\\\").replace('"', '""')
    return f'"{doubled}"'


def neutralised(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _rows(folder: RunFolder, index: ItemIndex, *, pending: bool) -> Iterator[list[str]]:
    header = True
    width = 0
    for record in records(decode(_chunks(folder.input_file))):
        if record.blank:
            continue
        if header:
            header = False
            width = original_width(record.fields)
            yield [*record.fields[:width], *FAILED_ROWS_COLUMNS]
            continue
        item = index.failed_on_line(record.line)
        if item is not None:
            error = item.get("error") or item.get("status") or ""
            ours = _ours(record.line, str(error), person_text(item.get("cause")), item.get("attempts", 0))
        elif pending and not index.ended_on_line(record.line):
            ours = _ours(record.line, NOT_STARTED, NOT_STARTED_CAUSE, 0)
        else:
            continue
        fields = record.fields[:width]
        yield [*fields, *[""] * (width - len(fields)), *ours, folder.name]


def _ours(line: int, error: str, cause: str, attempts: object) -> list[str]:
    return [str(line), neutralised(error), neutralised(cause[:MAX_CAUSE]), str(attempts)]


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(65_536):
            yield chunk
