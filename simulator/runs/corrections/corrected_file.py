"""Which runs a corrected `failed-rows.csv` belongs to, and whether its rows still are those of the same users."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from lambdas.shared.csv_dialect import RecordTooLongError, decode, records
from lambdas.shared.upload_columns import RUN, original_width
from simulator.runs.folder.run_folder import BadRunName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.store import RunStore

Mark = tuple[str, ...]
"""What we wrote beside a row: `_line`, `_error`, `_cause`."""

MOST_MARKS = 1_000
"""So many rows of a file are compared; they tell one run from another long before."""
_WHOLE_NUMBER = re.compile(r"([0-9]+)(?:[.,]0{0,2})?")
"""2.0 too: a spreadsheet may write a line's number so."""
_MOST_DIGITS = 20
REALLY = (
    "If you really mean another user, give the option --other-users. Without the columns that begin with _, or if they "
    "are empty in that row, it corrects nothing, and is a new row."
)


@dataclass(slots=True)
class CheckedCorrections:
    """Findings of the check of a corrected file: errors by line of the upload, and what could not be checked."""

    errors: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


class _Row(NamedTuple):
    """A row of a file with our columns: its line, its user, the mark beside it, the run that it names ("": none)."""

    line: int
    user: str
    mark: Mark
    run: str


def corrected_run(store: RunStore, upload: Path, name: str) -> str | None:
    """Return the run whose `failed-rows.csv` an upload corrects.

    It is the run that most rows name in `_run`; for a file without that column, the newest run that holds most marks.

    Args:
        store: the runs.
        upload: the uploaded file.
        name: the upload's own run, which is left out.
    """
    named = Counter(row.run for row in _rows(upload) if row.run)
    for run, _ in named.most_common():
        if run != name and _folder(store, run) is not None:
            return run
    return None if named else _run_with_marks(store, islice(_rows(upload), MOST_MARKS), name)


def corrected_rows(upload: Path) -> Iterator[tuple[int, str, str]]:
    """Yield (line, run, line in that run's file) of the rows of an upload that correct something.

    The run is empty in a file without `_run`. A `failed-rows.csv` itself gives the rows that it lists.
    """
    for row in _rows(upload):
        yield row.line, row.run, row.mark[0]


def check_corrections(store: RunStore, upload: Path, *, other_users: bool = False) -> CheckedCorrections:
    """Find the rows of a corrected file whose user is another than on the line that they correct.

    A spreadsheet turns the user ID 0000000123 into 123, which may be another user. A row that had none may get one.

    Args:
        store: the runs; what each row had been is read from their `input.csv`. If a row's run is not here, another run
            that failed in the same way may show that the user is the same.
        upload: the file, in UTF-8.
        other_users: whether a person has said that rows are meant for other users than before: these are not errors.
    """
    checked = CheckedCorrections()
    by_run: dict[str, list[_Row]] = {}
    for row in _rows(upload):
        by_run.setdefault(row.run, []).append(row)
    unnamed = by_run.pop("", [])
    found: list[tuple[int, str]] = []
    unchecked: list[tuple[int, str]] = []
    for run, rows in by_run.items():
        users = _users(store, run, rows)
        if users is None:
            unchecked += _compared_by_marks(store, run, rows, other_users=other_users)
        else:
            found += _errors(rows, run, users, other_users=other_users)
    if unnamed:
        whole = corrected_run(store, upload, "")
        marks = set() if whole is None else {row.mark for row in _rows(store.folder(whole).failed_rows_file)}
        known = [row for row in unnamed if row.mark in marks]
        users = None if whole is None else _users(store, whole, known)
        if whole is not None and users is not None:
            found += _errors(known, whole, users, other_users=other_users)
            unnamed = [row for row in unnamed if row.mark not in marks]
        if unnamed:
            unchecked.append((unnamed[0].line, f"{_which(unnamed)}: no run here wrote what stands beside."))
    checked.errors = [text for _, text in sorted(found)]
    checked.unchecked = [text for _, text in sorted(unchecked)]
    return checked


