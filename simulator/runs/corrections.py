"""Which run a corrected `failed-rows.csv` belongs to, and which runs have corrected a run."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from lambdas.shared.csv_dialect import RecordTooLongError, decode, records
from simulator.runs.failed_rows import OUR_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.runs.store import RunStore

Mark = tuple[str, ...]
"""What we wrote beside a row: `_line`, `_error`, `_cause`, `_attempts`."""

MOST_MARKS = 1_000
"""So many rows are compared; they tell one run from another long before."""


def corrected_run(store: RunStore, upload: Path, name: str) -> str | None:
    """Return the run whose `failed-rows.csv` an upload corrects: the newest that holds all of its marks.

    Args:
        store: the runs.
        upload: the uploaded file.
        name: the upload's own run, which is left out.
    """
    marks = set(_marks(upload))
    if not marks:
        return None
    for record in store.records():
        folder = store.folder(record.name)
        if record.name != name and marks <= set(_marks(folder.failed_rows_file)):
            return record.name
    return None


def corrected_by(store: RunStore, name: str) -> list[str]:
    """Return the runs of files that corrected a run, oldest first."""
    return [record.name for record in reversed(store.records()) if record.corrects == name]


def _marks(path: Path) -> Iterator[Mark]:
    """Yield the marks of a file's rows; none for a file without our columns, or one that cannot be read."""
    try:
        with path.open("rb") as file:
            rows = records(decode(iter(lambda: file.read(65_536), b"")))
            header = next(rows, None)
            if header is None or tuple(header.fields[-len(OUR_COLUMNS) :]) != OUR_COLUMNS:
                return
            for row in islice(rows, MOST_MARKS):
                if not row.blank:
                    yield tuple(row.fields[-len(OUR_COLUMNS) :])
    except (OSError, UnicodeDecodeError, RecordTooLongError):
        return
