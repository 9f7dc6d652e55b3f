"""Items of a CSV: each row an object of header -> text.

Developer guide, "Parsing an input CSV file". The pages do not say what becomes of an empty line (here it is no
item), of a file without a header row, and of a quote that is never closed (here both fail).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.shared.csv_dialect import records
from simulator.aws.asl.errors import ITEM_READER_FAILED, StateError
from simulator.aws.map_run.items.items import Item, UnreadableError
from simulator.aws.map_run.items.object_text import utf8_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.shared.csv_dialect import CsvRecord
    from simulator.aws.asl.runtime.ports import ItemReaderSpec


def csv_items(chunks: Iterator[bytes], spec: ItemReaderSpec) -> Iterator[Item]:
    """Read rows as they come; a short row is filled up with "", what a long row has too much is left out.

    Raises:
        StateError: States.ItemReaderFailed if the header names a column twice.
        UnreadableError: if there is no header, a quote is never closed, or the text is not UTF-8.
        RecordTooLongError: if a record has no end within 8 Mi characters.
    """
    rows = records(utf8_text(chunks), spec.delimiter)
    headers = list(spec.headers or ())
    if spec.header_location != "GIVEN":
        first = next(rows, None)
        if first is None or first.blank:
            raise UnreadableError("The CSV has no header row: its first line is empty.")
        _check_closed(first)
        headers = first.fields
    if len(set(headers)) < len(headers):
        raise StateError(ITEM_READER_FAILED, "CSV headers cannot contain duplicates.")
    width = len(headers)
    index = 0
    for row in rows:
        fields = row.fields
        if row.raw == "" and width > 0:
            continue
        if not row.closed:
            _check_closed(row)
        if len(fields) < width:
            fields += [""] * (width - len(fields))
        yield Item(index, dict(zip(headers, fields)), None, row.line)  # noqa: B905 - extra fields are left out
        index += 1


def _check_closed(row: CsvRecord) -> None:
    if not row.closed:
        raise UnreadableError(f"A quote in the record that begins on line {row.line} is never closed.")
