"""The Task state: one call of a service.

States Language, "Task State". What can be called is handed in (`TaskService` in runtime/ports.py).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import RUNTIME, TIMEOUT, EvaluationError, StateError
from simulator.aws.asl.expressions.number_field import NumberField
from simulator.aws.asl.expressions.path_fields import long_of, read_path, reference_field
from simulator.aws.asl.json_text import to_json
from simulator.aws.asl.quotas import MAX_SECONDS, check_size
from simulator.aws.asl.runtime.listener import TaskAttempt
from simulator.aws.asl.runtime.ports import TaskRequest
from simulator.aws.asl.states.data_flow import data_flow, parameters_name
from simulator.aws.asl.states.retriable import RetriableState

if TYPE_CHECKING:
    from simulator.aws.asl.definition.build_context import BuildContext
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.jsonpath import Path
    from simulator.aws.asl.expressions.scope import Scope
    from simulator.aws.asl.runtime.frame import Frame

_LAMBDA = re.compile(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:.+")
_SERVICE = re.compile(r"arn:[^:]*:states:[^:]*:\d*:((?:aws-sdk:)?[^:]+):([^:.]+)")
_PATTERN = re.compile(r"(\.sync|\.waitForTaskToken)(?::\d+)?$")
_UNRECOGNIZED = (
    "The resource provided {} is not recognized. The value is not a valid resource ARN, or the resource is not "
    "available in this region."
)


class TaskState(RetriableState):
    """A Task; `Resource` is a Lambda function's ARN or `arn:aws:states:::service:action`."""

    kind = "Task"

    def __init__(self, name: str, fields: Fields, context: BuildContext) -> None:
        resource = fields.string("Resource", required=True) or ""
        super().__init__(name, fields, data_flow(fields, parameters="Parameters", result=True, selector=True))
        self._resource = resource
        self._events = _ServiceEvents(resource) if not _LAMBDA.fullmatch(resource) else _LambdaEvents(resource)
        fields.exclude("TimeoutSeconds", "TimeoutSecondsPath")
        fields.exclude("HeartbeatSeconds", "HeartbeatSecondsPath")
        self._timeout = NumberField(fields, "TimeoutSeconds", least=1, most=MAX_SECONDS)
        self._timeout_path = reference_field(fields, "TimeoutSecondsPath")
        self._heartbeat = NumberField(fields, "HeartbeatSeconds", least=1, most=MAX_SECONDS)
        heartbeat = self._heartbeat.literal
        if heartbeat is not None and heartbeat >= (self._timeout.literal or MAX_SECONDS):
            fields.problem("HeartbeatSeconds", "must be less than TimeoutSeconds")
        fields.not_simulated("HeartbeatSecondsPath", "Credentials")
        if resource:
            self._check_resource(fields, context)

    @staticmethod
    def _check_resource(fields: Fields, context: BuildContext) -> None:
        resource = fields.raw["Resource"]
        pattern = _PATTERN.search(resource)
        if pattern is not None and context.is_express:
            sentence = f"Express state machine does not support '{pattern[1]}' service integration"
            fields.problem("Resource", sentence, aws=sentence)
            return
        for sentence in context.tasks.problems(resource, fields.raw.get(parameters_name(fields))):
            unknown = sentence.startswith(resource) and not sentence.endswith("is not simulated")
            fields.problem("Resource", sentence, aws=_UNRECOGNIZED.format(resource) if unknown else "")

    def work(self, frame: Frame, data: Any, effective: Any) -> Any:
        """Call the resource once, with its events."""
        execution = frame.execution
        scope = frame.scope(data)
        timeout = self._timeout.read(scope) if self._timeout_path is None else _seconds(self._timeout_path, scope)
        self._events.scheduled(frame, effective, timeout, self._heartbeat.read(scope))
        started = frame.clock.now()
        error: str | None = None
        try:
            result = execution.tasks.call(
                TaskRequest(
                    resource=self._resource,
                    parameters=effective,
                    timeout=execution.time_left(frame.clock, timeout),
                    state=self.name,
                    execution_arn=execution.arn,
                    attempt=(frame.retry_count or 0) + 1,
                )
            )
            check_size(result, self._events.size_name)
        except StateError as failure:
            error = failure.error
            frame.check_running()
            self._events.failed(frame, failure)
            raise
        finally:
            execution.attempts.append(
                TaskAttempt(state=self.name, started=started, stopped=frame.clock.now(), error=error)
            )
        self._events.succeeded(frame, result)
        return result


def _seconds(path: Path, scope: Scope) -> int:
    value = read_path(path, scope)
    seconds = long_of(value)  # that a text is taken here as it is by SecondsPath (recorded) is a guess
    if seconds is None or not 1 <= seconds <= MAX_SECONDS:
        raise EvaluationError(
            RUNTIME,
            f"The TimeoutSecondsPath parameter cannot be parsed as a long value: {path.text} == {to_json(value)}",
        )
    return seconds


class _LambdaEvents:
    """The history of a call of a function by its ARN."""

    def __init__(self, resource: str) -> None:
        self.size_name = resource

    def scheduled(self, frame: Frame, effective: Any, timeout: int | None, heartbeat: int | None) -> None:
        del heartbeat  # the event has no place for it
        frame.event("LambdaFunctionScheduled", resource=self.size_name, input=effective, timeoutInSeconds=timeout)
        frame.event("LambdaFunctionStarted")

    def succeeded(self, frame: Frame, result: Any) -> None:
        frame.event("LambdaFunctionSucceeded", output=result)

    def failed(self, frame: Frame, error: StateError) -> None:
        kind = "LambdaFunctionTimedOut" if error.error == TIMEOUT else "LambdaFunctionFailed"
        frame.event(kind, error=error.error, cause=error.cause)


class _ServiceEvents:
    """The history of a call of an integrated service."""

    def __init__(self, resource: str) -> None:
        match = _SERVICE.match(resource)
        self._type, self._action = match.groups() if match else ("", resource)
        self.size_name = self._type

    def scheduled(self, frame: Frame, effective: Any, timeout: int | None, heartbeat: int | None) -> None:
        frame.event(
            "TaskScheduled",
            resourceType=self._type,
            resource=self._action,
            region=frame.execution.region,
            parameters=effective,
            timeoutInSeconds=timeout,
            heartbeatInSeconds=heartbeat,
        )
        frame.event("TaskStarted", resourceType=self._type, resource=self._action)

    def succeeded(self, frame: Frame, result: Any) -> None:
        frame.event("TaskSucceeded", resourceType=self._type, resource=self._action, output=result)

    def failed(self, frame: Frame, error: StateError) -> None:
        kind = "TaskTimedOut" if error.error == TIMEOUT else "TaskFailed"
        frame.event(kind, resourceType=self._type, resource=self._action, error=error.error, cause=error.cause)
