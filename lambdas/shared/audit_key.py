"""The keys of an audit item.

The partition key, `executionName`, is the run's name for the first 1,000 rows of a file, as designed. A partition takes
1,000 writes per second, so the rows behind them are spread over 16 more: the run's name and a number, `<name>#07`. An
item about a row that failed is always in the first: the workflow writes it, and cannot compute the number.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html

The sort key is `<time the Map was entered>#<row index>#<processing type>`. Both are the same on every repeat of a row
(retry, redrive), so a repeat adds no item. The workflow's text makes the sort key too, for rows that failed (LogError);
a test compares the two.
"""

from __future__ import annotations

from typing import NamedTuple

ROW_FAILED = "user_update"
"""The processing type of the item about a row that failed; the workflow writes it."""
ROWS_OF_THE_FIRST = 1_000
PARTITIONS = 16
MARK = "#"
"""Stands in no execution's name."""
_PARTS = 3


class AuditKey(NamedTuple):
    """The parts of a sort key.

    Args:
        map_entered_at: when the distributed map was entered (ISO 8601, UTC): the same for all rows of a run.
        row_index: the row's 0-based place in the file.
        processing_type: `audit_type` of a column that was changed, or `ROW_FAILED`.
    """

    map_entered_at: str
    row_index: int
    processing_type: str


def partition(execution_name: str, row_index: int) -> str:
    """Return the partition key of the items of a row that was processed.

    >>> partition("run", 999), partition("run", 1_015)
    ('run', 'run#07')
    """
    if row_index < ROWS_OF_THE_FIRST:
        return execution_name
    return _numbered(execution_name, row_index % PARTITIONS)


def partitions(execution_name: str, rows: int | None = None) -> list[str]:
    """Return all partition keys of a run: each is to be queried.

    Args:
        execution_name: the run's.
        rows: how many rows its file has; None if that is not known.
    """
    if rows is not None and rows <= ROWS_OF_THE_FIRST:
        return [execution_name]
    return [execution_name, *(_numbered(execution_name, number) for number in range(PARTITIONS))]


def execution_of(partition_key: str) -> str:
    """Return the name of the run that a partition key belongs to.

    >>> execution_of("run#07")
    'run'
    """
    return partition_key.partition(MARK)[0]


def _numbered(execution_name: str, number: int) -> str:
    return f"{execution_name}{MARK}{number:02}"


def make(map_entered_at: str, row_index: int, processing_type: str) -> str:
    """Return the sort key of an item; see `AuditKey` for its parts.

    >>> make("2025-08-02T09:30:01.5Z", 3, "login_update")
    '2025-08-02T09:30:01.5Z#3#login_update'
    """
    return f"{map_entered_at}#{row_index}#{processing_type}"


def parse(key: object) -> AuditKey | None:
    """Return the parts of a sort key; None for anything that `make` does not make.

    >>> parse("2025-08-02T09:30:01.5Z#3#login_update").row_index
    3
    """
    parts = key.rsplit("#", _PARTS - 1) if isinstance(key, str) else []
    if len(parts) != _PARTS or not (parts[1].isascii() and parts[1].isdigit()):
        return None
    return AuditKey(parts[0], int(parts[1]), parts[2])
