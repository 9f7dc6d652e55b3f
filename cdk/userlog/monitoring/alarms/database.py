"""Aurora: connections, memory, CPU, capacity, commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from userlog.monitoring.alarm_rule import SUSTAINED, AlarmRule
from userlog.options import CONNECTIONS_PER_CENT

if TYPE_CHECKING:
    from userlog.monitoring.pipeline_metrics import PipelineMetrics
    from userlog.stage import Stage

BUSY_PER_CENT = 80
CAPACITY_PER_CENT = 90
SLOW_COMMIT_MS = 100
MEMORY_PER_CENT = 10
BYTES_PER_ACU = 2 * 1024**3


def database_alarms(metrics: PipelineMetrics, stage: Stage) -> list[AlarmRule]:
    """Return the alarms of the cluster's writer. A failover is told by RDS itself (see alarm_topic)."""
    options = stage.options
    return [
        AlarmRule(
            name="AuroraConnections",
            metric=metrics.aurora("DatabaseConnections", "max"),
            threshold=options.many_connections,
            periods=SUSTAINED,
            what_to_do=(
                f"{CONNECTIONS_PER_CENT} % of Aurora's connections are taken (it allows about "
                f"{options.connection_limit} with {options.max_acu:g} ACU); the files that run take "
                f"{options.rows_at_once}. Find out who holds them (pg_stat_activity, by "
                "usename), and end those that should not be there."
            ),
        ),
        AlarmRule(
            name="AuroraMemory",
            metric=metrics.aurora("FreeableMemory", "min"),
            threshold=int(options.max_acu * BYTES_PER_ACU) * MEMORY_PER_CENT // 100,
            below=True,
            periods=SUSTAINED,
            what_to_do=(
                f"Less than {MEMORY_PER_CENT} % of the memory of {options.max_acu:g} ACU is free, so Aurora cannot "
                f"grow any more. Find what uses it (pg_stat_activity), or raise maxAcu in cdk/stages/{stage.name}.json."
            ),
        ),
        AlarmRule(
            name="AuroraCpu",
            metric=metrics.aurora("CPUUtilization"),
            threshold=BUSY_PER_CENT,
            periods=SUSTAINED,
            what_to_do=(
                f"Aurora's writer has been at {BUSY_PER_CENT} % CPU or more for a quarter of an hour. Database "
                "Insights or pg_stat_activity shows the statement; a run alone does not cause this."
            ),
        ),
        AlarmRule(
            name="AuroraCapacity",
            metric=metrics.aurora_capacity("ACUUtilization"),
            threshold=CAPACITY_PER_CENT,
            periods=SUSTAINED,
            what_to_do=(
                f"Aurora has used {CAPACITY_PER_CENT} % or more of its {options.max_acu:g} ACU for a quarter of an "
                "hour. Find what uses it (pg_stat_activity). If it is the usual load, raise maxAcu in "
                f"cdk/stages/{stage.name}.json."
            ),
        ),
        AlarmRule(
            name="AuroraCommitLatency",
            metric=metrics.aurora("CommitLatency"),
            threshold=SLOW_COMMIT_MS,
            periods=SUSTAINED,
            what_to_do=(
                f"Commits take {SLOW_COMMIT_MS} ms or more: every row is slow. Look at Aurora's capacity, and at AWS "
                "Health for the region."
            ),
        ),
    ]
