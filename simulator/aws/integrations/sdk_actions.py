"""SDK integrations: every action of the services that the local cloud has, made from botocore's models.

S3, DynamoDB, SQS and SNS are called through their clients; Step Functions, EventBridge and Lambda are this process's
own, and say which operations they have (`offer`).

Developer guide, "Learning to use AWS service SDK integrations".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.integrations.action import Action
from simulator.aws.integrations.aws_action import AwsAction
from simulator.aws.integrations.dynamodb import DynamoDbCall
from simulator.aws.integrations.engine_gaps import ENGINE_GAPS
from simulator.aws.integrations.sdk_services import PREFIX, camel, sdk_model
from simulator.aws.integrations.shapes import dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from botocore.client import BaseClient
    from botocore.model import ServiceModel

    Operation = Callable[[dict[str, Any]], dict[str, Any]]

_DIALECTS = {
    "dynamodb": dialect.DYNAMODB_SDK,
    "eventbridge": dialect.EVENTBRIDGE_SDK,
    "lambda": dialect.LAMBDA_SDK,
    "s3": dialect.S3_SDK,
    "sfn": dialect.SFN_SDK,
    "sns": dialect.SNS_SDK,
    "sqs": dialect.SQS_SDK,
}
_JSON_TEXTS = {"sfn": ("Input", "Output")}
_JSON_BODIES = {"s3": ("Body",)}


class SdkActions:
    """Finds the action behind `aws-sdk:<service>:<action>`.

    Args:
        clients: of the services behind the engine, by the names that SDK integrations have for them.
    """

    def __init__(self, clients: Mapping[str, BaseClient]) -> None:
        self._clients = clients
        self._operations: dict[str, Mapping[str, Operation]] = {}
        self._found: dict[str, Action] = {}

    def offer(self, service: str, operations: Mapping[str, Operation]) -> None:
        """Take the operations of a service of this process.

        Args:
            service: botocore's name of it.
            operations: by their names in the API: the request's members in, the answer's out; raise ApiError.
        """
        self._operations[service] = operations

    def operation(self, service: str, name: str) -> Operation | None:
        """Return an operation that was offered, None if none was."""
        return self._operations.get(service, {}).get(name)

    def find(self, name: str) -> Action | None:
        """Return an action by its name (`aws-sdk:sqs:deleteMessage`), None if it is not simulated."""
        found = self._found.get(name)
        if found is None:
            service, _, action = name.removeprefix(PREFIX).partition(":")
            model = sdk_model(service) if name.startswith(PREFIX) and service in _DIALECTS else None
            if model is None or action not in self._actions(service, model):
                return None
            found = self._found[name] = self._make(service, model, action)
        return found

    def names(self) -> Iterable[str]:
        """Yield the name of every action that is simulated."""
        for service in _DIALECTS:
            model = sdk_model(service)
            if model is not None:
                yield from (f"{PREFIX}{service}:{action}" for action in self._actions(service, model))

    def _actions(self, service: str, model: ServiceModel) -> set[str]:
        if service in self._clients:
            streams = {name for name in model.operation_names if _is_stream(model, name)}
            return {camel(name) for name in set(model.operation_names) - ENGINE_GAPS[service] - streams}
        return {camel(name) for name in self._operations.get(model.service_name, ())}

    def _make(self, service: str, model: ServiceModel, action: str) -> Action:
        spelling = _DIALECTS[service]
        client = self._clients.get(service)
        if client is None:
            operation = self._operations[model.service_name][action[0].upper() + action[1:]]
            return Action(model, action, spelling, operation, as_json=_JSON_TEXTS.get(service, ()))
        if service == "dynamodb":
            return DynamoDbCall(client, action, spelling)
        return AwsAction(client, action, spelling, quoted=_JSON_BODIES.get(service, ()))


def _is_stream(model: ServiceModel, operation: str) -> bool:
    """Tell whether an operation sends or answers a stream of events, which Step Functions does not take."""
    found = model.operation_model(operation)
    return bool(found.has_event_stream_input or found.has_event_stream_output)
