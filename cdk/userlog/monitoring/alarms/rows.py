"""Rows that failed, and the functions that process them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from userlog.definitions import distributed_map, function_settings, results_prefix
from userlog.functions.functions import PROCESSOR, VALIDATOR
from userlog.monitoring.alarm_rule import SUSTAINED, AlarmRule
from userlog.monitoring.pipeline_metrics import PERIOD

if TYPE_CHECKING:
    from userlog.functions.functions import Functions
    from userlog.monitoring.pipeline_metrics import PipelineMetrics
    from userlog.stage import Stage

# Of a function's timeout, in per cent.
SLOW_PER_CENT = 80
# Throttled calls are repeated for more than a minute per row: fewer than this need no one.
MANY_THROTTLES = 25


def row_alarms(metrics: PipelineMetrics, functions: Functions, stage: Stage) -> list[AlarmRule]:
    """Return the alarms of rows, validator and processor. What fails a run is told by RunFailed alone."""
    return [*_rows(metrics, stage), *_processor(metrics, functions, stage), *_validator(functions)]


def _rows(metrics: PipelineMetrics, stage: Stage) -> list[AlarmRule]:
    tolerated = distributed_map()["ToleratedFailurePercentage"]
    tolerated_rows = distributed_map()["ToleratedFailureCount"]
    return [
        AlarmRule(
            name="RowsFailed",
            metric=metrics.rows("RowsFailed"),
            threshold=1,
            unless=("RunFailed", "RowsLostToOutage"),
            tells=stage.options.file_email is None,
            what_to_do=(
                f"Rows failed in a run that succeeded (up to {tolerated} % and {tolerated_rows} rows are tolerated). "
                f"FAILED_0.json below {results_prefix()}<map run>/ holds each row with its error. Have the sender "
                "correct and send these rows alone: as a new file they are newer than all that came before. "
                "(DatabaseError: attempts are counted, so a retry may have succeeded.)"
            ),
        ),
        AlarmRule(
            name="RowsLostToOutage",
            metric=metrics.rows_lost(),
            threshold=1,
            unless=("RunFailed",),
            what_to_do=(
                "Rows with nothing wrong in them were given up, because Aurora, DynamoDB or Lambda did not answer for "
                "more than a minute, in a run that SUCCEEDED all the same and cannot be redriven. Once the outage is "
                f"over, take the rows of FAILED_0.json below {results_prefix()}<map run>/ whose error is "
                "DatabaseError, States.Timeout or one of Lambda's, and upload them as a file of their own. Leave out "
                "users of whom a newer file has come: the upload would count as newer still."
            ),
        ),
    ]


def _processor(metrics: PipelineMetrics, functions: Functions, stage: Stage) -> list[AlarmRule]:
    tolerated = distributed_map()["ToleratedFailurePercentage"]
    limit = function_settings(PROCESSOR)["timeoutSeconds"]
    slow = limit * SLOW_PER_CENT / 100
    return [
        AlarmRule(
            name="ProcessorErrorRate",
            metric=metrics.error_rate(),
            threshold=tolerated,
            unless=("RunFailed", "RowsFailed"),
            what_to_do=(
                f"{tolerated} % or more of the processor's invocations end in an error. Its log group says why: "
                "DatabaseError means Aurora or DynamoDB (see the dashboard); InvalidRecordError or UserNotFoundError "
                "means the file, or users that were never loaded."
            ),
        ),
        AlarmRule(
            name="ProcessorSlow",
            metric=functions.processor.metric_duration(statistic="p99", period=PERIOD),
            threshold=slow * 1000,
            periods=SUSTAINED,
            what_to_do=(
                f"Rows take {slow:g} s or more; after {limit} s they fail. Look at Aurora's CPU, capacity and commit "
                f"latency: most likely its {stage.options.max_acu:g} ACU are used up, or another session holds locks "
                "on `users` (pg_stat_activity)."
            ),
        ),
        AlarmRule(
            name="ProcessorThrottled",
            metric=functions.processor.metric_throttles(period=PERIOD),
            threshold=MANY_THROTTLES,
            what_to_do=(
                "Lambda throttles the processor; retries may run out, and rows fail. Ask for a higher concurrency "
                f"quota, or set reservedConcurrency in cdk/stages/{stage.name}.json."
            ),
        ),
    ]


def _validator(functions: Functions) -> list[AlarmRule]:
    limit = function_settings(VALIDATOR)["timeoutSeconds"]
    slow = limit * SLOW_PER_CENT / 100
    return [
        AlarmRule(
            name="ValidatorFailed",
            metric=functions.validator.metric_errors(period=PERIOD),
            threshold=1,
            unless=("RunFailed",),
            what_to_do=(
                "The validator failed, and a retry cured it: the run goes on. Its log group says why. If it happens "
                "again and again: can it still read the object and use its key, and has it memory enough?"
            ),
        ),
        AlarmRule(
            name="ValidatorSlow",
            metric=functions.validator.metric_duration(statistic="max", period=PERIOD),
            threshold=slow * 1000,
            what_to_do=(
                f"Validating a file took {slow:g} s or more; after {limit} s its run fails. Have the file split, or "
                "give the validator more memory in functions.json."
            ),
        ),
        AlarmRule(
            name="ValidatorThrottled",
            metric=functions.validator.metric_throttles(period=PERIOD),
            threshold=MANY_THROTTLES,
            unless=("RunFailed",),
            what_to_do=(
                "Lambda throttles the validator; runs may fail at CSVFileValidation. Ask for a higher concurrency "
                "quota, and redrive the failed runs."
            ),
        ),
    ]
