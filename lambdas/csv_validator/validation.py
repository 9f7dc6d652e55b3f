"""The rules an uploaded CSV must keep. Pure: bytes in, findings out."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from lambdas.csv_validator.header import header_problem
from lambdas.csv_validator.line_ends import line_ends_problem
from lambdas.shared.columns import HEADER
from lambdas.shared.csv_dialect import CsvRecord, RecordTooLongError, records
from lambdas.shared.encodings.encoding import EncodingError
from lambdas.shared.encodings.utf8_text import utf8_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.csv_validator.child_input import ChildInput

MAX_ERRORS = 20
_SHOWN = 60
_LONG_ID = 64


class Findings:
    """Findings on a file: `row_count` rows so far, and the first 20 errors by line number."""

    def __init__(self) -> None:
        self.row_count = 0
        self.errors: list[dict[str, Any]] = []

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors

    def add(self, line: int, message: str) -> None:
        """Note an error; from the twenty-first on they are left out."""
        if len(self.errors) < MAX_ERRORS:
            self.errors.append({"line": line, "message": message})


class StopReading(Exception):
    """The findings make further rows meaningless."""


def validate(chunks: Iterable[bytes], max_rows: int, child_input: ChildInput | None = None) -> Findings:
    """Check a file; it is read once, a chunk at a time, and never held.

    Args:
        chunks: the file's bytes.
        max_rows: the most rows it may have.
        child_input: measures what Step Functions is to be given of a row; None if rows are not to be measured.
    """
    findings = Findings()
    rows = _Rows(findings, max_rows, child_input)
    try:
        for record in records(utf8_text(chunks)):
            rows.check(record)
        rows.end()
    except EncodingError as problem:
        findings.add(problem.line, str(problem))
    except RecordTooLongError as error:
        findings.add(error.line, f"{error}; is a double quote never closed?")
    except StopReading:
        pass
    return findings


class _Rows:
    """Checks a file's records in order."""

    def __init__(self, findings: Findings, max_rows: int, child_input: ChildInput | None) -> None:
        self._findings = findings
        self._max_rows = max_rows
        self._child_input = child_input
        self._width = 0
        self._blank_line: int | None = None
        self._first_line_of_user: dict[str, int] = {}

    def check(self, record: CsvRecord) -> None:
        """Check one record: the header first, then rows."""
        if not record.closed:
            self._findings.add(record.line, "A double quote that opens on this line is never closed.")
            raise StopReading
        if not self._width:
            self._check_header(record)
        elif record.blank:
            self._blank_line = self._blank_line or record.line
        else:
            self._check_row(record)

    def _check_header(self, record: CsvRecord) -> None:
        problem = header_problem(record.fields, record.raw)
        if problem is not None:
            self._findings.add(record.line, problem)
            raise StopReading
        self._width = len(record.fields)

    def _check_row(self, record: CsvRecord) -> None:
        findings = self._findings
        if self._blank_line is not None:
            findings.add(self._blank_line, "The line is empty: remove it.")
            self._blank_line = None
        findings.row_count += 1
        if findings.row_count > self._max_rows:
            findings.add(record.line, f"The file has more than {self._max_rows} rows: split it.")
            raise StopReading
        self._check_line_ends(record)
        if len(record.fields) != self._width:
            findings.add(
                record.line,
                f"The row has {len(record.fields)} columns, not {self._width}: {_quoted(record.raw)}.",
            )
            return
        child_input = self._child_input
        excess = None if child_input is None else child_input.excess(findings.row_count - 1, record.fields)
        if child_input is not None and excess is not None:
            column, longest = max(zip(HEADER, record.fields, strict=False), key=lambda cell: len(cell[1]))
            findings.add(
                record.line,
                f"The row is too large for Step Functions: {excess:,} bytes of at most "
                f"{child_input.most_bytes:,}. Its longest cell "
                f"is {column} with {len(longest):,} characters, {_quoted(longest)}.",
            )
            return
        user = record.fields[0]
        if not user.strip():
            return  # an error of that row alone: the processor records it
        earlier = self._first_line_of_user.setdefault(_short(user), record.line)
        if earlier != record.line:
            findings.add(record.line, f"The user {_quoted(user)} is on line {earlier} already.")

    def _check_line_ends(self, record: CsvRecord) -> None:
        """Stop where they show; a row that they leave its columns is a matter of its own."""
        problem = line_ends_problem(record.raw)
        if problem is not None and (record.raw[0] == "\r" or len(record.fields) != self._width):
            self._findings.add(record.line, problem)
            raise StopReading

    def end(self) -> None:
        """Check what only the end can show."""
        if not self._width:
            self._findings.add(1, f"The file is empty: it needs the header {','.join(HEADER)} and at least one row.")
        elif self._findings.row_count == 0:
            self._findings.add(2, "The file has a header and no row.")


def _short(user: str) -> str:
    """Return what stands for a user ID in memory, which ten characters fit and a megabyte does not."""
    return user if len(user) <= _LONG_ID else hashlib.sha256(user.encode()).hexdigest()


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
