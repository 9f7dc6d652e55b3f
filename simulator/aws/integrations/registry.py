"""The services behind Tasks: finds the integration that a Task's Resource names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.asl.errors import RUNTIME, EvaluationError
from simulator.aws.integrations import dialect
from simulator.aws.integrations.aws_action import AwsAction
from simulator.aws.integrations.dynamodb import ACTIONS as DYNAMODB_ACTIONS
from simulator.aws.integrations.dynamodb import DynamoDbAction
from simulator.aws.integrations.events import PutEvents
from simulator.aws.integrations.lambda_tasks import LambdaFunction, LambdaInvoke
from simulator.aws.integrations.resource import FUNCTION, integration_name, problem
from simulator.aws.integrations.s3 import GetObject, PutObject
from simulator.aws.integrations.sdk_actions import SdkActions
from simulator.aws.integrations.states import StartExecution

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from botocore.client import BaseClient

    from simulator.aws.asl.runtime.ports import TaskRequest
    from simulator.aws.integrations.lambda_tasks import LambdaInvoker
    from simulator.aws.integrations.sdk_actions import Operation
    from simulator.aws.integrations.states import StateMachines


class Clients(Protocol):
    """boto3 clients of the local cloud, shared by all threads."""

    @property
    def s3(self) -> BaseClient:
        """S3."""
        ...

    @property
    def dynamodb(self) -> BaseClient:
        """DynamoDB."""
        ...

    @property
    def sqs(self) -> BaseClient:
        """SQS."""
        ...

    @property
    def sns(self) -> BaseClient:
        """SNS."""
        ...


class Integration(Protocol):
    """One action of one service, as a Task calls it."""

    def problems(self, parameters: Any) -> Iterable[str]:
        """Say what is wrong with a Task's `Parameters` as written; None if it has none."""
        ...

    def call(self, request: TaskRequest) -> Any:
        """Call the action and return its result (a JSON value).

        Raises:
            StateError: with the error name and cause that AWS gives the Task.
        """
        ...


class Integrations:
    """Everything that a Task may call (a TaskService).

    Args:
        functions: what runs Lambda functions.
        aws: clients of the other services.
        machines: the state machines that can be started.
    """

    def __init__(self, *, functions: LambdaInvoker, aws: Clients, machines: StateMachines) -> None:
        self._function = LambdaFunction(functions)
        self._sdk = SdkActions({"s3": aws.s3, "dynamodb": aws.dynamodb, "sns": aws.sns, "sqs": aws.sqs})
        self._services: dict[str, Integration] = {
            "lambda:invoke": LambdaInvoke(functions, dialect.LAMBDA),
            "aws-sdk:lambda:invoke": LambdaInvoke(functions, dialect.LAMBDA_SDK),
            "states:startExecution": StartExecution(machines, dialect.SFN),
            "aws-sdk:sfn:startExecution": StartExecution(machines, dialect.SFN_SDK),
            "sns:publish": AwsAction(aws.sns, "publish", dialect.SNS, as_json=("Message",)),
            "sqs:sendMessage": AwsAction(aws.sqs, "sendMessage", dialect.SQS, as_json=("MessageBody",)),
            "aws-sdk:s3:putObject": PutObject(aws.s3),
            "aws-sdk:s3:getObject": GetObject(aws.s3),
        }
        for action in DYNAMODB_ACTIONS:
            self._services[f"dynamodb:{action}"] = DynamoDbAction(aws.dynamodb, action, dialect.DYNAMODB)
            self._services[f"aws-sdk:dynamodb:{action}"] = DynamoDbAction(aws.dynamodb, action, dialect.DYNAMODB_SDK)

    def offer(self, service: str, operations: Mapping[str, Operation]) -> None:
        """Let Tasks call the operations of a service of this process (see SdkActions)."""
        self._sdk.offer(service, operations)
        put_events = self._sdk.operation("events", "PutEvents")
        if put_events is not None:
            self._services["events:putEvents"] = PutEvents(put_events)

    def problems(self, resource: str, parameters: Any) -> Iterable[str]:
        """Say what is wrong with a Task when its state machine is created (see TaskService)."""
        integration = self._find(resource)
        return [self._problem(resource)] if integration is None else list(integration.problems(parameters))

    def call(self, request: TaskRequest) -> Any:
        """Call the resource and return its result (see TaskService)."""
        integration = self._find(request.resource)
        if integration is None:
            raise EvaluationError(RUNTIME, self._problem(request.resource))
        return integration.call(request)

    def _problem(self, resource: str) -> str:
        return problem(resource, {*self._services, *self._sdk.names()})

    def _find(self, resource: str) -> Integration | None:
        if FUNCTION.fullmatch(resource):
            return self._function
        name = integration_name(resource)
        return None if name is None else self._services.get(name) or self._sdk.find(name)