def _compared_by_marks(store: RunStore, run: str, rows: list[_Row], *, other_users: bool) -> list[tuple[int, str]]:
    """Return what cannot be checked of rows whose run is not here: another run of the same file may be.

    A row is checked if that run failed on the same line with the same cause, and has the same user there.
    """
    gone = f"the run {run!r}, which is named there, is not here"
    other = _run_with_marks(store, islice(rows, MOST_MARKS), run)
    if other is None:
        return [(rows[0].line, f"{_which(rows)}: {gone}.")]
    marks = {row.mark for row in _rows(store.folder(other).failed_rows_file)}
    users = _users(store, other, rows) or {}
    unlike = [row for row in rows if row.mark not in marks or row.mark[0] not in users]
    texts = [(unlike[0].line, f"{_which(unlike)}: {gone}.")] if unlike else []
    like = (row for row in rows if row.mark in marks and row.mark[0] in users)
    said = ((row, _error(row, other, users, other_users=other_users)) for row in like)
    same_way = f"{gone}. The run {other} failed in the same way"
    return texts + [(row.line, f"line {row.line}: {same_way}: {text}") for row, text in said if text is not None]


def _run_with_marks(store: RunStore, rows: Iterable[_Row], name: str) -> str | None:
    """Return the newest run, but not `name`, that wrote more than half of what stands beside the rows."""
    marks = {row.mark for row in rows}
    if not marks:
        return None
    for record in store.records():
        if record.name == name:
            continue
        there = {row.mark for row in _rows(store.folder(record.name).failed_rows_file) if row.mark in marks}
        if len(there) * 2 > len(marks):
            return record.name
    return None


def _which(rows: list[_Row]) -> str:
    return f"line {rows[0].line}" if len(rows) == 1 else f"{len(rows)} rows, the first on line {rows[0].line}"


def _errors(rows: list[_Row], run: str, users: dict[str, str], *, other_users: bool) -> list[tuple[int, str]]:
    said = ((row.line, _error(row, run, users, other_users=other_users)) for row in rows)
    return [(line, f"line {line}: {text}") for line, text in said if text is not None]


def _error(row: _Row, run: str, users: dict[str, str], *, other_users: bool) -> str | None:
    line = row.mark[0]
    if line not in users:
        return (
            f"its _line is {line!r}, and no row of the run {run} begins on such a line: write the number there that "
            "failed-rows.csv had, in digits alone."
        )
    before = users[line]
    if other_users or row.user == before or not before.strip():
        return None
    without_zeros = before.isascii() and before.isdigit() and row.user == (before.lstrip("0") or "0")
    why = " (a spreadsheet removes the zeros before a number)" if without_zeros else ""
    return (
        f"the user is {row.user!r} here, and {before!r} on line {line} of the run {run}, which this row corrects{why}."
    )


def _folder(store: RunStore, run: str) -> RunFolder | None:
    try:
        folder = store.folder(run)
    except BadRunName:
        return None
    return folder if folder.path.is_dir() else None


def _users(store: RunStore, run: str, corrected: list[_Row]) -> dict[str, str] | None:
    """Return line -> user ID of a run's file for the lines that rows correct; None if it is not here."""
    folder = _folder(store, run)
    if folder is None:
        return None
    wanted = {row.mark[0] for row in corrected}
    try:
        with folder.input_file.open("rb") as file:
            rows = islice(records(decode(iter(lambda: file.read(65_536), b""))), 1, None)
            return {str(row.line): row.fields[0] for row in rows if str(row.line) in wanted and not row.blank}
    except (OSError, UnicodeDecodeError, RecordTooLongError):
        return None


def _rows(path: Path) -> Iterator[_Row]:
    """Yield the rows that we wrote something beside; none for a file without our columns, or that cannot be read."""
    try:
        with path.open("rb") as file:
            rows = records(decode(iter(lambda: file.read(65_536), b"")))
            header = next(rows, None)
            if header is None:
                return
            width = original_width(header.fields)
            ours = header.fields[width:]
            for row in rows:
                beside = row.fields[width:]
                if ours and len(beside) == len(ours) and any(one.strip() for one in beside):
                    run = beside[-1].strip() if ours[-1] == RUN else ""
                    line, error, cause = beside[:3]
                    yield _Row(row.line, row.fields[0], (_number(line), error, cause), run)
    except (OSError, UnicodeDecodeError, RecordTooLongError):
        return


def _number(text: str) -> str:
    """Return a whole number as we write it; any other text as it is."""
    number = _WHOLE_NUMBER.fullmatch(text.strip())
    return str(int(number.group(1))) if number and len(number.group(1)) < _MOST_DIGITS else text
