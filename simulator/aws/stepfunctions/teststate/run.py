"""TestState: compiles one state, runs it once, and answers as the API does. API reference, "TestState".

A state is tried once: a failure that a retrier would retry is RETRIABLE, with the wait in `errorDetails`. Tasks without
a mock call the local services.

TestState gives two failures another name than executions. Recorded on AWS by TestState alone: a ResultPath below a
scalar input is States.ReferencePathConflict, and an intrinsic function with a wrong argument States.Runtime. No
execution was recorded with either, so that executions keep the names of the States Language
(States.ResultPathMatchFailure, States.IntrinsicFailure).
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.compiler import build, build_state, parse_definition
from simulator.aws.asl.definition.fields import JSONATA, JSONPATH
from simulator.aws.asl.errors import (
    RESULT_PATH_MATCH_FAILURE,
    RUNTIME,
    TIMEOUT,
    EvaluationError,
    ExecutionTimedOut,
    IntrinsicFailure,
    StateError,
)
from simulator.aws.asl.json_text import to_json
from simulator.aws.asl.quotas import check_size
from simulator.aws.asl.runtime.execution import EXPRESS_SECONDS, Execution
from simulator.aws.asl.runtime.history import CountedHistory
from simulator.aws.asl.runtime.ports import Identity
from simulator.aws.asl.runtime.state_machine import StateMachine
from simulator.aws.asl.states.maps.distributed_map import DistributedMapState
from simulator.aws.asl.states.maps.map_state import InlineMapState
from simulator.aws.asl.states.retriable import RetriableState
from simulator.aws.asl.states.retry import first_match
from simulator.aws.errors import validation_error
from simulator.aws.stepfunctions.input_text import parse_input
from simulator.aws.stepfunctions.teststate.context import LoneFrame, check_context
from simulator.aws.stepfunctions.teststate.inspection import Inspection, inspected
from simulator.aws.stepfunctions.teststate.map_work import MapWork
from simulator.aws.stepfunctions.teststate.mocks import MockedTasks, check_mock
from simulator.aws.stepfunctions.teststate.nested_states import Place, states_of
from simulator.aws.stepfunctions.teststate.request import (
    Mock,
    StateConfiguration,
    check_arguments,
    configuration_of,
    json_object,
    mock_of,
)

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.frame import Frame
    from simulator.aws.asl.runtime.ports import Services
    from simulator.aws.asl.states.state import Outcome, State

REFERENCE_PATH_CONFLICT = "States.ReferencePathConflict"
_DEFAULT_NAME = "StateName"
"""The name of a state that is given without a machine; recorded on AWS."""


def run_state(request: dict[str, Any], *, services: Services, prefix: str, role: str) -> dict[str, Any]:
    """Run the state of a request (see `StepFunctions.test_state`).

    Args:
        request: the API's arguments.
        services: what the state may use.
        prefix: how ARNs of executions begin.
        role: how ARNs of roles begin.
    """
    check_arguments(request)
    mock, configuration = mock_of(request), configuration_of(request)
    definition = parse_definition(request["definition"])
    name = request.get("stateName")
    place: Place = (definition, "", "/") if name is None else _named(definition, name)
    context = json_object(request, "context", "Invalid Context object provided")
    if context is not None:
        check_context(context, place[0])
    check_mock(place[0], mock, configuration)
    mocked_tasks = MockedTasks(services.tasks)
    if name is not None:  # the whole machine must be sound, though only one state of it is run
        build(definition, tasks=mocked_tasks)
    language = JSONATA if definition.get("QueryLanguage") == JSONATA else JSONPATH
    state = build_state(
        place[0],
        name=name or _DEFAULT_NAME,
        tasks=services.tasks if mock is None else mocked_tasks,
        at=place[1:],
        language=language,
    )
    text = request.get("input")
    data = parse_input("{}" if text is None else text)
    variables = json_object(request, "variables", "Invalid variables provided") or {}
    frame = _frame(state, data, services, prefix, request.get("roleArn") or f"{role}/TestState")
    frame.given = context
    frame.variables.assign(variables)
    answer, inspection = _Run(state, Inspection(place[0], language), mock, configuration).answer(frame, data)
    if (values := frame.variables.values()) and answer["status"] in ("SUCCEEDED", "CAUGHT_ERROR"):
        inspection["variables"] = to_json(values)
    if (request.get("inspectionLevel") or "INFO") != "INFO":
        answer["inspectionData"] = inspection
    return answer


def _named(definition: dict[str, Any], name: str) -> Place:
    for found, place in states_of(definition):
        if found == name:
            return place
    raise validation_error(f"The state '{name}' does not exist in the definition")  # AWS's words are not known


def _frame(state: State, data: Any, services: Services, prefix: str, role: str) -> LoneFrame:
    machine = f"TestState-{uuid.uuid4()}"
    name = str(uuid.uuid4())
    execution = Execution(
        machine=StateMachine(state.name, {state.name: state}),
        identity=Identity(
            arn=f"{prefix}:express:{machine}:{name}",
            name=name,
            machine_arn=f"{prefix}:stateMachine:{machine}",
            machine_name=machine,
            role_arn=role,
        ),
        data=data,
        services=services,
        history=CountedHistory(),
        seconds=EXPRESS_SECONDS,
    )
    frame = LoneFrame(execution, execution.root_stop)
    frame.event("ExecutionStarted")
    return frame


class _Run:
    """One try of a state."""

    def __init__(
        self, state: State, inspection: Inspection, mock: Mock | None, configuration: StateConfiguration
    ) -> None:
        self._state = state
        self._mock = mock
        self._configuration = configuration
        self._inspection = inspection
        flow = getattr(state, "flow", None)
        if flow is not None:
            state.flow = inspected(flow, self._inspection)  # type: ignore[attr-defined]
        is_map = isinstance(state, (InlineMapState, DistributedMapState))
        self._map = MapWork(state, configuration, self._inspection) if is_map else None  # type: ignore[arg-type]

    def answer(self, frame: LoneFrame, data: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the API's answer without inspectionData, and the inspection."""
        state, inspection = self._state, self._inspection
        inspection.data["input"] = to_json(data)
        if getattr(state, "flow", None) is None:  # a Fail
            inspection.step("afterInputPath", data)
        frame.enter(state.name, state.entered, data, retries=state.retries)
        if state.retries:
            frame.retry_count = self._configuration.retries
        try:
            told = self._ended("SUCCEEDED", frame, self._outcome(frame, data))
        except StateError as failure:
            told = self._failed(frame, data, failure)
        except ExecutionTimedOut:
            told = {"status": "FAILED", "error": TIMEOUT}
        return told, inspection.data

    def _outcome(self, frame: Frame, data: Any) -> Outcome:
        state = self._state
        if not isinstance(state, RetriableState):
            return state.execute(frame, data)
        return state.attempt(frame, data, state.work if self._mock is None else self._mocked_work)

    def _mocked_work(self, frame: Frame, data: Any, effective: Any) -> Any:
        del data
        assert self._mock is not None  # noqa: S101 - else the state's own work is done
        if self._map is not None:
            self._map.prepare(frame, effective)
        if not self._mock.has_result:
            raise StateError(self._mock.error, self._mock.cause)
        check_size(self._mock.result, self._state.name)
        return self._mock.result

    def _ended(self, status: str, frame: Frame, outcome: Outcome) -> dict[str, Any]:
        output, following, assigned = outcome
        check_size(output, self._state.name)
        frame.variables.assign(assigned or {})
        told = {"status": status, "output": to_json(output)}
        return told if following is None else {**told, "nextState": following}

    def _failed(self, frame: Frame, data: Any, failure: StateError) -> dict[str, Any]:
        """Say whether the failure would be retried or is caught; the words of `errorDetails` are recorded on AWS."""
        state, error = self._state, self._told(frame, failure)
        details: dict[str, Any] = {}
        told: dict[str, Any] = {"status": "FAILED"}
        if isinstance(state, RetriableState):
            retrier = first_match(state.retry.retriers, error)
            if retrier is not None:
                details["retryIndex"] = retrier
            catcher = state.catch.match(error)
            if (delay := self._delay(state, retrier)) is not None:
                told["status"] = "RETRIABLE"
                details["retryBackoffIntervalSeconds"] = int(delay)
            elif catcher is not None:
                details["catchIndex"] = state.catch.catchers.index(catcher)
                try:
                    told = self._ended("CAUGHT_ERROR", frame, catcher.outcome(frame, data, error))
                except StateError as second:
                    error = self._told(frame, second)
        if details:
            self._inspection.data["errorDetails"] = details
        told |= {"error": error.error, "cause": error.cause}
        return {key: value for key, value in told.items() if value or key == "output"}

    def _delay(self, state: RetriableState, index: int | None) -> float | None:
        if index is None:
            return None
        retrier, used = state.retry.retriers[index], self._configuration.retries
        return retrier.delay(used + 1) if used < retrier.max_attempts else None

    def _told(self, frame: Frame, failure: StateError) -> StateError:
        if not isinstance(failure, EvaluationError):
            return failure
        return _told_by_test_state(failure).within(self._state.name, frame.entered_id)


def _told_by_test_state(error: EvaluationError) -> EvaluationError:
    """Return the error under the name, and in the words, that TestState gives it."""
    if isinstance(error, IntrinsicFailure):
        return EvaluationError(
            RUNTIME,
            f"There was an error while evaluating the intrinsic function: {error.call}. "
            f"Invalid arguments in {error.function}",
        )
    if error.error == RESULT_PATH_MATCH_FAILURE:
        return EvaluationError(REFERENCE_PATH_CONFLICT, error.cause)
    return error
