"""The functions of functions.json, and the migration at deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, RemovalPolicy, triggers
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from userlog.definitions import function_settings, results_prefix
from userlog.functions.bundle import functions_code
from userlog.functions.function_rights import (
    MIGRATOR_USER,
    PROCESSOR_USER,
    READER_USER,
    Policies,
    file_gate_policies,
    migrator_policies,
    open_endpoints,
    processor_policies,
    reader_policies,
    reporter_policies,
    validator_policies,
)
from userlog.functions.function_role import FunctionRole
from userlog.waiting_queue import WaitingQueue

if TYPE_CHECKING:
    from aws_cdk import aws_sns as sns

    from userlog.database.database import Database
    from userlog.network.network import Network
    from userlog.stage import Stage
    from userlog.storage.storage import Storage

LIVE = "live"
VALIDATOR, PROCESSOR, MIGRATOR = "CsvValidatorFunction", "UserLogProcessorFunction", "SchemaMigratorFunction"
READER = "UserReaderFunction"
REPORTER, FILE_GATE = "UserLogReporterFunction", "FileGateFunction"


class Functions(Construct):
    """The functions, each with a role and a log group of its own; those that need the database in the private subnets.

    Attributes:
        validator, processor, migrator, reporter, reader, file_gate: the functions.
        validator_alias, processor_alias, reporter_alias, file_gate_alias: what workflow and rules call: the version
            that is live.
        report_failures_queue: what neither the report rule nor the reporter could deal with.
        file_gate_failures_queue: what neither the gate's rule nor the gate could deal with.
        migration: depend on it to have the schema; a migration that fails makes the deployment fail.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        network: Network,
        storage: Storage,
        database: Database,
        file_topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        self._stage = stage
        self._network = network
        self._storage = storage
        self._database = database
        self._file_topic = file_topic
        self._code = functions_code(stage.options.python)
        self._roles: dict[str, FunctionRole] = {}
        self.validator = self._function("Validator", VALIDATOR, validator_policies(storage))
        self.processor = self._function(
            "Processor",
            PROCESSOR,
            processor_policies(storage, database),
            user=PROCESSOR_USER,
            reserved_concurrency=stage.options.reserved_concurrency,
        )
        self.migrator = self._function("Migrator", MIGRATOR, migrator_policies(storage, database), user=MIGRATOR_USER)
        self.reader = self._function(
            "Reader", READER, reader_policies(database), user=READER_USER, host=database.reader_host
        )
        self.report_failures_queue = WaitingQueue(
            self, "ReportFailuresQueue", name=stage.name_of("ReportFailuresQueue")
        )
        self.file_gate_failures_queue = WaitingQueue(
            self, "FileGateFailuresQueue", name=stage.name_of("FileGateFailuresQueue")
        )
        # Not in the network: Step Functions has no endpoint there, and it needs no database.
        self.reporter = self._function(
            "Reporter",
            REPORTER,
            reporter_policies(storage, stage, file_topic, self.report_failures_queue),
            in_network=False,
        )
        self.file_gate = self._function(
            "FileGate",
            FILE_GATE,
            file_gate_policies(storage, stage, self.file_gate_failures_queue),
            in_network=False,
        )
        open_endpoints(
            network,
            storage,
            validator=self._roles[VALIDATOR],
            processor=self._roles[PROCESSOR],
            migrator=self._roles[MIGRATOR],
        )
        self.migration = self._migration(function_settings(MIGRATOR)["timeoutSeconds"])
        self.validator_alias = self._alias("Validator", self.validator)
        self.processor_alias = self._alias("Processor", self.processor)
        self.reporter_alias = self._alias("Reporter", self.reporter)
        self.file_gate_alias = self._alias("FileGate", self.file_gate)
        # Until the schema fits the new code, the old code goes on.
        self.processor_alias.node.add_dependency(self.migration)

    def _function(
        self,
        construct_id: str,
        resource: str,
        policies: Policies,
        *,
        user: str = "",
        host: str | None = None,
        reserved_concurrency: int | None = None,
        in_network: bool = True,
    ) -> lambda_.Function:
        configuration = function_settings(resource)
        name = self._stage.name_of(resource)
        log_group = logs.LogGroup(
            self,
            f"{construct_id}Logs",
            log_group_name=f"/aws/lambda/{name}",
            retention=logs.RetentionDays.THREE_MONTHS,
            encryption_key=self._storage.data_key,
            removal_policy=RemovalPolicy.DESTROY,
        )
        role = FunctionRole(
            self,
            f"{construct_id}Role",
            function_name=name,
            log_group=log_group,
            policies=policies,
            in_network=in_network,
        )
        self._roles[resource] = role
        function = lambda_.Function(
            self,
            construct_id,
            function_name=name,
            description=configuration["description"],
            runtime=lambda_.Runtime(f"python{self._stage.options.python}", lambda_.RuntimeFamily.PYTHON),
            architecture=lambda_.Architecture.X86_64,
            handler=configuration["handler"],
            code=self._code,
            timeout=Duration.seconds(configuration["timeoutSeconds"]),
            memory_size=configuration["memoryMb"],
            environment=self._environment(configuration["environment"], user, host or self._database.host),
            # CDK would add statements to a role that it may change.
            role=role.without_policy_updates(),
            log_group=log_group,
            tracing=lambda_.Tracing.ACTIVE,
            dead_letter_queue=self._dead_letter_queue(configuration.get("deadLetterQueueArn")),
            reserved_concurrent_executions=reserved_concurrency,
            vpc=self._network.vpc if in_network else None,
            vpc_subnets=self._network.private_subnets if in_network else None,
            security_groups=[self._network.functions_security_group] if in_network else None,
            # An old version stays: the alias goes back to it in one step.
            current_version_options=lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE),
        )
        # The address of a restored cluster is another, although the template says it in the same words.
        function.invalidate_version_based_on(self._database.identifier)
        return function

    def _dead_letter_queue(self, arn: str | None) -> WaitingQueue | None:
        """Return the queue that functions.json names; KeyError for one that is not here."""
        if arn is None:
            return None
        return {
            "${ReportFailuresQueueArn}": self.report_failures_queue,
            "${FileGateFailuresQueueArn}": self.file_gate_failures_queue,
        }[arn]

    def _alias(self, construct_id: str, function: lambda_.Function) -> lambda_.Alias:
        return lambda_.Alias(self, f"{construct_id}Alias", alias_name=LIVE, version=function.current_version)

    def _environment(self, names: list[str], user: str, host: str) -> dict[str, str]:
        """Return the variables that functions.json names; KeyError for one that nothing here gives a value."""
        values = {
            "MAX_ROWS": str(self._stage.options.most_rows),
            "ROWS_PER_CHILD": str(self._stage.options.rows_per_child),
            "DATABASE_HOST": host,
            "DATABASE_READER_HOST": self._database.reader_host,
            "DATABASE_PORT": str(self._database.port),
            "DATABASE_NAME": self._database.name,
            "DATABASE_USER": user,
            "OUTPUT_BUCKET": self._storage.output_bucket.bucket_name,
            "RESULTS_PREFIX": results_prefix(),
            "SENDERS_TOPIC_ARN": self._file_topic.topic_arn,
            "PROCESSING_LOGS_TABLE": self._storage.logs_table.table_name,
            "FILE_GATE_TABLE": self._storage.gate_table.table_name,
            "MAX_FILES": str(self._stage.options.max_files),
        }
        return {name: values[name] for name in names}

    def _migration(self, timeout_seconds: int) -> triggers.Trigger:
        """Call the migrator when the stack is made, and whenever its package (so, a migration) has changed."""
        return triggers.Trigger(
            self,
            "Migration",
            handler=self.migrator,
            timeout=Duration.seconds(timeout_seconds),
            execute_after=[
                self._database.cluster,
                self._database.roles_ready,
                self._network.vpc,
                # The rules of the groups are resources of their own.
                self._network.functions_security_group,
                self._network.database_security_group,
            ],
        )
