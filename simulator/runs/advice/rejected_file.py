"""What to do about a file that the validator refused, by what is wrong with it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from lambdas.csv_validator.header import header_problem
from lambdas.csv_validator.validation import MAX_ERRORS
from lambdas.shared.columns import HEADER
from lambdas.shared.csv_dialect import RecordTooLongError, decode, records
from simulator.csv_files.encoding import problem_of_file, read_chunks
from simulator.runs.advice.step import Action, NextStep
from simulator.runs.outcome import findings
from simulator.runs.words import count

if TYPE_CHECKING:
    from pathlib import Path

    from lambdas.shared.csv_dialect import CsvRecord
    from lambdas.shared.encodings.encoding import EncodingError
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
"""A file that is a byte order mark and nothing else is empty."""
_HEAD = 4_096


def rejected_file_step(folder: RunFolder, record: RunRecord) -> NextStep:
    """Return the step for a rejected file: empty, no text, another encoding, a wrong header, or lines that are wrong.

    A file that is not here any more, or was never fetched, is told from the findings alone.
    """
    path = folder.input_file
    try:
        head = next(read_chunks(path), b"")[:_HEAD]
        something = bool(head) and head not in _MARKS
        problem = problem_of_file(path) if something else None
        first = _first_two(path) if something and problem is None else []
    except (OSError, UnicodeDecodeError, RecordTooLongError):
        return _lines(record)
    if problem is not None:
        return _not_utf8(path, record, head, problem)
    if not first:
        return _upload(
            f"The file is empty. Export it again: it needs the header {','.join(HEADER)} and at least one row. "
            "Then upload it."
        )
    if (header_problem(first[0].fields, first[0].raw)) is not None:
        return _upload(
            f"Correct the first line: it must be {','.join(HEADER)}. The rows have not been looked at yet. Then upload "
            "the file again."
        )
    if len(first) == 1:
        return _upload("The file has a header and no row. Export it again, with its rows, and upload it.")
    return _lines(record)


def _first_two(path: Path) -> list[CsvRecord]:
    """The header and the first row, as far as there are any."""
    return list(islice((one for one in records(decode(read_chunks(path))) if not one.blank), 2))


def _not_utf8(path: Path, record: RunRecord, head: bytes, problem: EncodingError) -> NextStep:
    if head.startswith(_WORKBOOKS):
        return _upload("The file is an Excel workbook, not CSV. In Excel, save it as CSV UTF-8, and upload that file.")
    if problem.encoding.needs_conversion and record.on_aws:
        return _upload(
            f"The file is {problem.encoding.title}: nothing in it need be corrected. Convert it to UTF-8 (command "
            "convert), and upload it again; the page Upload converts it by itself."
        )
    if problem.encoding.needs_conversion:
        key = record.source.key
        return NextStep(
            text=f"The file is {problem.encoding.title}: nothing in it need be corrected. Run it again from here, "
            "which converts it to UTF-8:",
            action=Action.RUN_AGAIN,
            words=("run", path, f"--key={key}") if key else ("run", path),
        )
    if not problem.codecs and b"\0" in head:
        return _upload("The file is binary, not text. Export it as CSV in UTF-8, and upload that file.")
    return _upload(
        "The file is not UTF-8 throughout, and no other encoding fits all of it. Save it as CSV UTF-8 in the program "
        "that made it, and upload it again."
    )


def _lines(record: RunRecord) -> NextStep:
    found = findings(record)
    lines = sorted({one.line for one in found if one.line is not None})
    if not lines:
        return _upload("Repair what the error names, and upload the file again.")
    if len(found) >= MAX_ERRORS:
        what = f"the first {count(len(lines), 'line')} that are wrong; there may be more"
    else:
        what = f"line {lines[0]:,}" if len(lines) == 1 else f"the {len(lines):,} lines that are named"
    return _upload(f"Correct {what}, save the file, and upload it again.")


def _upload(text: str) -> NextStep:
    return NextStep(text=text, action=Action.UPLOAD)
