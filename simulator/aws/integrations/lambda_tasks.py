"""The three ways a Task calls a function: by the function's ARN, by `lambda:invoke`, by `aws-sdk:lambda:invoke`.

What runs the function is a `LambdaInvoker`; the real one is in simulator.aws.lambda_runtime.

Developer guide, "Invoke an AWS Lambda function with Step Functions"; Lambda API reference, Invoke.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.asl.errors import RUNTIME, TIMEOUT, EvaluationError, StateError
from simulator.aws.asl.json_text import to_json
from simulator.aws.errors import ApiError
from simulator.aws.integrations.shapes.api_model import error_codes, input_shape, service_model
from simulator.aws.integrations.shapes.dialect import LAMBDA, Dialect
from simulator.aws.integrations.shapes.java_names import exception_name
from simulator.aws.integrations.shapes.parameters import Parameters
from simulator.aws.integrations.shapes.response import answer_headers, sdk_metadata
from simulator.aws.integrations.waiting.time_limit import within
from simulator.aws.json_reader import BadJson, read_json
from simulator.aws.lambda_runtime.errors import AccessDeniedException, CallerTimeout, LambdaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.aws.asl.runtime.ports import TaskRequest
    from simulator.aws.integrations.action import Send


class Invoked(Protocol):
    """The result of an invocation that Lambda answered with status 200."""

    @property
    def payload(self) -> bytes:
        """The function's answer, or its error's payload: JSON."""
        ...

    @property
    def function_error(self) -> str | None:
        """`Unhandled` if the function failed, else None."""
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
            function: its name or its ARN, with or without a qualifier.
            payload: the event as JSON text; empty for `{}`.
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
        try:
            result = invoke(self._functions, request.resource, payload, request.timeout)
        except LambdaError as error:
            raise refusal(error, LAMBDA) from error
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
        LambdaError: Lambda refused the call; the function did not run.
        StateError: States.Timeout, without a cause, when `timeout` has run out.
    """
    try:
        return functions.invoke(function, payload, timeout=timeout)
    except CallerTimeout as error:
        raise StateError(TIMEOUT) from error


def refusal(error: LambdaError, dialect: Dialect) -> StateError:
    """Return what a Task fails with if Lambda refuses the call: `Lambda.<name>` and the service's words."""
    found = ApiError(error.name, str(error), status=error.status, request_id=error.request_id or None)
    # The SDK has no exception of its own for a call that IAM refuses.
    modelled = {} if isinstance(error, AccessDeniedException) else {error.name: exception_name(error.name)}
    return dialect.state_error(found, modelled)


