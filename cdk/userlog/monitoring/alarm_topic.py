"""The topic for alarms, with its own key: only CloudWatch's alarms and RDS's messages of this account go to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

if TYPE_CHECKING:
    from constructs import Construct

    from userlog.stage import Stage

PUBLISHERS = {"CloudWatch": "cloudwatch.amazonaws.com", "Rds": "events.rds.amazonaws.com"}


class AlarmTopic(sns.Topic):
    """An encrypted, TLS-only topic; the option alarmEmail subscribes an address, which has to confirm.

    A publisher needs a right in both policies: without the key an encrypted topic drops its messages in silence, and a
    custom topic policy replaces the default one, which let it publish.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.GrantingPermissions.html

    Args:
        scope: the parent construct.
        construct_id: its name below the parent.
        stage: gives names, the address, and whether the key stays when the stack is deleted.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        key = kms.Key(
            scope,
            f"{construct_id}Key",
            alias=f"alias/{stage.name_of('AlarmTopic')}",
            description="Encrypts alarms on their way from CloudWatch to their subscribers",
            enable_key_rotation=True,
            removal_policy=stage.removal_policy,
        )
        super().__init__(
            scope,
            construct_id,
            topic_name=stage.name_of("AlarmTopic"),
            display_name=f"User log pipeline ({stage.name})",
            master_key=key,
            enforce_ssl=True,
        )
        ours = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        for name, service in PUBLISHERS.items():
            key.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=f"{name}EncryptsMessages",
                    principals=[iam.ServicePrincipal(service)],
                    actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                    resources=["*"],
                    conditions=ours,
                )
            )
            self.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=f"{name}Publishes",
                    principals=[iam.ServicePrincipal(service)],
                    actions=["sns:Publish"],
                    resources=[self.topic_arn],
                    conditions=ours,
                )
            )
        if stage.options.alarm_email is not None:
            self.add_subscription(subscriptions.EmailSubscription(stage.options.alarm_email))
