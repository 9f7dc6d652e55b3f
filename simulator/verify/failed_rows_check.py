"""`failed-rows.csv` against rows and file: exactly the rows that did not succeed, as they came."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from lambdas.shared.csv_dialect import decode, records
from lambdas.shared.upload_columns import original_width
from simulator.csv_files.encoding import read_chunks
from simulator.runs.failed_rows import NOT_STARTED, neutralised
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


def _found(path: Path) -> Iterator[tuple[list[str], list[str]]]:
    """Yield each row's own columns, and ours."""
    lines = records(decode(read_chunks(path)))
    header = next(lines, None)
    width = 0 if header is None else original_width(header.fields)
    return ((record.fields[:width], record.fields[width:]) for record in lines)


def _compare(row: Row | None, found: tuple[list[str], list[str]] | None, findings: Findings) -> None:
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
    told = ours[:2]
    if told[:1] != [str(row.line)] or (error is not None and told[1:] != [neutralised(error)]):
        findings.disagree(PLACE, f"It says line and error are {told}; they are {row.line}, {error}.", row)
