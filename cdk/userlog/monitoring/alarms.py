"""The alarms: what an operator is told, and what to do about it.

Tolerance and timeouts come from the definitions that are deployed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from userlog.database.database import MAX_ACU
from userlog.definitions import definition, distributed_map, function_settings, rejected_prefix, results_prefix
from userlog.functions.functions import PROCESSOR, VALIDATOR
from userlog.monitoring.alarm_rule import AlarmRule
from userlog.monitoring.pipeline_metrics import PERIOD

if TYPE_CHECKING:
    from userlog.functions.functions import Functions
    from userlog.monitoring.pipeline_metrics import PipelineMetrics
    from userlog.stage import Stage

NEW_TIME = "Do not upload the file again: that is a new upload with a new time, which overwrites totals of newer files."
# Sustained for a quarter of an hour: Serverless v2 is meant to have peaks.
SUSTAINED = 3
# Of a function's timeout, in per cent.
SLOW_PER_CENT = 80
# Throttled calls are repeated for more than a minute per row: fewer than this need no one.
MANY_THROTTLES = 25
# Five connections per running file; 0.5 ACU allows for many more.
MANY_CONNECTIONS = 60
BUSY_PER_CENT = 80
CAPACITY_PER_CENT = 90
SLOW_COMMIT_MS = 100


def alarm_rules(metrics: PipelineMetrics, functions: Functions, stage: Stage) -> list[AlarmRule]:
    """Return all alarms, in the order in which a file passes what they watch."""
    return [
        *_event_path(metrics, stage),
        *_runs(metrics),
        *_reports(functions),
        *_rows(metrics, functions),
        *_database(metrics),
        *_audit_table(metrics, stage),
    ]


def _event_path(metrics: PipelineMetrics, stage: Stage) -> list[AlarmRule]:
    undelivered, unstarted = metrics.waiting()
    replay = (
        f"uv run python -m simulator replay-events --stack {stage.name_of('Stack')} (docs/deploy.md, section 5, has "
        "AWS's own commands). It keeps the upload's own time."
    )
    return [
        AlarmRule(
            name="UploadsUndelivered",
            metric=undelivered,
            threshold=1,
            what_to_do=(
                "EventBridge could not hand an upload to the dispatcher: the file was NOT processed. Read the message "
                f"in the queue {stage.name_of('RuleDeadLetterQueue')}: its attributes ERROR_CODE and ERROR_MESSAGE say "
                "why (NO_PERMISSIONS: the rule's role; THROTTLING: the account's quota). Fix the cause, then replay "
                f"the event: {replay}"
            ),
        ),
        AlarmRule(
            name="UploadsUnstarted",
            metric=unstarted,
            threshold=1,
            what_to_do=(
                "The dispatcher could not start the workflow: the file was NOT processed. The message in the queue "
                f"{stage.name_of('DispatcherFailuresQueue')} holds the event, with error and cause in `error`. Fix the "
                f"cause, then replay the event: {replay}"
            ),
        ),
        AlarmRule(
            name="DispatcherFailed",
            metric=metrics.dispatches_lost(),
            threshold=1,
            what_to_do=(
                f"The dispatcher failed or timed out. If {stage.alarm_name('UploadsUnstarted')} is in alarm too, do "
                "what it says. If not, the dispatcher could not report the failure: find ExecutionFailed in its log "
                f"group, and start the dispatcher again with the input that is logged there. {NEW_TIME}"
            ),
        ),
        AlarmRule(
            name="RuleFailed",
            metric=metrics.rule("FailedInvocations"),
            threshold=1,
            what_to_do=(
                f"The upload rule gave up starting the dispatcher. See {stage.alarm_name('UploadsUndelivered')}. If "
                "its queue is empty, the queue's policy no longer lets the rule write to it: compare with the template "
                "(`npx cdk drift`)."
            ),
        ),
    ]


def _runs(metrics: PipelineMetrics) -> list[AlarmRule]:
    return [
        AlarmRule(
            name="RunFailed",
            metric=metrics.executions("ExecutionsFailed"),
            threshold=1,
            what_to_do=(
                "A run failed. Open the execution in Step Functions. Failed at FileRejected: the file is invalid; "
                f"{rejected_prefix()}<execution>.json in the output bucket lists its errors by line; have it corrected "
                "and uploaded as a new file, which overwrites what newer files have written for the same users. Failed "
                "at UserLogDistributedMap: more rows failed than are tolerated; "
                f"FAILED_0.json below {results_prefix()} says why; fix the cause and redrive the execution "
                "within 14 days (only the failed rows run again). WorkflowFailed: an error of the system; fix it and "
                f"start the run again (docs/deploy.md, section 6). {NEW_TIME}"
            ),
        ),
        AlarmRule(
            name="RunTimedOut",
            metric=metrics.executions("ExecutionsTimedOut"),
            threshold=1,
            what_to_do=(
                f"A run took more than {definition('workflow.asl.json')['TimeoutSeconds'] // 3600} hours. Check the "
                "dashboard: is Aurora or Lambda slow? Fix the cause, then redrive the execution: only rows that were "
                "not done run again."
            ),
        ),
        AlarmRule(
            name="RunAborted",
            metric=metrics.executions("ExecutionsAborted"),
            threshold=1,
            what_to_do=(
                "Someone stopped a run: rows that were not done yet are missing. Redrive the execution: only rows that "
                f"were not done run again, with the file's own time. {NEW_TIME}"
            ),
        ),
        AlarmRule(
            name="RunThrottled",
            metric=metrics.executions("ExecutionThrottled"),
            threshold=1,
            periods=SUSTAINED,
            what_to_do=(
                "Step Functions throttles the workflow: runs are slow, nothing is lost. Find what else in the account "
                "starts executions, or ask for a higher StateTransition quota."
            ),
        ),
        AlarmRule(
            name="FileRejected",
            metric=metrics.files("FilesRejected"),
            threshold=1,
            what_to_do=(
                f"A file was rejected before any row was written. {rejected_prefix()}<execution>.json in the output "
                "bucket lists its errors by line: send the list to the author of the file."
            ),
        ),
    ]


def _reports(functions: Functions) -> list[AlarmRule]:
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


def _rows(metrics: PipelineMetrics, functions: Functions) -> list[AlarmRule]:
    validator, processor = functions.validator, functions.processor
    tolerated = distributed_map()["ToleratedFailurePercentage"]
    tolerated_rows = distributed_map()["ToleratedFailureCount"]
    validator_limit = function_settings(VALIDATOR)["timeoutSeconds"]
    processor_limit = function_settings(PROCESSOR)["timeoutSeconds"]
    validator_slow, processor_slow = _slow(validator_limit), _slow(processor_limit)
    return [
        AlarmRule(
            name="RowsFailed",
            metric=metrics.rows("RowsFailed"),
            threshold=1,
            what_to_do=(
                f"Rows failed. Their run may have succeeded (up to {tolerated} % and {tolerated_rows} rows are "
                "tolerated); then only this alarm reports them. FAILED_0.json below "
                f"{results_prefix()}<map run>/ holds each row with its error. Upload a file with only these rows, "
                "corrected; it counts as newer than all before it. (DatabaseError: attempts are counted, so a retry "
                "may have succeeded.)"
            ),
        ),
        AlarmRule(
            name="RowsLostToOutage",
            metric=metrics.rows_lost(),
            threshold=1,
            what_to_do=(
                "Rows with nothing wrong in them were given up, because Aurora, DynamoDB or Lambda did not answer for "
                "more than a minute. A run that SUCCEEDED all the same cannot be redriven. Once the outage is over: "
                f"redrive the runs that failed; of those that succeeded, upload the rows of FAILED_0.json below "
                f"{results_prefix()}<map run>/ whose error is DatabaseError, States.Timeout or one of Lambda's as a "
                f"file of their own, as they are, if no newer file has come since. {NEW_TIME}"
            ),
        ),
        AlarmRule(
            name="ProcessorErrorRate",
            metric=metrics.error_rate(),
            threshold=tolerated,
            what_to_do=(
                f"{tolerated} % or more of the processor's invocations end in an error. Its log group says why: "
                "DatabaseError means Aurora or DynamoDB (see the dashboard); InvalidRecordError or UserNotFoundError "
                "means the file, or users that were never loaded."
            ),
        ),
        AlarmRule(
            name="ProcessorSlow",
            metric=processor.metric_duration(statistic="p99", period=PERIOD),
            threshold=processor_slow * 1000,
            periods=SUSTAINED,
            what_to_do=(
                f"Rows take {processor_slow:g} s or more; after {processor_limit} s they fail. Look at Aurora's CPU, "
                f"capacity and commit latency: most likely its {MAX_ACU:g} ACU are used up, or another session holds "
                "locks on `users` (pg_stat_activity)."
            ),
        ),
        AlarmRule(
            name="ProcessorThrottled",
            metric=processor.metric_throttles(period=PERIOD),
            threshold=MANY_THROTTLES,
            what_to_do=(
                "Lambda throttles the processor; retries may run out, and rows fail. Ask for a higher concurrency "
                "quota, or set the context option reservedConcurrency."
            ),
        ),
        AlarmRule(
            name="ValidatorFailed",
            metric=validator.metric_errors(period=PERIOD),
            threshold=1,
            what_to_do=(
                "The validator failed: usually it can no longer read the object (deleted, or its key's policy "
                "changed). Its log group says why. Repair that, and start the run again (docs/deploy.md, section 6). "
                f"{NEW_TIME}"
            ),
        ),
        AlarmRule(
            name="ValidatorSlow",
            metric=validator.metric_duration(statistic="max", period=PERIOD),
            threshold=validator_slow * 1000,
            what_to_do=(
                f"Validating a file took {validator_slow:g} s or more; after {validator_limit} s its run fails. Have "
                "the file split, or give the validator more memory in functions.json."
            ),
        ),
        AlarmRule(
            name="ValidatorThrottled",
            metric=validator.metric_throttles(period=PERIOD),
            threshold=MANY_THROTTLES,
            what_to_do=(
                "Lambda throttles the validator; runs may fail at CSVFileValidation. Ask for a higher concurrency "
                f"quota, and start the failed runs again (docs/deploy.md, section 6). {NEW_TIME}"
            ),
        ),
    ]


def _database(metrics: PipelineMetrics) -> list[AlarmRule]:
    return [
        AlarmRule(
            name="AuroraConnections",
            metric=metrics.aurora("DatabaseConnections", "max"),
            threshold=MANY_CONNECTIONS,
            periods=SUSTAINED,
            what_to_do=(
                "More connections than ten files at once need. Find out who holds them (pg_stat_activity, by usename), "
                "and end those that should not be there."
            ),
        ),
        AlarmRule(
            name="AuroraCpu",
            metric=metrics.aurora("CPUUtilization"),
            threshold=BUSY_PER_CENT,
            periods=SUSTAINED,
            what_to_do=(
                f"Aurora's writer has been at {BUSY_PER_CENT} % CPU or more for a quarter of an hour. Performance "
                "Insights or pg_stat_activity shows the statement; a run alone does not cause this."
            ),
        ),
        AlarmRule(
            name="AuroraCapacity",
            metric=metrics.aurora_capacity("ACUUtilization"),
            threshold=CAPACITY_PER_CENT,
            periods=SUSTAINED,
            what_to_do=(
                f"Aurora has used {CAPACITY_PER_CENT} % or more of its {MAX_ACU} ACU for a quarter of an hour. Find "
                "what uses it (pg_stat_activity). If it is the usual load, raise MAX_ACU in "
                "cdk/userlog/database/database.py."
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


def _audit_table(metrics: PipelineMetrics, stage: Stage) -> list[AlarmRule]:
    table = stage.name_of("ProcessingLogsTable")
    return [
        AlarmRule(
            name="AuditTableErrors",
            metric=metrics.table_operations("SystemErrors", "system errors"),
            threshold=1,
            periods=2,
            what_to_do=(
                f"DynamoDB returns server errors on {table}: rows are retried, then fail. Look at AWS Health for the "
                "region, and redrive the failed runs when it is over."
            ),
        ),
        AlarmRule(
            name="AuditTableThrottled",
            metric=metrics.table_operations("ThrottledRequests", "throttled"),
            threshold=1,
            periods=2,
            what_to_do=(
                f"DynamoDB throttles {table}. On-demand tables double within minutes. If it goes on, one partition is "
                "hot (all items of a run share executionName): run fewer files at once."
            ),
        ),
    ]


def _slow(timeout_seconds: int) -> float:
    """Return after how many seconds a function that may run for `timeout_seconds` counts as slow."""
    return timeout_seconds * SLOW_PER_CENT / 100