def error_of(payload: bytes) -> tuple[str | None, Any]:
    """Return the error type that a failed function's payload names, None if it names none, and the payload's value.

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


class LambdaInvoke:
    """Calls the function that the parameters name.

    `Payload` is the bytes that Lambda gets. A string is sent as it is, because it is the JSON text of the event
    already: `States.JsonToString($)` gives the function an object, and `"12"` the number 12 (recorded on AWS). Any
        other value is sent as its JSON text. Lambda refuses a string that is not JSON, with the error
    Lambda.InvalidRequestContentException. A Payload that is null, empty or left out is an empty one, which the
    function gets as `{}`.

    Args:
        functions: what runs functions.
        dialect: LAMBDA for `lambda:invoke`, LAMBDA_SDK for `aws-sdk:lambda:invoke`.
        api: gives Lambda's Invoke for an InvocationType other than RequestResponse; None if there is none.
    """

    def __init__(
        self, functions: LambdaInvoker, dialect: Dialect, api: Callable[[], Send | None] = lambda: None
    ) -> None:
        self._functions = functions
        self._api = api
        self._dialect = dialect
        self._parameters = Parameters(
            input_shape(service_model("lambda"), ACTION),
            as_json=("Payload",),
            refused=("ClientContext", "DurableExecutionName", "TenantId"),
        )

    def problems(self, parameters: Any) -> Iterable[str]:
        """Say what is wrong with `Parameters` as written."""
        yield from self._parameters.problems(ACTION, parameters)
        kind = parameters.get("InvocationType") if isinstance(parameters, dict) else None
        if kind in (None, "RequestResponse") or str(kind).startswith("{%"):
            return
        if kind not in ("DryRun", "Event"):
            yield f"{ACTION}: there is no InvocationType {kind}, only RequestResponse, Event and DryRun"
        elif self._api() is None:
            yield f"{ACTION}: the InvocationType {kind} is not simulated"

    def call(self, request: TaskRequest) -> Any:
        """Call the function and return `{ExecutedVersion, Payload, StatusCode}`, and more with each dialect.

        `lambda:invoke`: the Payload is the answer's value, `Sdk...` metadata stand beside it, and the Task fails if
        the function fails. `aws-sdk:lambda:invoke`: the Payload is the answer's text; if the function fails, the Task
        succeeds, and its result has `FunctionError`, as Lambda's API answers it.

        Raises:
            StateError: the function's error type with its payload as compact JSON (`lambda:invoke` only);
                `Lambda.<name>` if Lambda refuses the call; States.Timeout.
        """
        try:
            arguments = self._parameters.to_api(request.parameters)
        except ApiError as error:
            raise self._dialect.state_error(error, error_codes(service_model("lambda"))) from error
        if (kind := arguments.get("InvocationType", "RequestResponse")) != "RequestResponse":
            return self._not_waiting(kind, arguments, request)
        function = _qualified(arguments["FunctionName"], arguments.get("Qualifier"))
        try:
            result = invoke(self._functions, function, arguments.get("Payload", b""), request.timeout)
        except LambdaError as error:
            raise refusal(error, self._dialect) from error
        answer = {"ExecutedVersion": LATEST, "StatusCode": 200}
        if arguments.get("LogType") == "Tail":
            answer["LogResult"] = _log_tail(result.request_id)
        return self._optimised(result, answer) if self._dialect.optimised else _as_the_api(result, answer)

    def _not_waiting(self, kind: str, arguments: dict[str, Any], request: TaskRequest) -> dict[str, Any]:
        """Queue the event (Event), or only check the call (DryRun)."""
        invoke_api = self._api()
        if invoke_api is None:
            raise EvaluationError(RUNTIME, f"The InvocationType {kind} is not simulated")
        try:
            answer = within(request.timeout, lambda: invoke_api(arguments))
        except ApiError as error:
            raise self._dialect.state_error(error, error_codes(service_model("lambda"))) from error
        result = {"Payload": "", "StatusCode": answer["StatusCode"]}
        request_id = ApiError("", "").request_id
        return result | sdk_metadata(request_id, answer_headers(request_id, 0)) if self._dialect.optimised else result

    def _optimised(self, result: Invoked, answer: dict[str, Any]) -> dict[str, Any]:
        kind, value = error_of(result.payload)
        if result.function_error is not None:
            raise StateError(kind, to_json(value)) if kind else without_type(result.payload)
        headers = answer_headers(result.request_id, len(result.payload), **{"X-Amz-Executed-Version": LATEST})
        return {**answer, "Payload": value} | sdk_metadata(result.request_id, headers)


def _as_the_api(result: Invoked, answer: dict[str, Any]) -> dict[str, Any]:
    failed = {} if result.function_error is None else {"FunctionError": result.function_error}
    return {**answer, **failed, "Payload": result.payload.decode("utf-8", "replace")}


def _qualified(name: str, qualifier: str | None) -> str:
    """Return a function's name or ARN with its qualifier; `$LATEST`, the default, is left out."""
    function = f"{name}:{qualifier}" if qualifier is not None else name
    return function.removesuffix(f":{LATEST}")


def _log_tail(request_id: str) -> str:
    # The lines that Lambda itself writes; what the function wrote is kept by the runtime, not by the caller.
    log = f"START RequestId: {request_id} Version: {LATEST}\nEND RequestId: {request_id}\n"
    return base64.b64encode(log.encode()).decode()
