"""Stable codes of failures, for scripts and tickets: an error's name may change with the code that raises it."""

from __future__ import annotations

from typing import NamedTuple

from lambdas.user_log_reporter.reasons import OUTAGE_ERRORS

NOT_STARTED = "NotStarted"
"""Stands for the error of a row that was not done when its run ended."""
ABORTED = "ABORTED"
"""Stands for the error of a row whose child execution was stopped: it has none."""


class Code(NamedTuple):
    """A code: its name, whether the row may succeed as it is when it is sent again, and what it means."""

    name: str
    retryable: bool
    meaning: str


INVALID_VALUE = Code("INVALID_VALUE", False, "A value of the row cannot be used: correct it.")  # noqa: FBT003 - a table
UNKNOWN_USER = Code("UNKNOWN_USER", False, "The user is not in the table users: correct the ID, or create the user.")  # noqa: FBT003 - as above
OTHER = Code("FUNCTION_ERROR", False, "The function failed in a way of its own: its code has to be looked at.")  # noqa: FBT003 - as above
_SERVICE = Code("SERVICE_ERROR", True, "Lambda did not take the call, or lost it.")  # noqa: FBT003 - as above
_TIMEOUT = Code("TIMEOUT", True, "The function, or the row's execution, took too long.")  # noqa: FBT003 - as above
_ENDED = Code("FUNCTION_ENDED", True, "The function's process ended in the middle of the row.")  # noqa: FBT003 - as above
_THROTTLED = Code("THROTTLED", True, "Lambda had no execution environment free.")  # noqa: FBT003 - as above
_BY_ERROR = {
    "InvalidRecordError": INVALID_VALUE,
    "UserNotFoundError": UNKNOWN_USER,
    "DatabaseError": Code("DATABASE_AWAY", True, "PostgreSQL or DynamoDB did not answer."),  # noqa: FBT003 - as above
    "Lambda.TooManyRequestsException": _THROTTLED,
    "Sandbox.Timedout": _TIMEOUT,
    "States.Timeout": _TIMEOUT,
    "TIMED_OUT": _TIMEOUT,
    "Runtime.ExitError": _ENDED,
    "Runtime.OutOfMemory": _ENDED,
    NOT_STARTED: Code("NOT_STARTED", True, "The run ended before this row was done."),  # noqa: FBT003 - as above
    ABORTED: Code("STOPPED", True, "The run was stopped while the row was processed."),  # noqa: FBT003 - as above
}
CODES = tuple(sorted({*_BY_ERROR.values(), _SERVICE, OTHER}))
"""All codes, by name."""


def code_of(error: str) -> Code:
    """Return the code of an error's name, or of the status of a child that has none."""
    found = _BY_ERROR.get(error)
    if found is not None:
        return found
    return _SERVICE if error in OUTAGE_ERRORS else OTHER
