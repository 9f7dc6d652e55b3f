"""Aurora PostgreSQL: one cluster with a writer and a reader, login by IAM token, and the login roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from constructs import Construct

from userlog.database.login_roles import login_roles
from userlog.definitions import definition
from userlog.network.addresses import ZONE_A, ZONE_C
from userlog.network.paths import POSTGRESQL_PORT
from userlog.stage import REGION

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms

    from userlog.network.network import Network
    from userlog.stage import Stage

PROD_BACKUP_DAYS, DEV_BACKUP_DAYS = 14, 1
MASTER = "userlog_master"
ENGINE = rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.VER_17_7)
PARAMETERS = {
    "rds.force_ssl": "1",
    # Milliseconds: what takes longer is logged.
    "log_min_duration_statement": "1000",
}
# Of idleness, with a least capacity of 0.
PAUSED_AFTER = Duration.minutes(15)


class Database(Construct):
    """The cluster and its login roles.

    The master's password is made, kept and rotated by RDS; only the deployment uses it, to make the login roles.

    Attributes:
        cluster: the cluster.
        identifier: the cluster's name; another after a restore.
        host, port, name: what the functions connect to: the writer.
        reader_host: where a reader answers; the writer, if there is no reader.
        roles_ready: depend on it to have the login roles.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: Stage, network: Network, data_key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id)
        self.name: str = definition("resources.json")["database"]["name"]
        self._data_key = data_key
        self.cluster = self._cluster(stage, network)
        self.identifier = stage.cluster_identifier
        self.host = self.cluster.cluster_endpoint.hostname
        self.reader_host = self.cluster.cluster_read_endpoint.hostname
        self.port = POSTGRESQL_PORT
        self.roles_ready = login_roles(self, self.cluster, database=self.name, data_key=data_key)

    def login_arn(self, user: str) -> str:
        """Return the ARN of a database user, for `rds-db:connect`."""
        login = f"dbuser:{self.cluster.cluster_resource_identifier}/{user}"
        return f"arn:{Aws.PARTITION}:rds-db:{REGION}:{Aws.ACCOUNT_ID}:{login}"

    def _cluster(self, stage: Stage, network: Network) -> rds.DatabaseCluster:
        identifier, options = stage.cluster_identifier, stage.options
        log_group = logs.LogGroup(
            self,
            "PostgresqlLogs",
            log_group_name=f"/aws/rds/cluster/{identifier}/postgresql",
            retention=logs.RetentionDays.THREE_MONTHS,
            encryption_key=self._data_key,
            removal_policy=RemovalPolicy.DESTROY,
        )
        cluster = rds.DatabaseCluster(
            self,
            "Cluster",
            cluster_identifier=identifier,
            engine=ENGINE,
            credentials=rds.Credentials.from_username(MASTER, encryption_key=self._data_key),
            manage_master_user_password=True,
            default_database_name=self.name,
            port=POSTGRESQL_PORT,
            writer=self._instance("Writer", f"{identifier}-writer", ZONE_A),
            readers=[self._instance("Reader", f"{identifier}-reader", ZONE_C, scale_with_writer=True)]
            if options.reader
            else [],
            serverless_v2_min_capacity=options.min_acu,
            serverless_v2_max_capacity=options.max_acu,
            serverless_v2_auto_pause_duration=None if options.min_acu else PAUSED_AFTER,
            vpc=network.vpc,
            vpc_subnets=network.private_subnets,
            security_groups=[network.database_security_group],
            iam_authentication=True,
            enable_data_api=True,
            storage_encrypted=True,
            storage_encryption_key=self._data_key,
            parameter_group=rds.ParameterGroup(
                self, "Parameters", engine=ENGINE, description="User log: TLS only", parameters=PARAMETERS
            ),
            backup=rds.BackupProps(
                retention=Duration.days(PROD_BACKUP_DAYS if stage.keeps_data else DEV_BACKUP_DAYS),
                # 03:00 to 04:00 in Japan.
                preferred_window="18:00-19:00",
            ),
            preferred_maintenance_window="sun:19:30-sun:20:30",
            copy_tags_to_snapshot=True,
            database_insights_mode=rds.DatabaseInsightsMode.STANDARD,
            cloudwatch_logs_exports=["postgresql"],
            deletion_protection=options.deletion_protection,
            removal_policy=RemovalPolicy.SNAPSHOT if stage.keeps_data else RemovalPolicy.DESTROY,
        )
        # RDS would make the log group itself, without a key and kept for ever.
        cluster.node.add_dependency(log_group)
        if options.snapshot_identifier:
            _restored_from(cluster, options.snapshot_identifier)
        return cluster

    def _instance(
        self, construct_id: str, identifier: str, zone: str, *, scale_with_writer: bool | None = None
    ) -> rds.IClusterInstance:
        return rds.ClusterInstance.serverless_v2(
            construct_id,
            instance_identifier=identifier,
            availability_zone=zone,
            scale_with_writer=scale_with_writer,
            auto_minor_version_upgrade=True,
            publicly_accessible=False,
            enable_performance_insights=True,
            performance_insight_encryption_key=self._data_key,
            performance_insight_retention=rds.PerformanceInsightRetention.DEFAULT,
        )


def _restored_from(cluster: rds.DatabaseCluster, snapshot: str) -> None:
    """Let the cluster be made from a snapshot, which brings the database and the master's name.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html
    """
    resource = cluster.node.default_child
    if not isinstance(resource, rds.CfnDBCluster):
        raise TypeError("CDK no longer makes a cluster as this code expects")
    resource.snapshot_identifier = snapshot
    resource.master_username = None
    resource.database_name = None
