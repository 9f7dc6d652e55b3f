"""An action of a service, made from botocore's model of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from simulator.aws.asl.json_text import json_size
from simulator.aws.errors import ApiError
from simulator.aws.integrations.shapes.api_model import error_codes, input_shape, output_shape
from simulator.aws.integrations.shapes.parameters import Parameters
from simulator.aws.integrations.shapes.response import answer_headers, sdk_metadata, to_result
from simulator.aws.integrations.waiting.time_limit import within

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from botocore.model import ServiceModel

    from simulator.aws.asl.runtime.ports import TaskRequest
    from simulator.aws.integrations.shapes.dialect import Dialect

    Send = Callable[[dict[str, Any]], dict[str, Any]]


class Action:
    """An action, such as `putItem`, of any service.

    Args:
        model: the service's.
        action: the action's name in a Resource.
        dialect: how the integration spells results and errors.
        send: calls the API: the request's members in, the answer's out, under the API's names.
        as_json: parameters that take any JSON value; a string is sent as it is (see Parameters).
        quoted: parameters that take any JSON value; a string is sent in quotes (see Parameters).
        refused: parameters that are not simulated.
    """

    def __init__(
        self,
        model: ServiceModel,
        action: str,
        dialect: Dialect,
        send: Send,
        *,
        as_json: Collection[str] = (),
        quoted: Collection[str] = (),
        refused: Collection[str] = (),
    ) -> None:
        self._action = action
        self._modelled = error_codes(model)
        self._dialect = dialect
        self._parameters = Parameters(
            input_shape(model, action), as_json=as_json, quoted=quoted, refused=refused, spell=dialect.spell
        )
        self._answer = output_shape(model, action)
        self._send = send

    def problems(self, parameters: Any) -> Iterable[str]:
        """Say what is wrong with `Parameters` as written."""
        return self._parameters.problems(self._action, parameters)

    def call(self, request: TaskRequest) -> Any:
        """Call the action and return its result, within the request's timeout."""
        return within(request.timeout, lambda: self._call(request))

    def _call(self, request: TaskRequest) -> Any:
        try:
            arguments = self._parameters.to_api(request.parameters)
            self.prepare(arguments, request)
            answer = self._send(arguments)
            result = to_result(answer, self._answer, self._dialect.spell)
        except (ApiError, BotoCoreError, ClientError) as error:
            raise self._dialect.state_error(self.failed(error), self._modelled) from error
        self.complete(result, arguments)
        if self._dialect.optimised:
            result |= _metadata(answer, result)
        return result

    def prepare(self, arguments: dict[str, Any], request: TaskRequest) -> None:
        """Make an API call's arguments what AWS's SDK sends; raise ApiError if AWS refuses them and the engine not."""

    def failed(self, error: Exception) -> Exception:
        """Return the error as AWS's SDK has it (ApiError, or one of botocore), if the client's is another."""
        return error

    def complete(self, result: dict[str, Any], arguments: dict[str, Any]) -> None:
        """Make a result what AWS would answer, if the engine answers more or less."""


def _metadata(answer: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """Return the SDK's metadata of an answer: of HTTP, or made for one that no HTTP server gave."""
    metadata = answer.get("ResponseMetadata")
    if metadata is None:
        request_id = ApiError("", "").request_id
        return sdk_metadata(request_id, answer_headers(request_id, json_size(result)))
    return sdk_metadata(
        metadata.get("RequestId", ""), metadata.get("HTTPHeaders", {}), metadata.get("HTTPStatusCode", 200)
    )
