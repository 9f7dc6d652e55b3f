"""The alarms: what is worth telling someone, and what they are to do then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from userlog.monitoring.alarm_rule import AlarmRule
from userlog.monitoring.pipeline_metrics import PERIOD
from userlog.storage.audit_table import audit_table_name
from userlog.workflow.workflow import DISPATCHER_FAILURES, RULE_DEAD_LETTERS

if TYPE_CHECKING:
    from userlog.functions.functions import Functions
    from userlog.monitoring.pipeline_metrics import PipelineMetrics
    from userlog.stage import Stage

# Sustained for a quarter of an hour: Serverless v2 is meant to have peaks.
SUSTAINED = 3
# Of a function's timeout (functions.json: 10 s and 300 s), in milliseconds: 80 %.
PROCESSOR_SLOW_MS, VALIDATOR_SLOW_MS = 8_000, 240_000
# Throttled calls are repeated for more than a minute a row; fewer than this cure themselves.
MANY_THROTTLES = 25
# The workflow's tolerance, in per cent of the rows.
TOLERATED_ERRORS = 5
# Five connections a running file; 0.5 ACU allows for many more.
MANY_CONNECTIONS = 60
BUSY_PER_CENT = 80
CAPACITY_PER_CENT = 90
SLOW_COMMIT_MS = 100


def alarm_rules(metrics: PipelineMetrics, functions: Functions, stage: Stage) -> list[AlarmRule]:
    """Return all alarms, in the order in which a file passes what they watch; texts name things as `stage` does."""
    return [
        *_event_path(metrics, stage),
        *_runs(metrics),
        *_rows(metrics, functions),
        *_database(metrics),
        *_audit_table(metrics, stage),
    ]


def _event_path(metrics: PipelineMetrics, stage: Stage) -> list[AlarmRule]:
    undelivered, unstarted = metrics.waiting()
    return [
        AlarmRule(
            name="UploadsUndelivered",
            metric=undelivered,
            threshold=1,
            what_to_do=(
                "EventBridge could not hand an upload to the dispatcher: the file was NOT processed. Read the message "
                f"in the queue {stage.suffixed(RULE_DEAD_LETTERS)}: its attributes ERROR_CODE and ERROR_MESSAGE "
                "say why (NO_PERMISSIONS: the rule's role; THROTTLING: the account's quota). Correct that, copy the "
                "object onto itself to send the event again, then delete the message."
            ),
        ),
        AlarmRule(
            name="UploadsUnstarted",
            metric=unstarted,
            threshold=1,
            what_to_do=(
                "The dispatcher could not start the workflow: the file was NOT processed. The message in the queue "
                f"{stage.suffixed(DISPATCHER_FAILURES)} holds the event, with error and cause in `error`. "
                "Correct that, copy the object onto itself to send the event again, then delete the message."
            ),
        ),
        AlarmRule(
            name="DispatcherFailed",
            metric=metrics.dispatches_lost(),
            threshold=1,
            what_to_do=(
                f"The dispatcher failed or timed out. If {stage.alarm_name('UploadsUnstarted')} is in alarm "
                "too, do what that says. If not, it could not even report: look for ExecutionFailed in its log group "
                "for the event, and copy that object onto itself."
            ),
        ),
        AlarmRule(
            name="RuleFailed",
            metric=metrics.rule("FailedInvocations"),
            threshold=1,
            what_to_do=(
                "The upload rule failed to start the dispatcher for good. See "
                f"{stage.alarm_name('UploadsUndelivered')}; if its queue is empty, the queue's policy no longer lets "
                "the rule write to it: compare with the template (`npx cdk drift`)."
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
                "A run failed. Open the execution in Step Functions. Failed at FileRejected: the file is bad; "
                "rejected/<execution>.json in the output bucket lists its faults by line; have it corrected and "
                "uploaded anew. Failed at UserLogDistributedMap: more rows failed than are tolerated; FAILED_0.json "
                "below results/ says why; correct that, and redrive the execution within 14 days (only the failed "
                "rows run again). WorkflowFailed: an error of the system; upload the file again once it is corrected."
            ),
        ),
        AlarmRule(
            name="RunTimedOut",
            metric=metrics.executions("ExecutionsTimedOut"),
            threshold=1,
            what_to_do=(
                "A run took more than 12 hours. Look whether Aurora or Lambda is slow (dashboard), correct that, then "
                "redrive the execution: only rows that were not done run again."
            ),
        ),
        AlarmRule(
            name="RunAborted",
            metric=metrics.executions("ExecutionsAborted"),
            threshold=1,
            what_to_do=(
                "Someone stopped a run: rows that were not done yet are missing. Redrive the execution, or upload the "
                "file again: rows that are done do not change by being repeated."
            ),
        ),
        AlarmRule(
            name="RunThrottled",
            metric=metrics.executions("ExecutionThrottled"),
            threshold=1,
            periods=SUSTAINED,
            what_to_do=(
                "Step Functions throttles the workflow: runs are slow, nothing is lost. See what else in the account "
                "starts executions, or ask for a higher StateTransition quota."
            ),
        ),
        AlarmRule(
            name="FileRejected",
            metric=metrics.files("FilesRejected"),
            threshold=1,
            what_to_do=(
                "A file was rejected before any row was written. rejected/<execution>.json in the output bucket lists "
                "its faults by line: send them to whoever made the file."
            ),
        ),
    ]


def _rows(metrics: PipelineMetrics, functions: Functions) -> list[AlarmRule]:
    validator, processor = functions.validator, functions.processor
    return [
        AlarmRule(
            name="RowsFailed",
            metric=metrics.rows("RowsFailed"),
            threshold=1,
            what_to_do=(
                "Rows failed; their run may have succeeded all the same (up to 5 % and 50 rows are tolerated), and "
                "nothing else tells of them. FAILED_0.json below results/<map run>/ holds each with its error. Upload a"
                " file with the corrected rows alone. (DatabaseError: attempts are counted, a retry may have cured it.)"
            ),
        ),
        AlarmRule(
            name="RowsLostToOutage",
            metric=metrics.rows_lost(),
            threshold=1,
            what_to_do=(
                "Rows with nothing wrong in them were given up, because Aurora, DynamoDB or Lambda did not answer for "
                "more than a minute. A run that SUCCEEDED all the same cannot be redriven. Once the outage is over: "
                "redrive the runs that failed; of those that succeeded, upload the rows of FAILED_0.json below results/"
                "<map run>/ whose error is DatabaseError, States.Timeout or one of Lambda's as a file of their own, as "
                "they are, or the whole file again if no newer one has come since."
            ),
        ),
        AlarmRule(
            name="ProcessorErrorRate",
            metric=metrics.error_rate(),
            threshold=TOLERATED_ERRORS,
            what_to_do=(
                "5 % or more of the processor's invocations end in an error. Its log group says why: DatabaseError "
                "means Aurora or DynamoDB (dashboard), InvalidRecordError or UserNotFoundError the file, or users that "
                "were never loaded."
            ),
        ),
        AlarmRule(
            name="ProcessorSlow",
            metric=processor.metric_duration(statistic="p99", period=PERIOD),
            threshold=PROCESSOR_SLOW_MS,
            periods=SUSTAINED,
            what_to_do=(
                "Rows take 8 s and more, of the 10 s after which they are given up. Look at Aurora's CPU, capacity and "
                "commit latency: most likely its 2 ACU are used up, or another session holds locks on `users` "
                "(pg_stat_activity)."
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
                "The validator failed: usually the object cannot be read any more (deleted, or its key's policy "
                "changed). Its log group says which; upload the file again."
            ),
        ),
        AlarmRule(
            name="ValidatorSlow",
            metric=validator.metric_duration(statistic="max", period=PERIOD),
            threshold=VALIDATOR_SLOW_MS,
            what_to_do=(
                "Validating a file took 240 s and more, of the 300 s after which its run fails. Have it split into "
                "smaller files, or give the validator more memory in functions.json."
            ),
        ),
        AlarmRule(
            name="ValidatorThrottled",
            metric=validator.metric_throttles(period=PERIOD),
            threshold=MANY_THROTTLES,
            what_to_do=(
                "Lambda throttles the validator; runs may fail at CSVFileValidation. Ask for a higher concurrency "
                "quota; upload again what failed."
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
                "More connections than ten files at once need. See who holds them (pg_stat_activity, by usename); end "
                "those that should not be there."
            ),
        ),
        AlarmRule(
            name="AuroraCpu",
            metric=metrics.aurora("CPUUtilization"),
            threshold=BUSY_PER_CENT,
            periods=SUSTAINED,
            what_to_do=(
                "Aurora's writer is at 80 % CPU for a quarter of an hour. Performance Insights or pg_stat_activity "
                "names the statement; a run alone does not do this."
            ),
        ),
        AlarmRule(
            name="AuroraCapacity",
            metric=metrics.aurora_capacity("ACUUtilization"),
            threshold=CAPACITY_PER_CENT,
            periods=SUSTAINED,
            what_to_do=(
                "Aurora uses 90 % of its 2.0 ACU for a quarter of an hour. Find what uses it (pg_stat_activity); if it "
                "is the usual load, raise the cluster's highest capacity in database.py."
            ),
        ),
        AlarmRule(
            name="AuroraCommitLatency",
            metric=metrics.aurora("CommitLatency"),
            threshold=SLOW_COMMIT_MS,
            periods=SUSTAINED,
            what_to_do=(
                "Commits take 100 ms and more: every row is slow. Look at Aurora's capacity, and at AWS Health for the "
                "region."
            ),
        ),
    ]


def _audit_table(metrics: PipelineMetrics, stage: Stage) -> list[AlarmRule]:
    table = audit_table_name(stage)
    return [
        AlarmRule(
            name="AuditTableErrors",
            metric=metrics.table_operations("SystemErrors", "system errors"),
            threshold=1,
            periods=2,
            what_to_do=(
                f"DynamoDB fails on {table}: rows are retried, then fail. Look at AWS Health for the region; "
                "redrive the failed runs when it is over."
            ),
        ),
        AlarmRule(
            name="AuditTableThrottled",
            metric=metrics.table_operations("ThrottledRequests", "throttled"),
            threshold=1,
            periods=2,
            what_to_do=(
                f"DynamoDB throttles {table}. On-demand tables double within minutes; if it stays, one partition "
                "is hot (all of a run's items share executionName): run fewer files at once."
            ),
        ),
    ]
