"""Gives the events of uploads that started no run to the dispatcher again, each with its own time.

A copy of the object would be a new upload with a later time: if a newer file has come since, the old one would win.
SQS developer guide, "Visibility timeout"; Step Functions API reference, "StartSyncExecution".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from simulator.deployed.errors import told_aws_errors
from simulator.deployed.waiting_events import (
    Message,
    UnreadableEventError,
    WaitingEvent,
    dispatcher_input,
    reason,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simulator.deployed.stack import Stack

QUEUES: Final = ("RuleDeadLetterQueueUrl", "DispatcherFailuresQueueUrl")
"""The outputs with the URLs of the queues."""
HIDDEN_SECONDS: Final = 900
"""A message is hidden from others for so long; a replay that takes longer meets its own rule: a run has one name."""
_WAIT_SECONDS = 1
_BATCH = 10

Outcome = Literal["started", "already started", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A message that holds no event; it stays where it is."""

    message: Message
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What became of one event.

    Args:
        outcome: `started`: a run; `already started`: it had had its run; `failed`: the event still waits.
        execution_arn: the run's, if one was started.
        error: the dispatcher's error and cause, if it failed.
    """

    outcome: Outcome
    execution_arn: str | None = None
    error: str | None = None


class EventReplay:
    """Reads both queues of a stack, and replays what waits there. To be closed: what was not replayed is visible again.

    Args:
        stack: the stack.

    Raises:
        StackError: a queue cannot be read.
    """

    def __init__(self, stack: Stack) -> None:
        self._sqs: Any = stack.client("sqs")
        self._step_functions: Any = stack.client("stepfunctions")
        self._dispatcher = stack.output("DispatcherArn")
        self._hidden: dict[str, Message] = {}
        self.unreadable: list[Unreadable] = []
        by_event: dict[str, WaitingEvent] = {}
        queues = [stack.output(queue) for queue in QUEUES]
        try:
            for queue in queues:
                for message in self._receive(queue):
                    self._take(message, by_event)
        except BaseException:
            self.close()
            raise
        self.events: Sequence[WaitingEvent] = sorted(by_event.values(), key=lambda event: event.order)

    def replay(self, event: WaitingEvent) -> Replayed:
        """Give one event to the dispatcher, wait for its answer, and delete the messages of an event that has a run.

        Raises:
            StackError: AWS refused that.
        """
        with told_aws_errors(f"replaying the event of {event.key}"):
            ended = self._step_functions.start_sync_execution(
                stateMachineArn=self._dispatcher, input=json.dumps(event.input)
            )
            if ended["status"] != "SUCCEEDED":
                cause = ended.get("cause") or "no cause is given"
                return Replayed(outcome="failed", error=f"{ended.get('error') or ended['status']}: {cause}")
            for message in event.messages:
                self._sqs.delete_message(QueueUrl=message.queue_url, ReceiptHandle=message.receipt)
                self._hidden.pop(message.receipt, None)
        output = json.loads(ended["output"])
        arn = output.get("ExecutionArn")
        return Replayed(outcome="started" if arn else "already started", execution_arn=arn)

    def close(self) -> None:
        """Let others see the messages that are still there."""
        for message in list(self._hidden.values()):
            with told_aws_errors(f"giving a message back to {message.queue_url}"):
                self._sqs.change_message_visibility(
                    QueueUrl=message.queue_url, ReceiptHandle=message.receipt, VisibilityTimeout=0
                )
            del self._hidden[message.receipt]

    def _take(self, message: Message, by_event: dict[str, WaitingEvent]) -> None:
        self._hidden[message.receipt] = message
        try:
            event = dispatcher_input(message.body)
        except UnreadableEventError as error:
            self.unreadable.append(Unreadable(message=message, why=str(error)))
            return
        by_event.setdefault(event["id"], WaitingEvent(input=event)).messages.append(message)

    def _receive(self, queue: str) -> Iterable[Message]:
        with told_aws_errors(f"reading the queue {queue}"):
            while batch := self._sqs.receive_message(
                QueueUrl=queue,
                MaxNumberOfMessages=_BATCH,
                WaitTimeSeconds=_WAIT_SECONDS,
                VisibilityTimeout=HIDDEN_SECONDS,
                MessageAttributeNames=["All"],
            ).get("Messages"):
                for one in batch:
                    yield Message(queue_url=queue, receipt=one["ReceiptHandle"], body=one["Body"], why=reason(one))
