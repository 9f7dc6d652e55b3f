"""Rows that failed by an outage: nothing is wrong with them, and they go through when they are sent again."""

from __future__ import annotations

OUTAGE_ERRORS = frozenset(
    {
        "DatabaseError",
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
        "Lambda.Unknown",
        "Sandbox.Timedout",
        "Runtime.ExitError",
        "Runtime.OutOfMemory",
        "States.Timeout",
    }
)
"""What the workflow tries again for a row: a row that still fails so was given up, it was not found wrong."""


def outage_sentence(rows: int, *, succeeded: bool) -> str:
    """Return what to tell of a run some of whose rows failed by an outage; `succeeded`: the run as a whole did."""
    what = "1 row is" if rows == 1 else f"{rows:,} rows are"
    them = "it" if rows == 1 else "them"
    tolerated = " The run counts as succeeded because so few failures are tolerated." if succeeded else ""
    return (
        f"{what} missing from the database by an outage (a database or a function that did not answer for more than a "
        f"minute), not by a fault of the file.{tolerated} Nothing has to be corrected in {them}."
    )


def how_they_come_back(rows: int, failed: int) -> str:
    """Return what to do with `failed-rows.csv` of a run that failed `failed` rows, `rows` of them by an outage."""
    others = failed - rows
    if not others:
        return "Once the outage is over, send failed-rows.csv again as it is."
    what = "The other row in it has a fault of its own" if others == 1 else f"The other {others:,} have faults"
    return (
        f"Once the outage is over, send failed-rows.csv again. {what}: correct those first, or delete their lines (see "
        "_error), because a run is given up when more than 5 % of its rows are wrong. Leave the others as they are."
    )
