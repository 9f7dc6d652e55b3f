"""SQS as moto has it: what there is to be kept, and how it is put back, past the HTTP interface. moto 5.2 only.

No call of SQS reads a message without receiving it, or puts one back as it was (its id, its receipts, its age).
"""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any, Final

from moto.sqs.models import Message, Queue, sqs_backends

from simulator.aws.engine.environment import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

_MILLISECONDS: Final = 1000
_NO_SETTINGS: Final = frozenset(
    {"account_id", "region", "dead_letter_queue", "lambda_event_source_mappings"}
    | {"_messages", "_pending_messages", "deleted_messages", "_messages_lock"}
)
_BYTES: Final = "base64"


class MotoQueues:
    """The queues of moto in this process, of every region that has been used."""

    def queues(self) -> Iterator[tuple[str, str, Any]]:
        """Yield region, name and queue of each queue."""
        for region, backend in list(sqs_backends[ACCOUNT].items()):
            for name, queue in list(backend.queues.items()):
                yield region, name, queue

    @staticmethod
    def settings(queue: Any) -> dict[str, Any]:
        """Return all of a queue but its messages, as JSON has it."""
        return {name: value for name, value in vars(queue).items() if name not in _NO_SETTINGS}

    @staticmethod
    def messages(queue: Any) -> list[Any]:
        """Return a queue's messages, hidden ones too, in their order."""
        return list(queue._messages)  # noqa: SLF001 - no other way

    @staticmethod
    def mark(queue: Any, message: Any) -> tuple[Any, ...]:
        """Return what differs after every change of a message."""
        return (
            message.approximate_receive_count,
            message.visible_at,
            message.receipt_handle,
            message in queue.pending_messages,
        )

    @staticmethod
    def record(queue: Any, message: Any) -> dict[str, Any]:
        """Return a message as JSON has it."""
        return {"pending": message in queue.pending_messages, "fields": _plain(vars(message))}

    def put_queue(self, region: str, name: str, settings: dict[str, Any]) -> None:
        """Put back a queue, without messages; its dead-letter queue is found by `join`."""
        queue = Queue(name, region, ACCOUNT)
        vars(queue).update(settings)
        sqs_backends[ACCOUNT][region].queues[name] = queue

    def join(self) -> None:
        """Lead each queue to its dead-letter queue, once all of them are back."""
        for region, _, queue in self.queues():
            wanted = (queue.redrive_policy or {}).get("deadLetterTargetArn")
            others = sqs_backends[ACCOUNT][region].queues.values()
            queue.dead_letter_queue = next((other for other in others if other.queue_arn == wanted), None)

    def put_message(self, region: str, name: str, record: dict[str, Any]) -> bool:
        """Put back a message behind those that are there; False if its retention period is over."""
        queue = sqs_backends[ACCOUNT][region].queues[name]
        fields = _native(record["fields"])
        if fields["sent_timestamp"] / _MILLISECONDS + queue.message_retention_period <= time.time():
            return False
        message = Message(fields["id"], fields["body"])
        vars(message).update(fields)
        queue._messages.append(message)  # noqa: SLF001 - no other way
        if record["pending"]:
            queue.pending_messages.add(message)
        return True


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {_BYTES: base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _native(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {_BYTES}:
            return base64.b64decode(value[_BYTES])
        return {name: _native(one) for name, one in value.items()}
    return [_native(one) for one in value] if isinstance(value, list) else value
