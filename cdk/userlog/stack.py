"""The whole pipeline as one stack: it only puts the components together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Environment, Stack, Tags

from userlog.acknowledgments import acknowledge_exceptions
from userlog.database import Database
from userlog.functions import Functions
from userlog.monitoring import Monitoring
from userlog.network import Network
from userlog.stage import AVAILABILITY_ZONES, REGION
from userlog.storage import Storage
from userlog.workflow import Workflow

if TYPE_CHECKING:
    from constructs import Construct

    from userlog.stage import Stage


class UserLogStack(Stack):
    """CSV upload -> S3 -> EventBridge -> Step Functions -> Lambda -> Aurora PostgreSQL and DynamoDB.

    The region is the design document's; the account is the caller's and is not looked up.

    Args:
        scope: the app.
        construct_id: the stack's name.
        stage: dev or prod, and the context options.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(
            scope,
            construct_id,
            env=Environment(region=REGION),
            description=f"CSV user-log pipeline ({stage.name})",
            termination_protection=stage.deletion_protection,
        )
        self.network = Network(self, "Network", stage=stage)
        self.storage = Storage(self, "Storage", stage=stage)
        self.database = Database(self, "Database", stage=stage, network=self.network, data_key=self.storage.data_key)
        self.functions = Functions(
            self, "Functions", stage=stage, network=self.network, storage=self.storage, database=self.database
        )
        self.workflow = Workflow(self, "Workflow", stage=stage, storage=self.storage, functions=self.functions)
        self.monitoring = Monitoring(
            self,
            "Monitoring",
            stage=stage,
            storage=self.storage,
            database=self.database,
            functions=self.functions,
            workflow=self.workflow,
        )
        self._write_outputs()
        Tags.of(self).add("project", "csv-user-log-pipeline")
        Tags.of(self).add("stage", stage.name)
        acknowledge_exceptions(self)

    @property
    def availability_zones(self) -> list[str]:
        """The two zones of the design document; without this the CLI would ask AWS for them."""
        return list(AVAILABILITY_ZONES)

    def _write_outputs(self) -> None:
        """Write what an operator and the dashboard need to know."""
        console = f"https://{REGION}.console.aws.amazon.com"
        outputs = {
            "InputBucketName": (self.storage.input_bucket.bucket_name, "Upload CSV files here"),
            "OutputBucketName": (self.storage.output_bucket.bucket_name, "results/ and rejected/ lie here"),
            "ProcessingLogsTableName": (self.storage.logs_table.table_name, "The audit trail"),
            "WorkflowArn": (self.workflow.workflow.state_machine_arn, "The workflow: one execution a file"),
            "DispatcherArn": (
                self.workflow.dispatcher.state_machine_arn,
                "Names the run after the upload and starts it",
            ),
            "RuleDeadLetterQueueUrl": (
                self.workflow.rule_dead_letter_queue.queue_url,
                "Events that reached no dispatcher",
            ),
            "DispatcherFailuresQueueUrl": (
                self.workflow.dispatcher_failures_queue.queue_url,
                "Events for which no run could be started",
            ),
            "MigratorFunctionName": (self.functions.migrator.function_name, "Invoke it with load_users or count_users"),
            "DatabaseClusterArn": (self.database.cluster.cluster_arn, "For the query editor and the Data API"),
            "DatabaseName": (self.database.name, "The database in the cluster"),
            "AlarmTopicArn": (self.monitoring.topic.topic_arn, "Subscribe to it to be told"),
            "DashboardUrl": (
                f"{console}/cloudwatch/home?region={REGION}#dashboards/dashboard/{self.monitoring.dashboard.dashboard_name}",
                "How the pipeline fares",
            ),
        }
        for name, (value, description) in outputs.items():
            CfnOutput(self, name, value=value, description=description)
