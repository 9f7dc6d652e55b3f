"""The Task state: one call of a service.

States Language, "Task State". What can be called is handed in (`TaskService` in runtime/ports.py).
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import HEARTBEAT_TIMEOUT, RUNTIME, TIMEOUT, EvaluationError, NotScheduled, StateError
from simulator.aws.asl.expressions.number_field import NumberField
from simulator.aws.asl.expressions.path_fields import long_of, read_path, reference_field
from simulator.aws.asl.json_text import to_json
from simulator.aws.asl.quotas import MAX_SECONDS, check_size
from simulator.aws.asl.runtime.listener import TaskAttempt
from simulator.aws.asl.runtime.ports import TaskRequest
from simulator.aws.asl.runtime.task_token import new_token
from simulator.aws.asl.states.data_flow import data_flow, parameters_name
from simulator.aws.asl.states.retriable import RetriableState

if TYPE_CHECKING:
    from simulator.aws.asl.definition.build_context import BuildContext
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.jsonpath import Path
    from simulator.aws.asl.expressions.scope import Scope
    from simulator.aws.asl.runtime.frame import Frame
    from simulator.aws.asl.states.retriable import Work
    from simulator.aws.asl.states.state import Outcome

_LAMBDA = re.compile(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:.+")
_ACTIVITY = re.compile(r"arn:[^:]*:states:[^:]*:\d*:activity:.+")
_SERVICE = re.compile(
    r"arn:[^:]*:states:[^:]*:\d*:((?:aws-sdk:)?[^:]+):([^:.]+(?:\.(?:sync(?::2)?|waitForTaskToken)$)?)"
)
_PATTERN = re.compile(r"(\.sync|\.waitForTaskToken)(?::\d+)?$")
_UNRECOGNIZED = (
    "The resource provided {} is not recognized. The value is not a valid resource ARN, or the resource is not "
    "available in this region."
)


class TaskState(RetriableState):
    """A Task; `Resource` is the ARN of a Lambda function or an activity, or `arn:aws:states:::service:action`."""

    kind = "Task"

    def __init__(self, name: str, fields: Fields, context: BuildContext) -> None:
        resource = fields.string("Resource", required=True) or ""
        super().__init__(name, fields, data_flow(fields, parameters="Parameters", result=True, selector=True))
        self._resource = resource
        self._is_activity = _ACTIVITY.fullmatch(resource) is not None
        self._events = self._events_of(resource)
        fields.exclude("TimeoutSeconds", "TimeoutSecondsPath")
        fields.exclude("HeartbeatSeconds", "HeartbeatSecondsPath")
        self._timeout = NumberField(fields, "TimeoutSeconds", least=1, most=MAX_SECONDS)
        self._timeout_path = reference_field(fields, "TimeoutSecondsPath")
        self._heartbeat = NumberField(fields, "HeartbeatSeconds", least=1, most=MAX_SECONDS)
        heartbeat = self._heartbeat.literal
        if heartbeat is not None and heartbeat >= (self._timeout.literal or MAX_SECONDS):
            fields.problem("HeartbeatSeconds", "must be less than TimeoutSeconds")
        self._heartbeat_path = reference_field(fields, "HeartbeatSecondsPath")
        fields.not_simulated("Credentials")
        pattern = _PATTERN.search(resource)
        self._waits = pattern is not None or self._is_activity
        self._has_token = pattern is not None and pattern[1] == ".waitForTaskToken"
        if resource:
            self._check_resource(fields, context)

    def _events_of(self, resource: str) -> _LambdaEvents | _ActivityEvents | _ServiceEvents:
        if self._is_activity:
            return _ActivityEvents(resource)
        return _LambdaEvents(resource) if _LAMBDA.fullmatch(resource) else _ServiceEvents(resource)

    def _check_resource(self, fields: Fields, context: BuildContext) -> None:
        resource = fields.raw["Resource"]
        if self._is_activity and context.is_express:
            sentence = "Express state machine does not support Activity tasks"
            fields.problem("Resource", sentence, aws=sentence)
            return
        pattern = _PATTERN.search(resource)
        if pattern is not None and context.is_express:
            sentence = f"Express state machine does not support '{pattern[1]}' service integration"
            fields.problem("Resource", sentence, aws=sentence)
            return
        for sentence in context.tasks.problems(resource, fields.raw.get(parameters_name(fields))):
            unknown = sentence.startswith(resource) and not sentence.endswith("is not simulated")
            fields.problem("Resource", sentence, aws=_UNRECOGNIZED.format(resource) if unknown else "")

    def attempt(self, frame: Frame, data: Any, work: Work) -> Outcome:
        """Work once; a Task that waits to be called back has a token of its own for each attempt."""
        if not self._has_token:
            return super().attempt(frame, data, work)
        frame.token = new_token()
        try:
            return super().attempt(frame, data, work)
        finally:
            frame.token = None

    def _limits(self, scope: Scope) -> tuple[int | None, int | None]:
        """Return the seconds of TimeoutSeconds and HeartbeatSeconds."""
        timeout, heartbeat = self._timeout_path, self._heartbeat_path
        return (
            self._timeout.read(scope) if timeout is None else _seconds("TimeoutSecondsPath", timeout, scope),
            self._heartbeat.read(scope) if heartbeat is None else _seconds("HeartbeatSecondsPath", heartbeat, scope),
        )

    def work(self, frame: Frame, data: Any, effective: Any) -> Any:
        """Call the resource once, with its events."""
        execution = frame.execution
        scope = frame.scope(data)
        timeout, heartbeat = self._limits(scope)
        self._events.scheduled(frame, effective, timeout, heartbeat)
        started = frame.clock.now()
        error: str | None = None
        try:
            request = TaskRequest(
                resource=self._resource,
                parameters=effective,
                timeout=execution.time_left(frame.clock, None if self._is_activity else timeout),
                state=self.name,
                execution_arn=execution.arn,
                machine_arn=execution.identity.machine_arn,
                attempt=(frame.retry_count or 0) + 1,
            )
            if self._waits:
                request = replace(
                    request,
                    token=frame.token,
                    heartbeat=heartbeat,
                    cancelled=frame.stop.event,
                    submitted=partial(self._events.submitted, frame),
                    seconds=timeout if self._is_activity else None,
                )
            result = execution.tasks.call(request)
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


def _seconds(name: str, path: Path, scope: Scope) -> int:
    value = read_path(path, scope)
    seconds = long_of(value)  # that a text is taken here as it is by SecondsPath (recorded) is a guess
    if seconds is None or not 1 <= seconds <= MAX_SECONDS:
        raise EvaluationError(
            RUNTIME,
            f"The {name} parameter cannot be parsed as a long value: {path.text} == {to_json(value)}",
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

    def submitted(self, frame: Frame, answer: Any) -> None:
        raise AssertionError(f"{self.size_name} has no pattern: {answer} in {frame.state}")

    def succeeded(self, frame: Frame, result: Any) -> None:
        frame.event("LambdaFunctionSucceeded", output=result)

    def failed(self, frame: Frame, error: StateError) -> None:
        kind = "LambdaFunctionTimedOut" if error.error == TIMEOUT else "LambdaFunctionFailed"
        frame.event(kind, error=error.error, cause=error.cause)


class _ActivityEvents:
    """The history of a Task of an activity."""

    def __init__(self, resource: str) -> None:
        self.size_name = resource

    def scheduled(self, frame: Frame, effective: Any, timeout: int | None, heartbeat: int | None) -> None:
        frame.event(
            "ActivityScheduled",
            resource=self.size_name,
            input=effective,
            timeoutInSeconds=timeout,
            heartbeatInSeconds=heartbeat,
        )

    def submitted(self, frame: Frame, worker: str | None) -> None:
        frame.event("ActivityStarted", workerName=worker)

    def succeeded(self, frame: Frame, result: Any) -> None:
        frame.event("ActivitySucceeded", output=result)

    def failed(self, frame: Frame, error: StateError) -> None:
        kind = "ActivityScheduleFailed" if isinstance(error, NotScheduled) else "ActivityFailed"
        if error.error in (TIMEOUT, HEARTBEAT_TIMEOUT):
            kind = "ActivityTimedOut"
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

    def submitted(self, frame: Frame, answer: Any) -> None:
        frame.event("TaskSubmitted", resourceType=self._type, resource=self._action, output=answer)

    def succeeded(self, frame: Frame, result: Any) -> None:
        frame.event("TaskSucceeded", resourceType=self._type, resource=self._action, output=result)

    def failed(self, frame: Frame, error: StateError) -> None:
        kind = "TaskTimedOut" if error.error in (TIMEOUT, HEARTBEAT_TIMEOUT) else "TaskFailed"
        frame.event(kind, resourceType=self._type, resource=self._action, error=error.error, cause=error.cause)
