"""`lambda:invoke`.

Developer guide, "Invoke an AWS Lambda function with Step Functions"; Lambda API reference, Invoke.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from simulator.integrations.api_error import ApiError
from simulator.integrations.dialect import Dialect
from simulator.integrations.lambda_call import error_of, invoke, without_type
from simulator.integrations.metadata import answer_headers, sdk_metadata
from simulator.integrations.parameters import Parameters
from simulator.integrations.service_models import error_codes, input_shape, service_model
from simulator.states.errors import RUNTIME, EvaluationError, StateError
from simulator.states.limits import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.integrations.lambda_invoker import Invoked, LambdaInvoker
    from simulator.states.task_service import TaskRequest

ACTION = "invoke"
LATEST = "$LATEST"
_LAMBDA = Dialect(prefix="Lambda", service="AWSLambda", base="AWSLambdaException", optimised=True)


class LambdaInvoke:
    """Calls the function that the parameters name; the result has its answer under `Payload`, and metadata beside it.

    Args:
        functions: what runs functions.
    """

    def __init__(self, functions: LambdaInvoker) -> None:
        self._functions = functions
        self._parameters = Parameters(
            input_shape(service_model("lambda"), ACTION),
            as_json=("Payload",),
            refused=("ClientContext", "DurableExecutionName", "TenantId"),
        )

    def faults(self, parameters: Any) -> Iterable[str]:
        """Say what is wrong with `Parameters` as written."""
        yield from self._parameters.faults(ACTION, parameters)
        kind = parameters.get("InvocationType") if isinstance(parameters, dict) else None
        if kind not in (None, "RequestResponse"):
            yield f"{ACTION}: the InvocationType {kind} is not simulated"

    def call(self, request: TaskRequest) -> Any:
        """Call the function and return `{ExecutedVersion, Payload, StatusCode, Sdk...}`.

        A Payload that is null or left out is an empty one, which the function gets as `{}`.

        Raises:
            StateError: the function's error type with its payload as compact JSON; `Lambda.<name>`; States.Timeout.
        """
        try:
            arguments = self._parameters.to_api(request.parameters)
        except ApiError as error:
            raise _LAMBDA.state_error(error, error_codes(service_model("lambda"))) from error
        if (kind := arguments.get("InvocationType", "RequestResponse")) != "RequestResponse":
            raise EvaluationError(RUNTIME, f"The InvocationType {kind} is not simulated")
        function = _qualified(arguments["FunctionName"], arguments.get("Qualifier"))
        result = invoke(self._functions, function, arguments.get("Payload", b""), request.timeout)
        kind, value = error_of(result.payload)
        if result.function_error is not None:
            raise StateError(kind, to_json(value)) if kind else without_type(result.payload)
        return _answer(result, value, tail=arguments.get("LogType") == "Tail")


def _qualified(name: str, qualifier: str | None) -> str:
    """Return a function's name or ARN with its qualifier; `$LATEST`, the default, is left out."""
    function = f"{name}:{qualifier}" if qualifier is not None else name
    return function.removesuffix(f":{LATEST}")


def _answer(result: Invoked, value: Any, *, tail: bool) -> dict[str, Any]:
    headers = answer_headers(result.request_id, len(result.payload), **{"X-Amz-Executed-Version": LATEST})
    answer = {"ExecutedVersion": LATEST, "Payload": value, "StatusCode": 200}
    if tail:
        # The lines that Lambda itself writes; what the function wrote is kept by the runtime, not by the caller.
        log = f"START RequestId: {result.request_id} Version: {LATEST}\nEND RequestId: {result.request_id}\n"
        answer["LogResult"] = base64.b64encode(log.encode()).decode()
    return answer | sdk_metadata(result.request_id, headers)
