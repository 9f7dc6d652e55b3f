"""What follows from how many rows a child execution takes, and how many children run at a time.

A file has 12 hours for its rows. With the design's 5 children of one row and at most 100,000 rows, a child may take
2.16 s on average; a file may have so many rows that this holds for every other choice, too.
"""

from __future__ import annotations

import math
from typing import Any

MAX_ROWS_PER_CHILD = 100
"""With more, the causes of a batch all of whose rows are bad would no longer fit into one Cause of Step Functions."""
MOST_ROWS = 1_000_000
"""The most rows at all: validator and reporter keep a number per row in 512 MB, and read a file within 300 s."""
MAX_PAYLOAD_BYTES = 262_144
"""The most bytes of a state's input. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
BATCH_BYTES = 131_072
"""The most bytes of a batch's input (MaxInputBytesPerBatch): the rest is for what the processor answers of its rows."""
DESIGN_ROWS, DESIGN_CONCURRENCY = 100_000, 5
LOGGED_AT_ONCE = 40
"""So many iterations of an inline Map run at a time."""
_EMPTY_BATCH = len('{"Items":[]}')


def most_rows(map_concurrency: int, rows_per_child: int) -> int:
    """Return the most rows of a file.

    >>> most_rows(5, 1), most_rows(1, 1), most_rows(5, 10), most_rows(5, 100)
    (100000, 20000, 1000000, 1000000)
    """
    return min(DESIGN_ROWS * map_concurrency * rows_per_child // DESIGN_CONCURRENCY, MOST_ROWS)


def most_row_bytes(rows_per_child: int) -> int:
    """Return the most bytes of a row as a child's input has it.

    >>> most_row_bytes(1), most_row_bytes(2)
    (262144, 131060)
    """
    return MAX_PAYLOAD_BYTES if rows_per_child == 1 else BATCH_BYTES - _EMPTY_BATCH


def tolerated_items(tolerated_rows: int, rows_per_child: int) -> int:
    """Return how many items of failed batches the Map Run tolerates: with one batch more, too many rows have failed.

    A batch that failed counts with all its rows, and one of them at least did fail.

    >>> tolerated_items(50, 10)
    500
    """
    return tolerated_rows * rows_per_child


def waves(rows_per_child: int) -> int:
    """Return how many times an inline Map begins anew before each row of a batch has had its iteration.

    >>> waves(1), waves(40), waves(41), waves(100)
    (1, 1, 2, 3)
    """
    return math.ceil(rows_per_child / LOGGED_AT_ONCE)


def merge_patch(target: Any, patch: Any) -> Any:
    """Return a JSON value changed by a merge patch (RFC 7396): null takes a field away.

    >>> merge_patch({"a": 1, "b": {"c": 2, "d": 3}}, {"a": None, "b": {"c": 4}, "e": [5]})
    {'b': {'c': 4, 'd': 3}, 'e': [5]}
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged
