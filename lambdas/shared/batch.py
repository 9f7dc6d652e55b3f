"""How the rows of one child execution ended: of a single row, or of a batch (`rowsPerChild` above 1).

A batch's input is the ItemBatcher's, `{"Items": [...]}`. What the processor answers of it, `{"rows": [...]}`, is the
output of a child that succeeded, and the cause of one that failed: its rows are told apart by that. A child that failed
by anything else (Lambda was away, it ran out of time) says nothing of its rows: each failed with the child's error.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

ITEMS = "Items"
"""The rows of a batch's input."""
SUCCEEDED, FAILED, PENDING = "SUCCEEDED", "FAILED", "PENDING"
ROWS_FAILED = "RowsFailed"
"""The error of a child of which rows failed, none of them by an outage."""
OUTAGE = "DatabaseError"
"""The error of a row that is tried again; a child of which such a row failed has it, too."""
MAX_CAUSE = 32_768
"""The most characters of a Cause. https://docs.aws.amazon.com/step-functions/latest/apireference/API_ExecutionFailedEventDetails.html"""
_CUTS = (2_000, 1_000, 700, 500, 400, 300, 250, 200, 150, 100, 50, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEnd:
    """How a row ended.

    Args:
        input: the row as the ItemSelector made it.
        status: SUCCEEDED, FAILED, TIMED_OUT, ABORTED or PENDING.
        error, cause: why it failed, as Step Functions has it; None if it did not fail, or was stopped.
        output: what the processor answered of it, None if it did not succeed.
        unlogged: the error for which its audit item could not be kept; None if it could, or if nothing is told of it.
    """

    input: Any
    status: str
    error: str | None = None
    cause: str | None = None
    output: Any = None
    unlogged: str | None = None

    @property
    def index(self) -> int | None:
        """The row's 0-based place in the file; None if the input is not that of a row."""
        index = self.input.get("rowIndex") if isinstance(self.input, dict) else None
        return index if isinstance(index, int) else None


def batch_items(child_input: Any) -> list[Any] | None:
    """Return the rows of a batch's input; None if it is not a batch."""
    items = child_input.get(ITEMS) if isinstance(child_input, dict) else None
    return items if isinstance(items, list) else None


def row_ends(
    child_input: Any, *, status: str, error: str | None = None, cause: str | None = None, output: Any = None
) -> list[RowEnd]:
    """Return how the rows of a child ended, in their order.

    Args:
        child_input: its input (JSON value).
        status: how the child itself ended.
        error: its own error.
        cause: its own cause.
        output: its own output.
    """
    items = batch_items(child_input)
    if items is None:
        return [RowEnd(input=child_input, status=status, error=error, cause=cause, output=output)]
    told = _told(output) or _told(_parsed(cause))
    return [_row_end(item, told, status, error, cause) for item in items]


def _row_end(item: Any, told: dict[int, dict[str, Any]], status: str, error: str | None, cause: str | None) -> RowEnd:
    row = told.get(item.get("rowIndex", -1)) if isinstance(item, dict) else None
    if row is None:
        return RowEnd(input=item, status=status, error=error, cause=cause)
    if "error" in row:
        return RowEnd(
            input=item,
            status=FAILED,
            error=str(row["error"]),
            cause=str(row.get("cause", "")),
            unlogged=row.get("unlogged"),
        )
    return RowEnd(
        input=item, status=SUCCEEDED, output={name: value for name, value in row.items() if name != "rowIndex"}
    )


def cause_text(rows: list[dict[str, Any]]) -> str:
    """Return the cause of a child whose rows ended so; the rows' own causes are cut if it would be too long."""
    text = ""
    for most in _CUTS:
        cut = [{**row, "cause": row["cause"][:most]} if "cause" in row else row for row in rows]
        text = json.dumps({"rows": cut}, ensure_ascii=False, separators=(",", ":"))
        if len(text) <= MAX_CAUSE:
            break
    return text


def _told(value: Any) -> dict[int, dict[str, Any]]:
    rows = value.get("rows") if isinstance(value, dict) else None
    if not isinstance(rows, list):
        return {}
    return {row["rowIndex"]: row for row in rows if isinstance(row, dict) and isinstance(row.get("rowIndex"), int)}


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text) if text and text.startswith("{") else None
    except (ValueError, RecursionError):
        return None
