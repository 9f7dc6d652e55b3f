"""The topic for senders: what became of their files. Operators have another (alarm_topic)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from userlog.stage import Stage


class FileTopic(sns.Topic):
    """An encrypted, TLS-only topic; the option fileEmail subscribes an address, which has to confirm.

    Args:
        scope: the parent construct.
        construct_id: its name below the parent.
        stage: gives the name and the address.
        data_key: encrypts the messages; who publishes needs `kms:Decrypt` and `kms:GenerateDataKey` by way of SNS.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, data_key: kms.IKey) -> None:
        super().__init__(
            scope,
            construct_id,
            topic_name=stage.name_of("FileTopic"),
            display_name=f"User log files ({stage.name})",
            master_key=data_key,
            enforce_ssl=True,
        )
        if stage.options.file_email is not None:
            self.add_subscription(subscriptions.EmailSubscription(stage.options.file_email))
