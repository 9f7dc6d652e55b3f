"""A Task whose Resource is a function's ARN.

Developer guide, "Invoke an AWS Lambda function with Step Functions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.integrations.lambda_call import UNKNOWN, error_of, invoke, without_type
from simulator.json_reader import BadJson, read_json
from simulator.states.errors import StateError
from simulator.states.limits import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.integrations.lambda_invoker import LambdaInvoker
    from simulator.states.task_service import TaskRequest


class LambdaFunction:
    """Calls the function that the Resource names; its event is the Task's effective input, its answer the result.

    Args:
        functions: what runs functions.
    """

    def __init__(self, functions: LambdaInvoker) -> None:
        self._functions = functions

    def faults(self, _parameters: Any) -> Iterable[str]:
        """Return nothing: any Parameters are an event."""
        return ()

    def call(self, request: TaskRequest) -> Any:
        """Call the function and return its answer.

        Raises:
            StateError: the function's error type with the runtime's payload as it is; `Lambda.<name>`; States.Timeout.
        """
        payload = to_json(request.parameters).encode("utf-8", "surrogatepass")
        result = invoke(self._functions, request.resource, payload, request.timeout)
        if result.function_error is not None:
            kind, _ = error_of(result.payload)
            raise StateError(kind, result.payload.decode("utf-8", "replace")) if kind else without_type(result.payload)
        try:
            return read_json(result.payload)
        except BadJson as error:
            text = result.payload.decode("utf-8", "replace")
            raise StateError(UNKNOWN, f"The function's answer is not JSON ({error}): {text}") from error
