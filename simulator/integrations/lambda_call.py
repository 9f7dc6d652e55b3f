"""What both ways to call a function share: the call, and the errors of Lambda itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.integrations.api_error import ApiError
from simulator.integrations.dialect import optimised_cause
from simulator.json_reader import BadJson, read_json
from simulator.lambda_runtime.errors import CallerTimeout, LambdaError
from simulator.states.errors import TIMEOUT, StateError

if TYPE_CHECKING:
    from simulator.integrations.lambda_invoker import Invoked, LambdaInvoker

UNKNOWN = "Lambda.Unknown"


def invoke(functions: LambdaInvoker, function: str, payload: bytes, timeout: float | None) -> Invoked:
    """Invoke a function.

    Raises:
        StateError: `Lambda.<name>` where Lambda refuses; States.Timeout, without a cause, when `timeout` has run out.
    """
    try:
        return functions.invoke(function, payload, timeout=timeout)
    except CallerTimeout as error:
        raise StateError(TIMEOUT) from error
    except LambdaError as error:
        found = ApiError(error.name, str(error), status=error.status, request_id=error.request_id or None)
        raise StateError(f"Lambda.{error.name}", optimised_cause("AWSLambda", found)) from error


def error_of(payload: bytes) -> tuple[str | None, Any]:
    """Return the error type that a failed function's payload names, None where it names none, and the payload's value.

    The value is the payload's text if it is not JSON. An error's text may hold half a character: U+FFFD stands for it.
    """
    text = payload.decode("utf-8", "replace")
    try:
        value = read_json(text, replace_halves=True)
    except BadJson:
        return None, text
    kind = value.get("errorType") if isinstance(value, dict) else None
    return (kind if isinstance(kind, str) and kind else None), value


def without_type(payload: bytes) -> StateError:
    """Return the error of a function that failed without an error type."""
    return StateError(
        UNKNOWN,
        "The cause could not be determined because Lambda did not return an error type. "
        f"Returned payload: {payload.decode('utf-8', 'replace')}",
    )
