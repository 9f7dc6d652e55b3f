"""`failed-rows.csv`: the rows of a run to correct in a spreadsheet and to send again.

Each row stands in the columns it came in, followed by six of ours: `_line` (in the file that was run), `_error`,
`_cause`, `_code` and `_retryable` (codes.py), `_run` (the run's name). A row that had not been done when its run ended
is in it too (`_error` is `NotStarted`), so that no row is lost. UTF-8 with BOM and CRLF, since people open it in Excel.
In our columns a text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV Injection");
the original columns stay as they came, the user ID in quotes (docs/decisions.md, "Corrected files", says what that is
good for).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from lambdas.shared.csv_dialect import decode, records
from lambdas.shared.upload_columns import FAILED_ROWS_COLUMNS, original_width
from lambdas.user_log_reporter.codes import NOT_STARTED, code_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NOT_STARTED_CAUSE = "The run ended before this row was done"
MAX_CAUSE = 2000

_BOM = "\ufeff"
_NEEDS_QUOTES = re.compile(r'["\\,\r\n]')
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Failure(NamedTuple):
    """Why a row is in the file: the error's name, and the cause as a person reads it."""

    error: str
    cause: str


NEVER_DONE = Failure(NOT_STARTED, NOT_STARTED_CAUSE)


class Outcomes(Protocol):
    """How the rows of a run ended."""

    def failure(self, index: int, line: int) -> Failure | None:
        """Return why a row failed, NEVER_DONE if it did not end; None if it succeeded.

        Args:
            index: the row's 0-based place among the rows, as the Map Run counts them.
            line: the 1-based line of the file on which it begins.
        """
        ...


def failed_rows(chunks: Iterable[bytes], outcomes: Outcomes, run: str) -> Iterator[str]:
    """Yield the text of `failed-rows.csv`: the BOM and the header, then a line for each row that did not succeed.

    Args:
        chunks: the bytes of the uploaded file.
        outcomes: how its rows ended.
        run: the run's name.

    Raises:
        ValueError: the file is not UTF-8, or has an endless record (such a file never gets as far as its rows).
    """
    width = -1
    index = -1
    for record in records(decode(chunks)):
        if record.blank:
            continue
        if width < 0:
            width = original_width(record.fields)
            yield _BOM + _text([*map(quoted, record.fields[:width]), *FAILED_ROWS_COLUMNS])
            continue
        index += 1
        failure = outcomes.failure(index, record.line)
        if failure is None:
            continue
        fields = record.fields[:width]
        fields += [""] * (width - len(fields))
        ours = our_columns(record.line, failure, run)
        yield _text([as_text(fields[0]), *map(quoted, fields[1:]), *map(quoted, ours)])


def our_columns(line: int | None, failure: Failure, run: str) -> list[str]:
    """Return what stands beside a row, in the order of FAILED_ROWS_COLUMNS.

    Args:
        line: the line on which it begins; None if that is not known.
        failure: why it is in the file.
        run: the run's name.
    """
    code = code_of(failure.error)
    return [
        "" if line is None else str(line),
        neutralised(failure.error),
        neutralised(failure.cause[:MAX_CAUSE]),
        code.name,
        "yes" if code.retryable else "no",
        run,
    ]


def quoted(field: str) -> str:
    """Return a field in the dialect of the ItemReader: quoted if it must be, quotes and backslashes doubled."""
    return as_text(field) if _NEEDS_QUOTES.search(field) else field


def neutralised(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _text(fields: list[str]) -> str:
    return ",".join(fields) + "\r\n"


def as_text(field: str) -> str:
    """Return a field in quotes: some spreadsheets then leave the zeros of a number, as which a user ID may be taken."""
    doubled = field.replace("\\", "\\\\").replace('"', '""')
    return f'"{doubled}"'
