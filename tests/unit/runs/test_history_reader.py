"""Events of a history, read by type."""

from __future__ import annotations

import pytest

from simulator.runs.folder.history_reader import HistoryEvent


def test_an_event_tells_which_state_is_entered_or_left() -> None:
    """And an event of another type tells neither."""
    entered = HistoryEvent({"type": "MapStateEntered", "stateEnteredEventDetails": {"name": "A", "input": "[1]"}})
    left = HistoryEvent({"type": "PassStateExited", "stateExitedEventDetails": {"name": "A", "output": '{"x":1}'}})
    assert (entered.state_entered, entered.state_exited, entered.input) == ("A", None, [1])
    assert (left.state_entered, left.state_exited, left.output) == (None, "A", {"x": 1})
    started = HistoryEvent({"type": "LambdaFunctionScheduled", "lambdaFunctionScheduledEventDetails": {"name": "A"}})
    assert (started.state_entered, started.state_exited) == (None, None)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("ExecutionSucceeded", "SUCCEEDED"),
        ("ExecutionFailed", "FAILED"),
        ("ExecutionTimedOut", "TIMED_OUT"),
        ("ExecutionAborted", "ABORTED"),
        ("ExecutionRedriven", None),
        ("MapRunFailed", None),
    ],
)
def test_only_the_end_of_the_execution_is_its_end(kind: str, status: str | None) -> None:
    """A redrive goes on; the end of a Map Run is another one's."""
    assert HistoryEvent({"type": kind}).execution_end == status


def test_variables_are_those_that_a_state_assigned() -> None:
    """Each is JSON text in the history."""
    event = {"type": "PassStateExited", "stateExitedEventDetails": {"assignedVariables": {"n": "1", "t": '"a"'}}}
    assert HistoryEvent(event).assigned_variables == {"n": 1, "t": "a"}


@pytest.mark.parametrize("damaged", [{}, {"type": None}, {"type": "ExecutionFailed", "executionFailedEventDetails": 7}])
def test_a_damaged_event_has_nothing_instead_of_an_error(damaged: dict[str, object]) -> None:
    """Only its input is asked for in vain, with a ValueError."""
    event = HistoryEvent(damaged)
    assert (event.id, event.error, event.cause, event.map_run_arn, event.assigned_variables) == (None,) * 4 + ({},)
    with pytest.raises(ValueError, match="no such JSON"):
        _ = event.input
