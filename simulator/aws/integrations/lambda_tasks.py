"""What the Lambda integrations call: something that runs functions. lambda_runtime has the real one.

A Task whose Resource is a function's ARN.

Developer guide, "Invoke an AWS Lambda function with Step Functions".

What both ways to call a function share: the call, and the errors of Lambda itself.

`lambda:invoke`.

Developer guide, "Invoke an AWS Lambda function with Step Functions"; Lambda API reference, Invoke.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.asl.errors import RUNTIME, TIMEOUT, EvaluationError, StateError
from simulator.aws.asl.json_text import to_json
from simulator.aws.integrations.dialect import Dialect, error_codes, input_shape, optimised_cause, service_model
from simulator.aws.integrations.integration import ApiError
from simulator.aws.integrations.parameters import Parameters
from simulator.aws.integrations.response import answer_headers, sdk_metadata
from simulator.aws.json_reader import BadJson, read_json
from simulator.aws.lambda_runtime.errors import CallerTimeout, LambdaError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.aws.asl.runtime.ports import TaskRequest


class Invoked(Protocol):
    """The result of an invocation that Lambda answered with status 200."""

    @property
    def payload(self) -> bytes:
        """The function's answer, or its error's payload: JSON."""
        ...

    @property
    def function_error(self) -> str | None:
        """`Unhandled` where the function failed."""
        ...

    @property
    def request_id(self) -> str:
        """The invocation's id."""
        ...


class LambdaInvoker(Protocol):
    """Runs functions."""

    def invoke(self, function: str, payload: bytes, *, timeout: float | None = None) -> Invoked:
        """Invoke a function by its name or ARN and wait for its result.

        Args:
            function: its name, its ARN, or its ARN with a qualifier.
            payload: the event as JSON; empty for `{}`.
            timeout: seconds the caller waits, None for as long as it takes.

        Raises:
            LambdaError: the function was not run (simulator.aws.lambda_runtime.errors).
            CallerTimeout: `timeout` has run out.
        """
        ...


class LambdaFunction:
    """Calls the function that the Resource names; its event is the Task's effective input, its answer the result.

    Args:
        functions: what runs functions.
    """

    def __init__(self, functions: LambdaInvoker) -> None:
        self._functions = functions

    def problems(self, _parameters: Any) -> Iterable[str]:
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

    def problems(self, parameters: Any) -> Iterable[str]:
        """Say what is wrong with `Parameters` as written."""
        yield from self._parameters.problems(ACTION, parameters)
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
