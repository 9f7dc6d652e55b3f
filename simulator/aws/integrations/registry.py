"""The services behind Tasks: finds the integration that a Task's Resource names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.asl.errors import RUNTIME, EvaluationError
from simulator.aws.iam.call import STATES, acting, caller_of
from simulator.aws.integrations.aws_action import AwsAction
from simulator.aws.integrations.dynamodb import ACTIONS as DYNAMODB_ACTIONS
from simulator.aws.integrations.dynamodb import DynamoDbAction
from simulator.aws.integrations.events import PutEvents
from simulator.aws.integrations.lambda_tasks import LambdaFunction, LambdaInvoke
from simulator.aws.integrations.resource import ACTIVITY, FUNCTION, integration_and_pattern, problem
from simulator.aws.integrations.s3 import GetObject, Head, PutObject
from simulator.aws.integrations.sdk_actions import SdkActions
from simulator.aws.integrations.sdk_services import PREFIX
from simulator.aws.integrations.shapes import dialect
from simulator.aws.integrations.waiting.activities import ActivityTasks
from simulator.aws.integrations.waiting.callbacks import PATTERN, Callbacks, CalledBack
from simulator.aws.integrations.waiting.run_execution import PATTERNS as SYNC
from simulator.aws.integrations.waiting.run_execution import RunExecution
from simulator.aws.integrations.waiting.start_execution import StartExecution

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from botocore.client import BaseClient

    from simulator.aws.asl.runtime.ports import TaskRequest
    from simulator.aws.integrations.lambda_tasks import LambdaInvoker
    from simulator.aws.integrations.sdk_actions import Operation
    from simulator.aws.integrations.waiting.activities import KnownActivities
    from simulator.aws.integrations.waiting.start_execution import StateMachines


START = "states:startExecution"
CALLED_BACK = ("events:putEvents", "lambda:invoke", "sns:publish", "sqs:sendMessage", START)
"""The optimised integrations that may wait to be called back; SDK integrations all may."""


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
        activities: the activities that there are.

    Attributes:
        callbacks: the Tasks that wait to be called back.
        activity_tasks: the Tasks that wait for a worker.
    """

    def __init__(
        self, *, functions: LambdaInvoker, aws: Clients, machines: StateMachines, activities: KnownActivities
    ) -> None:
        self._function = LambdaFunction(functions)
        self._sdk = SdkActions({"s3": aws.s3, "dynamodb": aws.dynamodb, "sns": aws.sns, "sqs": aws.sqs})
        self.callbacks = Callbacks()
        self.activity_tasks = ActivityTasks(activities, self.callbacks)
        starter = StartExecution(machines, dialect.SFN)
        self._jobs = {f"{START}{one}": RunExecution(starter, parsed=one == SYNC[1]) for one in SYNC}

        def invoke_api() -> Operation | None:
            return self._sdk.operation("lambda", "Invoke")

        self._services: dict[str, Integration] = {
            "lambda:invoke": LambdaInvoke(functions, dialect.LAMBDA, invoke_api),
            "aws-sdk:lambda:invoke": LambdaInvoke(functions, dialect.LAMBDA_SDK, invoke_api),
            "states:startExecution": starter,
            "aws-sdk:sfn:startExecution": StartExecution(machines, dialect.SFN_SDK),
            "sns:publish": AwsAction(aws.sns, "publish", dialect.SNS, as_json=("Message",)),
            "sqs:sendMessage": AwsAction(aws.sqs, "sendMessage", dialect.SQS, as_json=("MessageBody",)),
            "aws-sdk:s3:putObject": PutObject(aws.s3),
            "aws-sdk:s3:getObject": GetObject(aws.s3),
            "aws-sdk:s3:headObject": Head(aws.s3, "headObject", "NoSuchKey"),
            "aws-sdk:s3:headBucket": Head(aws.s3, "headBucket", "NoSuchBucket"),
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
        with acting(caller_of(STATES, request.machine_arn.rpartition(":")[2])):
            return integration.call(request)

    def _problem(self, resource: str) -> str:
        return problem(resource, {*self._services, *self._sdk.names()})

    def _find(self, resource: str) -> Integration | None:
        if FUNCTION.fullmatch(resource):
            return self._function
        if ACTIVITY.fullmatch(resource):
            return self.activity_tasks
        found = integration_and_pattern(resource)
        if found is None:
            return None
        name, pattern = found
        integration = self._services.get(name) or self._sdk.find(name)
        if pattern is None or integration is None:
            return integration
        if pattern == PATTERN and (name in CALLED_BACK or name.startswith(PREFIX)):
            return CalledBack(integration, self.callbacks)
        return self._jobs.get(f"{name}{pattern}")
