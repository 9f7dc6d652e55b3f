"""RedriveExecution by a client: which redrive an execution gets, and what a refusal says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from simulator.aws.errors import ApiError
from simulator.pipeline.redriving.redrive import RequestedRedrives
from simulator.runs.store import RunStore
from tests.unit.runs.made_runs import execution, finished_run

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.aws.asl.runtime.listener import ExecutionInfo


def redrives(home: Path, others: Any) -> RequestedRedrives:
    """Redrives in a session of which no more is asked than what a refusal needs."""
    resources = SimpleNamespace(workflow_arn=execution().machine_arn)
    session: Any = SimpleNamespace(resources=resources, store=RunStore(home))
    return RequestedRedrives(session, others)


def test_another_machines_execution_is_redriven_from_the_archive(tmp_path: Path) -> None:
    """No run folder is looked for."""
    asked: list[ExecutionInfo] = []
    info = execution(machine_arn="arn:aws:states:ap-northeast-1:123456789012:stateMachine:other")
    redrives(tmp_path, asked.append)(info)
    assert asked == [info]


@pytest.mark.parametrize(
    ("recorded", "words"),
    [(True, "Execution is SUCCEEDED and cannot be redriven"), (False, "There is no run yet")],
)
def test_a_run_that_cannot_be_redriven_is_refused_in_the_apis_terms(tmp_path: Path, recorded: bool, words: str) -> None:
    """With the same words as the command `redrive` has."""
    if recorded:
        finished_run(tmp_path)
    with pytest.raises(ApiError, match=words) as caught:
        redrives(tmp_path, None)(execution())
    assert caught.value.name == "ExecutionNotRedrivable"
