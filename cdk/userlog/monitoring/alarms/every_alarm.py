"""All alarms, in the order in which a file passes what they watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from userlog.monitoring.alarms.audit_table import audit_table_alarms
from userlog.monitoring.alarms.database import database_alarms
from userlog.monitoring.alarms.event_path import event_path_alarms
from userlog.monitoring.alarms.file_gate import file_gate_alarms
from userlog.monitoring.alarms.reports import report_alarms
from userlog.monitoring.alarms.rows import row_alarms
from userlog.monitoring.alarms.runs import run_alarms

if TYPE_CHECKING:
    from userlog.functions.functions import Functions
    from userlog.monitoring.alarm_rule import AlarmRule
    from userlog.monitoring.pipeline_metrics import PipelineMetrics
    from userlog.stage import Stage


def alarm_rules(metrics: PipelineMetrics, functions: Functions, stage: Stage) -> list[AlarmRule]:
    """Return all alarms. Tolerance and timeouts come from the definitions that are deployed."""
    return [
        *event_path_alarms(metrics, stage),
        *file_gate_alarms(metrics, stage),
        *run_alarms(metrics, stage),
        *report_alarms(metrics, stage),
        *row_alarms(metrics, functions, stage),
        *database_alarms(metrics, stage),
        *audit_table_alarms(metrics, stage),
    ]
