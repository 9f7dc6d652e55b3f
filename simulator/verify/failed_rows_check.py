"""`failed-rows.csv` against rows and file: exactly the rows that did not succeed, as they came."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from lambdas.shared.csv_dialect import decode, records
from lambdas.shared.upload_columns import CODE, ERROR, FAILED_ROWS_COLUMNS, LINE, RETRYABLE, original_width
from lambdas.user_log_reporter.codes import NOT_STARTED
from lambdas.user_log_reporter.failed_rows import Failure, our_columns
from simulator.csv_files.encoding import read_chunks
from simulator.verify.row import PENDING, SUCCEEDED, Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.verify.findings import Findings

PLACE = "failed-rows.csv"


def check_failed_rows(path: Path, rows: list[Row], findings: Findings) -> None:
    """Compare the file with the rows that failed or were never done, one by one, in order."""
    try:
        for row, found in zip_longest(_expected(rows), _found(path)):
            findings.count(PLACE, found is not None)
            _compare(row, found, findings)
    except FileNotFoundError:
        findings.disagree(PLACE, "The file does not exist.")
    except (OSError, ValueError) as error:
        findings.disagree(PLACE, f"It cannot be read: {error}")


def _expected(rows: list[Row]) -> Iterator[Row]:
    return (row for row in rows if row.state != SUCCEEDED)


def _found(path: Path) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Yield each row's own columns, and ours by name; files of earlier versions lack some of ours."""
    lines = records(decode(read_chunks(path)))
    header = next(lines, None)
    names = [] if header is None else header.fields
    width = original_width(names)
    return ((record.fields[:width], dict(zip(names[width:], record.fields[width:], strict=False))) for record in lines)


def _compare(row: Row | None, found: tuple[list[str], dict[str, str]] | None, findings: Findings) -> None:
    if row is None:
        findings.disagree(PLACE, f"It has a row that did not fail: {found}.")
        return
    if found is None:
        findings.disagree(PLACE, f"The row is {row.state}, and the file does not have it.", row)
        return
    fields, ours = found
    if fields != row.fields:
        findings.disagree(PLACE, f"It has {fields}; the file, {row.fields}.", row)
    error = NOT_STARTED if row.state == PENDING else row.error
    checked = (LINE,) if error is None else (LINE, ERROR, *(name for name in (CODE, RETRYABLE) if name in ours))
    columns = our_columns(row.line, Failure(error or "", ""), "")
    right = dict(zip(FAILED_ROWS_COLUMNS, columns, strict=True))
    told, expected = ([of.get(name) for name in checked] for of in (ours, right))
    if told != expected:
        findings.disagree(PLACE, f"It says {', '.join(checked)} are {told}; they are {expected}.", row)
