"""An action of a service that a boto3 client calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore import xform_name

from simulator.aws.integrations.action import Action

if TYPE_CHECKING:
    from collections.abc import Collection

    from botocore.client import BaseClient

    from simulator.aws.integrations.shapes.dialect import Dialect


class AwsAction(Action):
    """An action, such as `putItem`.

    Args:
        client: a client of the service; it may be used by several threads.
        action: the action's name in a Resource.
        dialect, as_json, quoted: see Action.
    """

    def __init__(
        self,
        client: BaseClient,
        action: str,
        dialect: Dialect,
        *,
        as_json: Collection[str] = (),
        quoted: Collection[str] = (),
    ) -> None:
        self.client = client
        method = getattr(client, xform_name(action[0].upper() + action[1:]))
        super().__init__(
            client.meta.service_model,
            action,
            dialect,
            lambda arguments: method(**arguments),
            as_json=as_json,
            quoted=quoted,
        )
