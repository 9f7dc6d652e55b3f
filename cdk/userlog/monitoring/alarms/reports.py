"""Reports of runs that could not be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from userlog.monitoring.alarm_rule import AlarmRule
from userlog.monitoring.pipeline_metrics import PERIOD

if TYPE_CHECKING:
    from userlog.functions.functions import Functions


def report_alarms(functions: Functions) -> list[AlarmRule]:
    """Return the reporter's alarm."""
    return [
        AlarmRule(
            name="ReporterFailed",
            metric=functions.reporter.metric_errors(period=PERIOD),
            threshold=1,
            what_to_do=(
                "A run has ended and its report could not be written; the run itself is not affected. Lambda tries "
                "twice more. If the file has gone from the input bucket, there is no report. If not, the reporter's "
                "log group says why: fix that, and invoke it with the event that is logged there."
            ),
        ),
    ]
