"""The event path and the workflow: rule -> dispatcher -> workflow, from the files that the simulator runs too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from userlog.definitions import DEFINITIONS, definition, workflow_text
from userlog.storage.data_key import machine_arn
from userlog.waiting_queue import WaitingQueue
from userlog.workflow.defined_rule import DefinedRule
from userlog.workflow.machine_role import MachineRole, allow
from userlog.workflow.workflow_role import workflow_policies

if TYPE_CHECKING:
    from userlog.functions.functions import Functions
    from userlog.stage import Stage
    from userlog.storage.storage import Storage


# One call of KMS in this time per machine, not one per execution.
KEY_REUSED_SECONDS = 300
RULE_FILES = {"Report": "report_rule", "FileGate": "file_gate_rule"}


class Workflow(Construct):
    """Two state machines, the rule that starts the first, and a queue for what either of the two cannot start.

    Args:
        scope: the parent construct.
        construct_id: its name below the parent.
        stage: gives names, and says what is kept when the stack is deleted.
        storage: buckets, table and their key.
        functions: what the workflow calls; the rule comes last, when the schema is there.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: Stage, storage: Storage, functions: Functions
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        self._storage = storage
        self.rule_dead_letter_queue = self._queue("RuleDeadLetterQueue")
        self.dispatcher_failures_queue = self._queue("DispatcherFailuresQueue")
        self._placeholders = {
            "InputBucketName": storage.input_bucket.bucket_name,
            "OutputBucketName": storage.output_bucket.bucket_name,
            "ProcessingLogsTableName": storage.logs_table.table_name,
            "CsvValidatorFunctionArn": functions.validator_alias.function_arn,
            "UserLogProcessorFunctionArn": functions.processor_alias.function_arn,
            "UserLogReporterFunctionArn": functions.reporter_alias.function_arn,
            "FileGateFunctionArn": functions.file_gate_alias.function_arn,
            "DispatcherFailuresQueueUrl": self.dispatcher_failures_queue.queue_url,
            "RuleDeadLetterQueueArn": self.rule_dead_letter_queue.queue_arn,
        }
        self._numbers = {"MapConcurrency": stage.options.map_concurrency}
        self.name = stage.name_of("Workflow")
        workflow_role = MachineRole(
            self,
            "WorkflowRole",
            description="What the workflow may do: read uploads, call three functions, write results and audit items",
            machine=machine_arn(stage, "Workflow"),
            data_key=storage.data_key,
            policies=workflow_policies(
                self.name,
                storage=storage,
                functions=functions,
                counts_rows=stage.options.rows_per_child > 1,
            ),
        )
        self._log_groups: dict[str, logs.LogGroup] = {}
        self.workflow = self._machine(
            "Workflow", self.name, "workflow.asl.json", workflow_role, sfn.StateMachineType.STANDARD
        )
        self._placeholders["WorkflowArn"] = self.workflow.state_machine_arn
        dispatcher_role = MachineRole(
            self,
            "DispatcherRole",
            description="What the dispatcher may do: start the workflow, and report what it could not start",
            machine=machine_arn(stage, "Dispatcher"),
            data_key=storage.data_key,
            policies={
                "StartWorkflow": [allow(["states:StartExecution"], [self.workflow.state_machine_arn])],
                "ReportFailure": [allow(["sqs:SendMessage"], [self.dispatcher_failures_queue.queue_arn])],
            },
        )
        self.dispatcher = self._machine(
            "Dispatcher",
            stage.name_of("Dispatcher"),
            "dispatcher.asl.json",
            dispatcher_role,
            sfn.StateMachineType.EXPRESS,
        )
        self._placeholders["DispatcherArn"] = self.dispatcher.state_machine_arn
        self.rule = self._rule(stage.name_of("UploadRule"))
        self.report_rule = self._status_rule(
            "Report",
            "Reporter",
            functions.reporter_alias,
            functions.report_failures_queue,
            "UserLogReporterFunctionArn",
        )
        self.file_gate_rule = self._status_rule(
            "FileGate", "FileGate", functions.file_gate_alias, functions.file_gate_failures_queue, "FileGateFunctionArn"
        )
        # No upload is taken before the schema is there.
        self.rule.node.add_dependency(functions.migration)

    def _status_rule(
        self, kind: str, called: str, function: lambda_.IAlias, failures: WaitingQueue, function_placeholder: str
    ) -> DefinedRule:
        """Return a rule of the workflow's status changes: `report_rule.json` for the kind `Report`."""
        name = self._stage.name_of(f"{kind}Rule")
        placeholders = {
            f"{kind}RuleName": name,
            "WorkflowArn": self.workflow.state_machine_arn,
            function_placeholder: function.function_arn,
            f"{kind}FailuresQueueArn": failures.queue_arn,
        }
        failures.admit_rule(name)
        file = f"{RULE_FILES[kind]}.json"
        rule = DefinedRule(self, f"{kind}Rule", file, placeholders=placeholders)
        lambda_.CfnPermission(
            self,
            f"RuleCalls{called}",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="events.amazonaws.com",
            source_arn=rule.attr_arn,
        )
        return rule

    def _queue(self, resource: str) -> WaitingQueue:
        return WaitingQueue(self, resource, name=self._stage.name_of(resource))

    def _machine(
        self, construct_id: str, name: str, file: str, role: iam.Role, kind: sfn.StateMachineType
    ) -> sfn.StateMachine:
        """Return a machine that runs `file`; of its placeholders, those that the file has are filled in.

        Logged in full: an EXPRESS execution, and each row is one, keeps its history nowhere else.
        """
        text = (
            workflow_text(self._numbers, rows_per_child=self._stage.options.rows_per_child)
            if kind == sfn.StateMachineType.STANDARD
            else (DEFINITIONS / file).read_text(encoding="utf-8")
        )
        group = logs.LogGroup(
            self,
            f"{construct_id}Logs",
            log_group_name=f"/aws/vendedlogs/states/{name}",
            retention=self._stage.log_retention,
            encryption_key=self._storage.data_key,
            removal_policy=self._stage.removal_policy,
        )
        self._log_groups[construct_id] = group
        machine = sfn.StateMachine(
            self,
            construct_id,
            state_machine_name=name,
            state_machine_type=kind,
            definition_body=sfn.DefinitionBody.from_string(text),
            definition_substitutions={key: arn for key, arn in self._placeholders.items() if f"${{{key}}}" in text},
            # As it is: what the construct would add is written out in MachineRole.
            role=role.without_policy_updates(),
            logs=sfn.LogOptions(destination=group, level=sfn.LogLevel.ALL, include_execution_data=True),
            tracing_enabled=True,
        )
        resource = machine.node.default_child
        if not isinstance(resource, sfn.CfnStateMachine):
            raise TypeError("CDK no longer makes a state machine as this code expects")
        # By itself CDK would let the delivery of logs decrypt everything that is under the key.
        resource.encryption_configuration = sfn.CfnStateMachine.EncryptionConfigurationProperty(
            type="CUSTOMER_MANAGED_KMS_KEY",
            kms_key_id=self._storage.data_key.key_arn,
            kms_data_key_reuse_period_seconds=KEY_REUSED_SECONDS,
        )
        return machine

    def runs_that_failed(self, metric_name: str, namespace: str) -> logs.MetricFilter:
        """Count runs that failed, those whose file was rejected left out: the metric of Step Functions has both."""
        rejected = definition("workflow.asl.json")["States"]["DescribeRejection"]["Parameters"]["Error"]
        return self._counted(
            "RunsFailed",
            '{ ($.type = "ExecutionFailed") && ($.execution_arn = "*:execution:*") && '
            f'(($.details.error NOT EXISTS) || ($.details.error != "{rejected}")) }}',
            metric_name,
            namespace,
        )

    def rows_lost_to_an_outage(self, metric_name: str, namespace: str) -> logs.MetricFilter:
        """Count rows that were given up after the last retry: their executions end with an error that is tried again.

        Standard workflow log entries: `type`, `execution_arn`, `details.error`.
        """
        child = json.loads((DEFINITIONS / "workflow.asl.json").read_text(encoding="utf-8"))
        row = child["States"]["UserLogDistributedMap"]["ItemProcessor"]["States"]["ProcessUserLog"]
        errors = " || ".join(
            f'($.details.error = "{name}")' for retrier in row["Retry"] for name in retrier["ErrorEquals"]
        )
        return self._counted(
            "RowsLostToOutage",
            f'{{ ($.type = "ExecutionFailed") && ($.execution_arn = "*:express:*") && ({errors}) }}',
            metric_name,
            namespace,
        )

    def _counted(self, construct_id: str, pattern: str, metric_name: str, namespace: str) -> logs.MetricFilter:
        return self._log_groups["Workflow"].add_metric_filter(
            construct_id,
            filter_pattern=logs.FilterPattern.literal(pattern),
            metric_namespace=f"{namespace}/{self.name}",
            metric_name=metric_name,
            metric_value="1",
        )

    def _rule(self, name: str) -> DefinedRule:
        role = iam.Role(
            self,
            "RuleRole",
            description="Lets the upload rule start the dispatcher",
            assumed_by=iam.ServicePrincipal(
                "events.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
            inline_policies={
                "StartDispatcher": iam.PolicyDocument(
                    statements=[allow(["states:StartExecution"], [self.dispatcher.state_machine_arn])]
                )
            },
        )
        self.rule_dead_letter_queue.admit_rule(name)
        placeholders = {**self._placeholders, "UploadRuleName": name, "RuleRoleArn": role.role_arn}
        return DefinedRule(self, "UploadRule", "upload_rule.json", placeholders=placeholders)
