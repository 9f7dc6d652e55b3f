"""A batch of rows in one call: each row is processed by itself, and fails by itself.

While a row fails by an outage, the call fails too, and the state's Retry repeats it: rows that are done change nothing
then. The last attempt answers, whatever came of the rows: the state machine fails the child by what it is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdas.shared.batch import ITEMS, OUTAGE, ROWS_FAILED, cause_text
from lambdas.shared.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    ProcessRow = Callable[[Any, LambdaContext], dict[str, Any]]
    NoteFailure = Callable[[Any, str, str], str | None]

ROW_SECONDS = 4.0
"""No row is begun with less time left than this: a server that hangs is given up within it."""
NO_TIME = "There was no time left for this row: the rows before it took too long."


def process_batch(
    event: dict[str, Any], context: LambdaContext, process: ProcessRow, note_failure: NoteFailure
) -> dict[str, Any]:
    """Process the rows of a batch.

    Args:
        event: `Items`, the rows; `retryCount`, how often the state has repeated the call, and `mostRetries`, how often
            it does so at most.
        context: Lambda's.
        process: processes one row, or raises.
        note_failure: keeps the audit item of a row that has failed for good: the row, its error, its cause; returns the
            error if it cannot.

    Returns:
        `rows`: of each row its `rowIndex`, with its answer, or with `error` and `cause` (and `unlogged`, if its audit
        item could not be kept); `failed`: how many have those.
        If there are any, `Error` and `Cause` of the child execution.

    Raises:
        DatabaseError: a row failed by an outage, and the call will be repeated.
    """
    rows = [(item, _ended(item, context, process)) for item in event[ITEMS]]
    failed = [(item, row) for item, row in rows if "error" in row]
    outages = [row for _, row in failed if row["error"] == OUTAGE]
    if outages and event.get("retryCount", 0) < event.get("mostRetries", 0):
        raise DatabaseError(f"{len(outages)} of {len(rows)} rows: {outages[0]['cause']}")
    for item, row in failed:
        unlogged = note_failure(item, row["error"], row["cause"])
        if unlogged is not None:
            row["unlogged"] = unlogged
    ends = [row for _, row in rows]
    answer: dict[str, Any] = {"rows": ends, "failed": len(failed)}
    if failed:
        # What failed is in the cause, and not twice in the state's data, which has a limit.
        answer = {"failed": len(failed), "Error": OUTAGE if outages else ROWS_FAILED, "Cause": cause_text(ends)}
    return answer


def _ended(item: Any, context: LambdaContext, process: ProcessRow) -> dict[str, Any]:
    index = {"rowIndex": item.get("rowIndex")}
    if context.get_remaining_time_in_millis() < ROW_SECONDS * 1000:
        return {**index, "error": OUTAGE, "cause": NO_TIME}
    try:
        return {**index, **process(item, context)}
    except Exception as error:  # noqa: BLE001 - whatever a row does, its neighbours go on
        return {**index, "error": type(error).__name__, "cause": str(error)}
