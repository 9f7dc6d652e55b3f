"""Items of a Parquet file: each row an object of column -> value.

Developer guide, "ItemReader (Map)": row groups of up to 256 MB, a footer of up to 5 MB. What JSON has no type for is
written as the guide's pages do not say: docs/decisions.md names what is a guess.
"""

from __future__ import annotations

import base64
import math
import tempfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from simulator.aws.map_run.items.items import Item, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.aws.asl.runtime.ports import ItemReaderSpec

MOST_GROUP_BYTES = 256 * 1024 * 1024
MOST_FOOTER_BYTES = 5 * 1024 * 1024
ROWS_AT_ONCE = 1000
_IN_MEMORY = 16 * 1024 * 1024


def parquet_items(chunks: Iterator[bytes], spec: ItemReaderSpec) -> Iterator[Item]:
    """Read some rows at a time; the file is copied first, because its index stands at its end.

    Raises:
        UnreadableError: if it is not Parquet, is encrypted, or is larger than AWS takes.
    """
    del spec  # everything is in the file
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        for chunk in chunks:
            copy.write(chunk)
        copy.seek(0)
        try:
            file = pq.ParquetFile(copy)
            _check(file.metadata)
            index = 0
            for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
                for row in batch.to_pylist(maps_as_pydicts="lossy"):
                    yield Item(index, _json(row))
                    index += 1
        except (pa.ArrowException, OSError, ValueError) as error:
            if isinstance(error, UnreadableError):
                raise
            raise UnreadableError(f"The object is not a Parquet file that can be read: {error}") from error


def _check(metadata: pq.FileMetaData) -> None:
    if metadata.serialized_size > MOST_FOOTER_BYTES:
        raise UnreadableError(f"The Parquet file has a footer of more than {MOST_FOOTER_BYTES} bytes")
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        size = sum(group.column(column).total_compressed_size for column in range(group.num_columns))
        if size > MOST_GROUP_BYTES:
            raise UnreadableError(f"Row group {number} of the Parquet file has more than {MOST_GROUP_BYTES} bytes")


def _json(value: Any) -> Any:  # noqa: PLR0911 - a type each
    """Return a value as JSON has it."""
    if isinstance(value, dict):
        return {str(_json(name)): _json(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_json(entry) for entry in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return value.total_seconds()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
