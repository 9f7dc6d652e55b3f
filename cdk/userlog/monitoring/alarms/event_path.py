"""Uploads that started no run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from userlog.monitoring.alarm_rule import AlarmRule

if TYPE_CHECKING:
    from userlog.monitoring.pipeline_metrics import PipelineMetrics
    from userlog.stage import Stage


def event_path_alarms(metrics: PipelineMetrics, stage: Stage) -> list[AlarmRule]:
    """Return the alarms of the rule, the dispatcher and their queues."""
    waiting = metrics.waiting()
    replay = (
        f"Fix the cause, then send the event again: `simulator replay-events --stack {stage.name_of('Stack')}`. Do not "
        "upload the file again: that is a new event with a new time, and old totals would replace newer ones."
    )
    return [
        AlarmRule(
            name="UploadsUndelivered",
            metric=waiting.undelivered,
            threshold=1,
            what_to_do=(
                "EventBridge could not hand an upload to the dispatcher: the file was NOT processed. Read the message "
                f"in the queue {stage.name_of('RuleDeadLetterQueue')}: its attributes ERROR_CODE and ERROR_MESSAGE say "
                f"why (NO_PERMISSIONS: the rule's role; THROTTLING: the account's quota). {replay}"
            ),
        ),
        AlarmRule(
            name="UploadsUnstarted",
            metric=waiting.unstarted,
            threshold=1,
            what_to_do=(
                "The dispatcher could not start the workflow: the file was NOT processed. The message in the queue "
                f"{stage.name_of('DispatcherFailuresQueue')} holds the event, with error and cause in `error`. {replay}"
            ),
        ),
        AlarmRule(
            name="DispatcherFailed",
            metric=metrics.dispatches_lost(),
            threshold=1,
            unless=("UploadsUnstarted",),
            what_to_do=(
                "The dispatcher failed or timed out, and could not report it: the file was NOT processed. Find "
                "ExecutionFailed or ExecutionTimedOut in its log group: the ExecutionStarted of the same execution has "
                "the event as `input`. Fix the cause, then start the dispatcher with that input: `aws stepfunctions "
                "start-execution --state-machine-arn ... --input ...`."
            ),
        ),
        AlarmRule(
            name="RuleFailed",
            metric=metrics.rule("FailedInvocations"),
            threshold=1,
            unless=("UploadsUndelivered",),
            what_to_do=(
                "The upload rule gave up starting the dispatcher, and nothing is in the queue "
                f"{stage.name_of('RuleDeadLetterQueue')}: its policy no longer lets the rule write to it. Compare with "
                "the template (`npx cdk drift`)."
            ),
        ),
    ]
