"""Aurora's own messages: it failed over, or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_rds as rds

if TYPE_CHECKING:
    from constructs import Construct

    from userlog.database.database import Database
    from userlog.monitoring.alarm_topic import AlarmTopic
    from userlog.stage import Stage

# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html
CATEGORIES = ["failover", "failure"]


def tell_failovers(scope: Construct, *, stage: Stage, database: Database, topic: AlarmTopic) -> None:
    """Let RDS tell the operators of each failover and failure of the cluster."""
    subscription = rds.CfnEventSubscription(
        scope,
        "Failovers",
        subscription_name=stage.name_of("Failovers"),
        sns_topic_arn=topic.topic_arn,
        source_type="db-cluster",
        source_ids=[database.cluster.cluster_identifier],
        event_categories=CATEGORIES,
        enabled=True,
    )
    # RDS tries the topic at once.
    subscription.node.add_dependency(topic)
