"""The alarms: what is worth waking someone for, and what they are to do then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from userlog.pipeline_metrics import PERIOD

if TYPE_CHECKING:
    from userlog.functions import Functions
    from userlog.pipeline_metrics import PipelineMetrics
    from userlog.workflow import Workflow

# Sustained for a quarter of an hour; a peak of one period is how Serverless v2 is meant to be used.
SUSTAINED = 3


@dataclass(frozen=True, kw_only=True)
class AlarmRule:
    """One alarm.

    Args:
        name: CamelCase; the construct's id, and the alarm's name behind the stage's prefix.
        metric: what is watched, in periods of five minutes.
        threshold: alarms where the metric is at or above it.
        periods: for how many periods in a row.
        what_to_do: the alarm's description: what happened, and what to do.
    """

    name: str
    metric: cloudwatch.IMetric
    threshold: float
    periods: int = 1
    what_to_do: str


def alarm_rules(metrics: PipelineMetrics, functions: Functions, workflow: Workflow) -> list[AlarmRule]:
    """Return all alarms: event path, runs, functions, database, audit table."""
    return [
        *_event_path(metrics),
        *_runs(metrics),
        *_functions(metrics, functions),
        *_database(metrics),
        *_audit_table(metrics),
    ]
