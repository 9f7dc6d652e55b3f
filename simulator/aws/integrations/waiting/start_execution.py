"""`states:startExecution` and `aws-sdk:sfn:startExecution`: one execution starts another and does not wait for it.

Developer guide, "Start workflow executions from a task state in Step Functions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.asl.expressions.timestamps import format_time
from simulator.aws.asl.json_text import json_size
from simulator.aws.errors import ApiError
from simulator.aws.integrations.shapes.api_model import error_codes, input_shape, service_model
from simulator.aws.integrations.shapes.parameters import Parameters
from simulator.aws.integrations.shapes.response import answer_headers, sdk_metadata
from simulator.aws.integrations.waiting.time_limit import within

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.aws.asl.runtime.listener import ExecutionInfo
    from simulator.aws.asl.runtime.ports import TaskRequest
    from simulator.aws.integrations.shapes.dialect import Dialect

ACTION = "startExecution"


class Started(Protocol):
    """An execution that has been started."""

    @property
    def info(self) -> ExecutionInfo:
        """The execution as it stands."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; return whether it has."""
        ...

    def stop(self, error: str | None = None, cause: str | None = None) -> None:
        """Stop it."""
        ...


class StateMachines(Protocol):
    """The state machines there are."""

    def start_execution(self, machine_arn: str, *, name: str | None = None, input_text: str = "{}") -> Started:
        """Start an execution, or return the running one of the same name and input.

        Raises:
            ApiError: StateMachineDoesNotExist, InvalidName, InvalidExecutionInput, ExecutionAlreadyExists.
        """
        ...


class StartExecution:
    """Starts an execution.

    Args:
        machines: the state machines there are.
        dialect: SFN or SFN_SDK.
    """

    def __init__(self, machines: StateMachines, dialect: Dialect) -> None:
        self._machines = machines
        self._dialect = dialect
        self._parameters = Parameters(
            input_shape(service_model("stepfunctions"), ACTION), as_json=("Input",), refused=("TraceHeader",)
        )

    def problems(self, parameters: Any) -> Iterable[str]:
        """Say what is wrong with `Parameters` as written."""
        return self._parameters.problems(ACTION, parameters)

    def call(self, request: TaskRequest) -> Any:
        """Start the execution and return `{ExecutionArn, StartDate}`, within the request's timeout."""
        return within(request.timeout, lambda: self.answer(self.start(request.parameters)))

    def start(self, parameters: Any) -> Started:
        """Start the execution.

        Raises:
            StateError: it is not started.
        """
        try:
            arguments = self._parameters.to_api(parameters)
            return self._machines.start_execution(
                arguments["stateMachineArn"], name=arguments.get("name"), input_text=arguments.get("input", "{}")
            )
        except ApiError as error:
            raise self._dialect.state_error(error, error_codes(service_model("stepfunctions"))) from error

    def answer(self, started: Started) -> dict[str, Any]:
        """Return the API's answer."""
        info = started.info
        result: dict[str, Any] = {"ExecutionArn": info.arn, "StartDate": format_time(info.started)}
        if self._dialect.optimised:
            request_id = ApiError("", "").request_id
            result |= sdk_metadata(request_id, answer_headers(request_id, json_size(result)))
        return result
