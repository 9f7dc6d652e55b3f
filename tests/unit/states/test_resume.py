"""Going on with a redriven execution: the state that failed, and no state before it."""

from __future__ import annotations

import json
from typing import Any

from simulator.aws.asl.errors import StateError
from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.asl.runtime.resume import Resume, open_states
from tests.unit.states.harness import FUNCTION, Result, one, prepare

MACHINE = one(
    {"Type": "Pass", "Result": 1, "ResultPath": "$.first", "Assign": {"v": "kept"}, "Next": "Work"},
    Work={"Type": "Task", "Resource": FUNCTION, "Parameters": {"v.$": "$v", "f.$": "$.first"}, "Next": "After"},
    After={"Type": "Pass", "End": True},
)


def fail_then_resume(machine: dict[str, Any], *, cut: int | None = None) -> tuple[Result, Result]:
    """Run a machine whose Task fails, and then go on from its history (maybe cut off after some events)."""

    def fail(_parameters: Any) -> Any:
        raise StateError("Down", "not now")

    execution, first = prepare(machine, {"in": 1}, function=fail)
    first.ended = execution.run()
    events = first.events[:cut]
    entered = open_states(events)[0]
    details = entered["stateEnteredEventDetails"]
    assigned = [event.get("stateExitedEventDetails", {}).get("assignedVariables", {}) for event in events]
    resume = Resume(
        state=details["name"],
        input=json.loads(details["input"]),
        entered_at=parse_time(entered["timestamp"]),  # type: ignore[arg-type]
        entered_id=entered["id"],
        variables={name: json.loads(text) for values in assigned for name, text in values.items()},
        ended=cut is None,
    )
    again, second = prepare(machine, {"in": 1})
    second.ended = again.run(resume)
    return first, second


def test_a_redrive_goes_on_in_the_state_that_failed() -> None:
    """With its input and the variables as they were; the state is not entered twice."""
    first, second = fail_then_resume(MACHINE)
    assert first.ended.status == "FAILED"
    assert second.output == {"v": "kept", "f": 1}
    assert second.types[:3] == ["ExecutionRedriven", "LambdaFunctionScheduled", "LambdaFunctionStarted"]
    assert [details["name"] for details in second.details("TaskStateExited")] == ["Work"]


def test_a_run_that_was_cut_off_gets_its_end_first() -> None:
    """A kill leaves a history without one."""
    _, second = fail_then_resume(MACHINE, cut=5)
    assert second.types[:2] == ["ExecutionAborted", "ExecutionRedriven"]


def test_a_fail_state_is_entered_again_and_fails_again() -> None:
    """As on AWS."""
    first, second = fail_then_resume(one({"Type": "Fail", "Error": "Bad"}))
    assert (first.ended.error, second.ended.error) == ("Bad", "Bad")
    assert second.types == ["ExecutionRedriven", "FailStateEntered", "ExecutionFailed"]


def test_open_states_are_those_entered_and_not_left_outermost_first() -> None:
    """Inside a Parallel, the Parallel itself comes first."""
    machine = one(
        {
            "Type": "Parallel",
            "Branches": [{"StartAt": "In", "States": {"In": {"Type": "Task", "Resource": FUNCTION, "End": True}}}],
        }
    )
    first, second = fail_then_resume(machine)
    names = [event["stateEnteredEventDetails"]["name"] for event in open_states(first.events)]
    assert names == ["State", "In"]
    assert second.output == [{"in": 1}]
