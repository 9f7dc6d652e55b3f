"""A queue where what could not be delivered waits for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

if TYPE_CHECKING:
    from constructs import Construct


class WaitingQueue(sqs.Queue):
    """A standard queue: kept as long as SQS keeps anything (14 days), encrypted, TLS only.

    Encrypted by SQS's own key: EventBridge writes to it, and a message names a file but holds nothing of its contents.

    Args:
        scope: the parent construct.
        construct_id: its name below the parent.
        name: the queue's name.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        super().__init__(
            scope,
            construct_id,
            queue_name=name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            visibility_timeout=Duration.minutes(5),
        )

    def admit_rule(self, rule_name: str) -> None:
        """Let a rule leave here what it cannot deliver."""
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="RuleLeavesWhatItCannotDeliver",
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.queue_arn],
                conditions={
                    "ArnEquals": {
                        "aws:SourceArn": f"arn:{Aws.PARTITION}:events:{Aws.REGION}:{Aws.ACCOUNT_ID}:rule/{rule_name}"
                    }
                },
            )
        )
