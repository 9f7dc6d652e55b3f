"""The whole pipeline as one stack: it only puts the components together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Environment, Stack, Tags

from userlog.acknowledgments import acknowledge_exceptions
from userlog.database.database import Database
from userlog.functions.functions import Functions
from userlog.functions.provider_logs import give_providers_log_groups
from userlog.monitoring.file_topic import FileTopic
from userlog.monitoring.monitoring import Monitoring
from userlog.network.network import Network
from userlog.operators.operator_policy import OperatorPolicy
from userlog.outputs import write_outputs
from userlog.stage import AVAILABILITY_ZONES, REGION
from userlog.storage.storage import Storage
from userlog.workflow.workflow import Workflow

if TYPE_CHECKING:
    from constructs import Construct

    from userlog.stage import Stage


class UserLogStack(Stack):
    """CSV upload -> S3 -> EventBridge -> Step Functions -> Lambda -> Aurora PostgreSQL and DynamoDB.

    The region is the design document's; the account is the stage's, and nothing is looked up.

    Args:
        scope: the app.
        construct_id: the stack's name.
        stage: dev or prod, and its options.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(
            scope,
            construct_id,
            env=Environment(account=stage.options.account, region=REGION),
            description=f"CSV user-log pipeline ({stage.name})",
            termination_protection=stage.options.deletion_protection,
        )
        self.network = Network(self, "Network", stage=stage)
        self.storage = Storage(self, "Storage", stage=stage)
        self.file_topic = FileTopic(self, "FileTopic", stage=stage, data_key=self.storage.data_key)
        self.database = Database(self, "Database", stage=stage, network=self.network, data_key=self.storage.data_key)
        self.functions = Functions(
            self,
            "Functions",
            stage=stage,
            network=self.network,
            storage=self.storage,
            database=self.database,
            file_topic=self.file_topic,
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
        self.operators = self._operator_policy(stage)
        give_providers_log_groups(self)
        write_outputs(self, stage)
        Tags.of(self).add("project", "csv-user-log-pipeline")
        Tags.of(self).add("stage", stage.name)
        acknowledge_exceptions(self)

    def _operator_policy(self, stage: Stage) -> OperatorPolicy | None:
        if stage.options.operator_policy is None:
            return None
        return OperatorPolicy(
            self,
            "Operators",
            storage=self.storage,
            functions=self.functions,
            workflow=self.workflow,
            acts=stage.options.operator_policy == "act",
        )

    @property
    def availability_zones(self) -> list[str]:
        """The two zones of the design document; without this the CLI would ask AWS for them."""
        return list(AVAILABILITY_ZONES)
