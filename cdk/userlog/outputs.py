"""The stack's outputs: what `cdk deploy` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput

from userlog.definitions import rejected_prefix, results_prefix
from userlog.stage import REGION

if TYPE_CHECKING:
    from userlog.stack import UserLogStack
    from userlog.stage import Stage


def write_outputs(stack: UserLogStack, stage: Stage) -> None:
    """Write what an operator needs: names, addresses, the dashboard's URL."""
    console = f"https://{REGION}.console.aws.amazon.com"
    outputs = {
        "InputBucketName": (stack.storage.input_bucket.bucket_name, "Upload CSV files here"),
        "OutputBucketName": (
            stack.storage.output_bucket.bucket_name,
            f"{results_prefix()} and {rejected_prefix()} are here",
        ),
        "ProcessingLogsTableName": (stack.storage.logs_table.table_name, "The audit trail"),
        "WorkflowArn": (stack.workflow.workflow.state_machine_arn, "The workflow: one execution per file"),
        "DispatcherArn": (
            stack.workflow.dispatcher.state_machine_arn,
            "Names the run after the upload and starts it",
        ),
        "RuleDeadLetterQueueUrl": (
            stack.workflow.rule_dead_letter_queue.queue_url,
            "Events that reached no dispatcher",
        ),
        "DispatcherFailuresQueueUrl": (
            stack.workflow.dispatcher_failures_queue.queue_url,
            "Events for which no run could be started",
        ),
        "ReportFailuresQueueUrl": (
            stack.functions.report_failures_queue.queue_url,
            "Ends of runs for which no report was written",
        ),
        "FileGateFailuresQueueUrl": (
            stack.functions.file_gate_failures_queue.queue_url,
            "Ends of runs that let no file in",
        ),
        "FileGateTableName": (stack.storage.gate_table.table_name, "Which runs have their turn, and which wait"),
        "ReporterFunctionName": (stack.functions.reporter.function_name, "Invoke it with the message of such an end"),
        "MigratorFunctionName": (stack.functions.migrator.function_name, "Invoke it with load_users or count_users"),
        "UserReaderFunctionName": (stack.functions.reader.function_name, "The dashboard asks it for users' totals"),
        "DatabaseClusterArn": (stack.database.cluster.cluster_arn, "For the query editor and the Data API"),
        "DatabaseName": (stack.database.name, "The database in the cluster"),
        "DataKeyArn": (stack.storage.data_key.key_arn, "Encrypts the buckets: an uploader in another account names it"),
        "FileTopicArn": (stack.file_topic.topic_arn, "Subscribe to it to be told what became of each file"),
        "Protection": (
            "on"
            if stage.options.deletion_protection
            else f"OFF: anyone may delete the stack and its database. Is the first deployment done? Then set "
            f"deletionProtection to true in cdk/stages/{stage.name}.json, and deploy again."
            if stage.keeps_data
            else "off: this stage is made to be destroyed",
            "Whether AWS refuses to delete stack, table and cluster",
        ),
        "AlarmTopicArn": (stack.monitoring.topic.topic_arn, "Subscribe to it to get the alarms"),
        "DashboardUrl": (
            f"{console}/cloudwatch/home?region={REGION}#dashboards/dashboard/{stack.monitoring.dashboard.dashboard_name}",
            "Alarms, files, rows, functions, database",
        ),
    }
    if stack.operators is not None:
        outputs["OperatorPolicyArn"] = (stack.operators.managed_policy_arn, "Attach it to the roles of operators")
    for name, (value, description) in outputs.items():
        CfnOutput(stack, name, value=value, description=description)
