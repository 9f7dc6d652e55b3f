"""One file of failed rows, corrected or as they are, to be uploaded: in the form of `failed-rows.csv`.

So each row names the run and the line that it comes from, and the new run is linked with the old ones, both ways.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.csv_validator.validation import validate
from lambdas.shared.columns import COLUMNS, HEADER
from lambdas.shared.csv_dialect import RecordTooLongError, decode, records
from lambdas.shared.errors import InvalidRecordError
from lambdas.shared.settings import MAX_ROWS
from lambdas.shared.upload_columns import FAILED_ROWS_COLUMNS
from lambdas.user_log_processor.record import parse_record
from lambdas.user_log_reporter.failed_rows import Failure, as_text, our_columns
from simulator.csv_files.encoding import read_chunks
from simulator.runs.failure_inbox.failed_row import FailedRow, RowPlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from simulator.runs.store import RunStore

_SURROUNDINGS: dict[str, Any] = {
    "rowIndex": 0,
    "mapEnteredAt": "2025-08-02T09:30:00.000Z",
    "uploadedAt": "2025-08-02T09:30:00Z",
    "executionName": "",
    "executionArn": "",
    "ttlTimestamp": 0,
}
"""What a row's event has beside the row: here only the row is checked."""


@dataclass(frozen=True, slots=True)
class Original:
    """A row as it stands in the file: its columns, and its text."""

    fields: list[str]
    raw: str


@dataclass(slots=True)
class Outgoing:
    """What is to be sent.

    Args:
        rows: the rows, with their columns as they will be sent.
        left_out: rows whose users are in newer rows of this file: those overtake them.
        problems: what keeps rows from being sent, by their place; nothing is sent while there is one.
    """

    rows: list[tuple[FailedRow, list[str]]] = field(default_factory=list)
    left_out: list[FailedRow] = field(default_factory=list)
    problems: dict[RowPlace, str] = field(default_factory=dict)

    @property
    def text(self) -> bytes:
        """The file's bytes, in the dialect of the ItemReader."""
        lines = [[*HEADER, *FAILED_ROWS_COLUMNS]]
        for row, fields in self.rows:
            lines.append([*fields, *our_columns(row.line, Failure(row.error, row.cause), row.run)])
        return "".join(",".join(map(as_text, line)) + "\r\n" for line in lines).encode("utf-8", "surrogatepass")


def originals(store: RunStore, rows: Iterable[FailedRow]) -> dict[RowPlace, Original]:
    """Return how rows stand in their files; a row whose file cannot be read is left out."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.line is not None:
            wanted.setdefault(row.run, set()).add(row.line)
    found: dict[RowPlace, Original] = {}
    for run, lines in wanted.items():
        try:
            for record in records(decode(read_chunks(store.folder(run).input_file))):
                if record.line in lines:
                    fields = [*record.fields[: len(COLUMNS)], *[""] * (len(COLUMNS) - len(record.fields))]
                    found[RowPlace(run, record.line)] = Original(fields, record.raw)
        except (OSError, UnicodeDecodeError, RecordTooLongError):
            continue
    return found


def problem_of(fields: Sequence[str]) -> str | None:
    """Return what the function would say against a row; None if it would take it."""
    values = {column.event_key: value for column, value in zip(COLUMNS, fields, strict=False)}
    try:
        parse_record({**_SURROUNDINGS, **values})
    except InvalidRecordError as error:
        return str(error)
    return None


def outgoing(rows: Iterable[FailedRow], fields: Mapping[RowPlace, Sequence[str]]) -> Outgoing:
    """Return the file that sends rows again.

    Args:
        rows: the rows, in any order. Of several rows of one user only that of the newest upload is sent: one file has
            a user once, and a newer row overtakes older ones.
        fields: the rows' columns as they are to be sent, by their places.
    """
    found = Outgoing()
    newest: dict[str, FailedRow] = {}
    for row in sorted(rows, key=lambda one: (one.time, one.run, one.index), reverse=True):
        place = RowPlace(row.run, row.line)
        values = fields.get(place)
        if values is None:
            found.problems[place] = "Its file cannot be read, so that nothing of it can be sent."
            continue
        user = values[0]
        if user.strip() and user in newest:
            found.left_out.append(row)
            continue
        newest[user] = row
        problem = problem_of(values)
        if problem is not None:
            found.problems[place] = problem
        found.rows.append((row, list(values)))
    found.rows.reverse()
    found.left_out.reverse()
    if found.rows and not found.problems:
        for error in validate([found.text], MAX_ROWS).errors:
            row = found.rows[min(max(int(error["line"]) - 2, 0), len(found.rows) - 1)][0]
            found.problems[RowPlace(row.run, row.line)] = str(error["message"])
    return found
