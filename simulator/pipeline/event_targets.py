"""Targets of the bus's rules: state machines, functions and SQS queues of the local cloud.

EventBridge user guide, "Event bus targets available in the EventBridge console".
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.errors import ApiError
from simulator.aws.eventbridge.errors import TargetError
from simulator.aws.iam.call import EVENTS, Call
from simulator.aws.iam.gate import Denied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.aws.engine.clients import AwsClients
    from simulator.aws.eventbridge.bus import TargetCall
    from simulator.aws.iam.gate import Gate
    from simulator.aws.stepfunctions.running_execution import RunningExecution
    from simulator.aws.stepfunctions.service import StepFunctions

_ARN = re.compile(rf"arn:aws:(?P<service>[a-z]+):{REGION}:{ACCOUNT}:(?P<resource>.+)")
_GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


class EventFunctions(Protocol):
    """The functions that a rule may have as targets."""

    def exists(self, function: str) -> bool:
        """Tell whether there is a function of that ARN."""
        ...

    def submit(self, function: str, payload: bytes, request_id: str) -> None:
        """Queue an asynchronous invocation."""
        ...


class EventTargets:
    """Finds what a target's ARN names.

    Args:
        aws: for SQS.
        step_functions: the state machines.
        functions: the functions; None if rules cannot have them as targets.
        started: told of each execution that an event has started: the event, the execution.
        gate: what EventBridge asks for passes through it.
    """

    def __init__(
        self,
        aws: AwsClients,
        step_functions: StepFunctions,
        functions: EventFunctions | None,
        started: Callable[[dict[str, Any], RunningExecution], None],
        gate: Gate,
    ) -> None:
        self._gate = gate
        self._aws = aws
        self._step_functions = step_functions
        self._functions = functions
        self._started = started

    def get(self, arn: str, /) -> TargetCall | None:
        """Return the function to call for an event, None if there is nothing of that ARN."""
        match = _ARN.fullmatch(arn)
        if match is None:
            return None
        if match["service"] == "states":
            return lambda text, event: self._permitted("states:StartExecution", arn, self._start, text, event)
        if match["service"] == "sqs":
            return lambda text, _event: _send(self._aws, arn, MessageBody=text)
        functions = self._functions
        if match["service"] == "lambda" and functions is not None and functions.exists(arn):
            return lambda text, event: self._permitted(
                "lambda:InvokeFunction",
                arn,
                lambda _arn, _text, _event: functions.submit(arn, text.encode(), str(uuid.uuid4())),
                text,
                event,
            )
        return None

    def _permitted(
        self, action: str, arn: str, deliver: Callable[[str, str, dict[str, Any]], object], text: str, event: Any
    ) -> None:
        """Deliver to a target that EventBridge may call."""
        try:
            self._gate.count(Call(caller=EVENTS, action=action, resource=arn))
        except Denied as denied:
            raise TargetError("NO_PERMISSIONS", str(denied), retryable=False) from denied
        deliver(arn, text, event)

    def dead_letter(self, queue_arn: str, body: str, attributes: dict[str, str]) -> None:
        """Put what could not be delivered into a queue.

        Raises:
            TargetError: there is no such queue, or SQS refuses the message.
        """
        put_dead_letter(self._aws, queue_arn, body, attributes)

    def _start(self, arn: str, text: str, event: dict[str, Any]) -> None:
        """Start an execution as EventBridge does: its name begins with the event's id."""
        try:
            running = self._step_functions.start_execution(arn, name=f"{event['id']}_{uuid.uuid4()}", input_text=text)
        except ApiError as error:
            code = "NO_RESOURCE" if error.name == "StateMachineDoesNotExist" else "SDK_CLIENT_ERROR"
            raise TargetError(code, f"{error.name}: {error}", retryable=False) from error
        self._started(event, running)


def put_dead_letter(aws: AwsClients, queue_arn: str, body: str, attributes: Mapping[str, str | int]) -> None:
    """Put an event into the queue for those that could not be delivered.

    Args:
        aws: for SQS.
        queue_arn: the queue.
        body: the event, as its target would have got it.
        attributes: say why; a number becomes an attribute of the type Number.

    Raises:
        TargetError: there is no such queue, or SQS refuses the message.
    """
    types = {
        name: {"DataType": "Number" if isinstance(value, int) else "String", "StringValue": str(value)}
        for name, value in attributes.items()
    }
    _send(aws, queue_arn, MessageBody=body, MessageAttributes=types)


def _send(aws: AwsClients, arn: str, **message: Any) -> None:
    try:
        url = aws.sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
        aws.sqs.send_message(QueueUrl=url, **message)
    except ClientError as error:
        details = error.response.get("Error", {})
        gone = details.get("Code") in _GONE
        raise TargetError(
            "NO_RESOURCE" if gone else "SDK_CLIENT_ERROR", str(details.get("Message", error)), retryable=not gone
        ) from error
    except BotoCoreError as error:
        raise TargetError("SDK_CLIENT_ERROR", str(error), retryable=True) from error
