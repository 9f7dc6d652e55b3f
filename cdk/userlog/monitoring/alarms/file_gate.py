"""Files that wait for their turn, and the gate that gives it to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from userlog.monitoring.alarm_rule import AlarmRule

if TYPE_CHECKING:
    from userlog.monitoring.pipeline_metrics import PipelineMetrics
    from userlog.stage import Stage

LONG_WAIT_SECONDS = 2 * 60 * 60


def file_gate_alarms(metrics: PipelineMetrics, stage: Stage) -> list[AlarmRule]:
    """Return the alarms of the gate, its rule and their queue."""
    queue, table = stage.name_of("FileGateFailuresQueue"), stage.name_of("FileGateTable")
    return [
        AlarmRule(
            name="FileWaitsLong",
            metric=metrics.longest_wait(),
            threshold=LONG_WAIT_SECONDS,
            what_to_do=(
                f"A file has waited for its turn for {LONG_WAIT_SECONDS // 3600} hours; nothing is lost. "
                f"{stage.options.max_files} at a time may run. The item #turns of the table {table} names the "
                "executions that have their turn: let a large file finish, stop one that hangs (redrive it later), or "
                f"raise maxFiles in cdk/stages/{stage.name}.json if this is the usual load."
            ),
        ),
        AlarmRule(
            name="FilesNotLetIn",
            metric=metrics.waiting().unanswered,
            threshold=1,
            what_to_do=(
                "The file gate could not deal with the end of a run. A file that waits asks again every four minutes, "
                f"and then goes on. The attributes of the message in the queue {queue} say why: fix the cause, then "
                "delete the message."
            ),
        ),
        AlarmRule(
            name="FileGateFailed",
            metric=metrics.gate_failed(),
            threshold=1,
            unless=("FilesNotLetIn", "RunFailed"),
            what_to_do=(
                "An attempt of the file gate failed; it is tried again, and nothing is lost. If it comes again, its "
                f"log group says why: may it use the table {table} and its key, and answer executions? Runs that "
                "failed at WaitForTurn are redriven, and wait again."
            ),
        ),
    ]
