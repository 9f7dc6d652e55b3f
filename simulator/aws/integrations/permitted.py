"""The services of this process as Tasks may call them: each call passes through the gate first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.errors import ApiError
from simulator.aws.iam.gate import Denied
from simulator.aws.iam.requests.json_services import states_call
from simulator.aws.lambda_runtime.errors import AccessDeniedException

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.aws.iam.gate import Gate
    from simulator.aws.integrations.lambda_tasks import Invoked, LambdaInvoker
    from simulator.aws.integrations.waiting.start_execution import Started, StateMachines

    Operation = Callable[[dict[str, Any]], dict[str, Any]]

_ACCESS_DENIED = "AccessDeniedException"


class PermittedFunctions:
    """Functions that are invoked for callers with the right to (see LambdaInvoker).

    Args:
        functions: what runs them.
        gate: counts the calls, and may refuse them.
        here: region and account, with a colon between them.
    """

    def __init__(self, functions: LambdaInvoker, gate: Gate, here: str) -> None:
        self._functions = functions
        self._gate = gate
        self._here = here

    def invoke(self, function: str, payload: bytes, *, timeout: float | None = None) -> Invoked:
        """Invoke a function.

        Raises:
            LambdaError: AccessDeniedException, or what the function's service raises.
        """
        try:
            self._gate.called("lambda:InvokeFunction", function_arn(function, self._here))
        except Denied as denied:
            raise AccessDeniedException(str(denied)) from denied
        return self._functions.invoke(function, payload, timeout=timeout)


class PermittedMachines:
    """State machines that are started for callers with the right to (see StateMachines).

    Args:
        machines: what starts them.
        gate: counts the calls, and may refuse them.
    """

    def __init__(self, machines: StateMachines, gate: Gate) -> None:
        self._machines = machines
        self._gate = gate

    def start_execution(self, machine_arn: str, *, name: str | None = None, input_text: str = "{}") -> Started:
        """Start an execution.

        Raises:
            ApiError: AccessDeniedException, or what the service raises.
        """
        try:
            self._gate.called("states:StartExecution", machine_arn)
        except Denied as denied:
            raise ApiError(_ACCESS_DENIED, str(denied)) from denied
        return self._machines.start_execution(machine_arn, name=name, input_text=input_text)


def permitted_operations(
    service: str,
    operations: Mapping[str, Operation],
    gate: Gate,
    here: str,
    owner_of_token: Callable[[object], str | None],
) -> dict[str, Operation]:
    """Return the operations of a service, each of which passes through the gate first.

    Args:
        service: botocore's name of it.
        operations: by their names in the API.
        gate: counts the calls, and may refuse them.
        here: region and account, with a colon between them.
        owner_of_token: returns what the right to answer a Task's token is given on: the ARN of a state machine or an
            activity; None for a token that no Task waits with. Its request passes: the operation refuses it.
    """

    def permitted(name: str, operation: Operation) -> Operation:
        def call(request: dict[str, Any]) -> dict[str, Any]:
            action, resource = _asked(service, name, request, here)
            if "taskToken" in request:
                owner = owner_of_token(request["taskToken"])
                if owner is None:
                    return operation(request)
                resource = owner
            try:
                gate.called(action, resource)
            except Denied as denied:
                raise ApiError(_ACCESS_DENIED, str(denied)) from denied
            return operation(request)

        return call

    return {name: permitted(name, operation) for name, operation in operations.items()}


def _asked(service: str, name: str, request: Mapping[str, Any], here: str) -> tuple[str, str]:
    if service == "stepfunctions":
        found = states_call("", name, request)
        return found.action, found.resource
    if service == "lambda":
        action = "InvokeFunction" if name == "Invoke" else name
        function = request.get("FunctionName")
        return f"lambda:{action}", "*" if function is None else function_arn(str(function), here)
    if name == "PutEvents":
        return "events:PutEvents", f"arn:aws:events:{here}:event-bus/default"
    return f"{service}:{name}", "*"


def function_arn(function: str, here: str) -> str:
    """Return the ARN of a function that is named or given by its ARN, with or without a qualifier."""
    return function if function.startswith("arn:") else f"arn:aws:lambda:{here}:function:{function}"
