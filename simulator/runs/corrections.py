"""Which runs a corrected `failed-rows.csv` belongs to, and whether its rows still are those of the same users."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from lambdas.shared.csv_dialect import RecordTooLongError, decode, records
from lambdas.shared.upload_columns import FAILED_ROWS_COLUMNS, RUN, original_width
from simulator.runs.folder import BadRunName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from simulator.runs.folder import RunFolder
    from simulator.runs.store import RunStore

Mark = tuple[str, ...]
"""What we wrote beside a row: `_line`, `_error`, `_cause`, `_attempts`."""

MOST_MARKS = 1_000
"""So many rows of a file without `_run` are compared; they tell one run from another long before."""
_UNCHECKED = "whether the user IDs there still are the same cannot be checked."
REALLY = (
    "If you really mean another user, delete the columns that begin with _ from the file, or empty them in that row: "
    "then it corrects nothing, and is a new row."
)


@dataclass(slots=True)
class CheckedCorrections:
    """What the check of a corrected file found: errors, by line of the upload, and what could not be checked."""

    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


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
    if named:
        return None
    marks = {row.mark for row in islice(_rows(upload), MOST_MARKS)}
    if not marks:
        return None
    for record in store.records():
        if record.name == name:
            continue
        there = {row.mark for row in _rows(store.folder(record.name).failed_rows_file) if row.mark in marks}
        if len(there) * 2 > len(marks):
            return record.name
    return None


def corrected_by(store: RunStore, name: str) -> list[str]:
    """Return the runs of files that corrected a run, oldest first."""
    return [record.name for record in reversed(store.records()) if record.corrects == name]


def check_corrections(store: RunStore, upload: Path) -> CheckedCorrections:
    """Find the rows of a corrected file whose user is another than on the line that they correct.

    A spreadsheet turns the user ID 0000000123 into 123, which may be another user. A row that had none may get one.

    Args:
        store: the runs; what each row had been is read from their `input.csv`.
        upload: the file, in UTF-8.
    """
    checked = CheckedCorrections()
    by_run: dict[str, list[_Row]] = {}
    unnamed: list[_Row] = []
    for row in _rows(upload):
        (by_run.setdefault(row.run, []) if row.run else unnamed).append(row)
    if unnamed:
        whole = corrected_run(store, upload, "")
        marks = set() if whole is None else {row.mark for row in _rows(store.folder(whole).failed_rows_file)}
        unknown = [row for row in unnamed if row.mark not in marks]
        if whole is not None:
            by_run.setdefault(whole, []).extend(row for row in unnamed if row.mark in marks)
        if unknown:
            checked.notes.append(f"No run here wrote what stands beside {_which(unknown)}: {_UNCHECKED}")
    found: list[tuple[int, str]] = []
    for run, rows in by_run.items():
        folder = _folder(store, run)
        users = None if folder is None else _users(folder, {row.mark[0] for row in rows})
        if users is None:
            checked.notes.append(f"The run {run!r}, which is named by {_which(rows)}, is not here: {_UNCHECKED}")
            continue
        for row in rows:
            error = _error(row, run, users)
            if error is not None:
                found.append((row.line, f"line {row.line}: {error}"))
    checked.errors = [text for _, text in sorted(found)]
    return checked


def _which(rows: list[_Row]) -> str:
    return f"line {rows[0].line}" if len(rows) == 1 else f"{len(rows)} rows, the first on line {rows[0].line}"


def _error(row: _Row, run: str, users: dict[str, str]) -> str | None:
    line = row.mark[0]
    if line not in users:
        return f"its _line is {line!r}, and no row of the run {run} begins on such a line."
    before = users[line]
    if row.user == before or not before.strip():
        return None
    return (
        f"the user is {row.user!r} here, and {before!r} on line {line} of the run {run}, which this row corrects "
        f"(a spreadsheet removes the zeros before a number)."
    )


def _folder(store: RunStore, run: str) -> RunFolder | None:
    try:
        folder = store.folder(run)
    except BadRunName:
        return None
    return folder if folder.path.is_dir() else None


def _users(folder: RunFolder, lines: Iterable[str]) -> dict[str, str] | None:
    """Return line -> user ID of a run's file for the wanted lines; None where it cannot be read."""
    wanted = set(lines)
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
                    yield _Row(row.line, row.fields[0], tuple(beside[: len(FAILED_ROWS_COLUMNS) - 1]), run)
    except (OSError, UnicodeDecodeError, RecordTooLongError):
        return
