"""The archive of a cloud that does not last."""

from __future__ import annotations

from datetime import UTC, datetime

from simulator.aws.asl.runtime.listener import ExecutionInfo, MapRunInfo
from simulator.aws.stepfunctions.recent_archive import MOST, RecentArchive

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def execution(name: str, kind: str = "execution") -> ExecutionInfo:
    """Return an execution that has ended."""
    return ExecutionInfo(
        arn=f"arn:aws:states:r:1:{kind}:flow:{name}",
        name=name,
        machine_arn="arn:aws:states:r:1:stateMachine:flow",
        machine_name="flow",
        definition="{}",
        input={},
        status="SUCCEEDED",
        started=NOW,
        stopped=NOW,
    )


def map_run(of: ExecutionInfo, status: str) -> MapRunInfo:
    """Return a Map Run of an execution."""
    return MapRunInfo(
        arn=f"arn:aws:states:r:1:mapRun:flow/L:{of.name}",
        parent_arn=of.arn,
        status=status,
        started=NOW,
        stopped=None,
        max_concurrency=1,
        tolerated_failure_percentage=0.0,
        tolerated_failure_count=0,
    )


def test_an_execution_that_has_ended_is_found_with_its_map_runs() -> None:
    """A function that its end has started asks for both."""
    archive, one = RecentArchive(), execution("a")
    archive.map_run_changed(map_run(one, "RUNNING"))
    archive.map_run_changed(map_run(one, "SUCCEEDED"))
    assert archive.execution(one.arn) is None
    archive.execution_ended(one)
    assert archive.execution(one.arn) == one
    assert list(archive.executions(one.machine_arn)) == [one]
    assert [found.status for found in archive.map_runs(one.arn)] == ["SUCCEEDED"]
    assert archive.map_run(map_run(one, "").arn) is not None


def test_express_executions_and_the_oldest_are_not_kept() -> None:
    """Nothing grows with the number of runs."""
    archive = RecentArchive()
    archive.execution_ended(execution("x", "express"))
    for number in range(MOST + 1):
        one = execution(str(number))
        archive.map_run_changed(map_run(one, "SUCCEEDED"))
        archive.execution_ended(one)
    assert len(list(archive.executions(one.machine_arn))) == MOST
    assert archive.execution(execution("0").arn) is None
    assert archive.map_run(map_run(execution("0"), "").arn) is None
