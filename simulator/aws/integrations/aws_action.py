"""An action of a service that a boto3 client calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from simulator.aws.errors import ApiError
from simulator.aws.integrations.api_model import error_codes, input_shape
from simulator.aws.integrations.parameters import Parameters
from simulator.aws.integrations.response import sdk_metadata, to_result
from simulator.aws.integrations.time_limit import within

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from botocore.client import BaseClient

    from simulator.aws.asl.runtime.ports import TaskRequest
    from simulator.aws.integrations.dialect import Dialect


class AwsAction:
    """An action, such as `putItem`.

    Args:
        client: a client of the service; it may be used by several threads.
        action: the action's name in a Resource.
        dialect: how the integration spells results and errors.
        as_json: parameters that take any JSON value; a string is sent as it is (see Parameters).
        quoted: parameters that take any JSON value; a string is sent in quotes (see Parameters).
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
        model = client.meta.service_model
        self.client = client
        self._action = action
        self._modelled = error_codes(model)
        self._dialect = dialect
        self._parameters = Parameters(input_shape(model, action), as_json=as_json, quoted=quoted)
        self._method = getattr(client, xform_name(action[0].upper() + action[1:]))

    def problems(self, parameters: Any) -> Iterable[str]:
        """Say what is wrong with `Parameters` as written."""
        return self._parameters.problems(self._action, parameters)

    def call(self, request: TaskRequest) -> Any:
        """Call the action and return its result, within the request's timeout."""
        return within(request.timeout, lambda: self._call(request.parameters))

    def _call(self, parameters: Any) -> Any:
        try:
            arguments = self._parameters.to_api(parameters)
            self.prepare(arguments)
            answer = self._method(**arguments)
            result = to_result(answer)
        except (ApiError, BotoCoreError, ClientError) as error:
            raise self._dialect.state_error(error, self._modelled) from error
        self.complete(result, arguments)
        if self._dialect.optimised:
            metadata = answer["ResponseMetadata"]
            result |= sdk_metadata(
                metadata.get("RequestId", ""), metadata.get("HTTPHeaders", {}), metadata.get("HTTPStatusCode", 200)
            )
        return result

    def prepare(self, arguments: dict[str, Any]) -> None:
        """Make an API call's arguments what AWS's SDK sends; raise ApiError if AWS refuses them and moto does not."""

    def complete(self, result: dict[str, Any], arguments: dict[str, Any]) -> None:
        """Make a result what AWS would answer, if moto answers more or less."""
