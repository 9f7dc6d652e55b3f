"""Upload events that wait in a queue because they started no run, and what a message of these queues holds.

A message of the rule's dead-letter queue is the input that the dispatcher would have got; one of the dispatcher's own
queue is its input with two fields more (`name`, `error`). A whole EventBridge event is understood, too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# What the dispatcher and the workflow read of an event.
_NEEDED = (
    ("id",),
    ("time",),
    ("detail", "bucket", "name"),
    ("detail", "object", "key"),
    ("detail", "object", "sequencer"),
)


class UnreadableEventError(ValueError):
    """A message holds no upload event; the text says what it lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: its queue's URL, what deletes it, and why the event had started no run ("" if it is not said)."""

    queue_url: str
    receipt: str
    body: str
    why: str = ""


@dataclass(slots=True, kw_only=True)
class WaitingEvent:
    """One upload whose event waits, in one message or in several.

    Args:
        input: the dispatcher's input: the event's own id, time and detail.
        messages: where it waits.
    """

    input: dict[str, Any]
    messages: list[Message] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Return the object's key."""
        return str(self.input["detail"]["object"]["key"])

    @property
    def time(self) -> str:
        """Return the time of the upload, as the event has it."""
        return str(self.input["time"])

    @property
    def why(self) -> str:
        """Return why it started no run, as its first message that says so has it."""
        return next((message.why for message in self.messages if message.why), "")

    @property
    def order(self) -> tuple[str, str]:
        """Return what sorts events by their uploads."""
        return self.time, str(self.input["detail"]["object"]["sequencer"])


def dispatcher_input(body: str) -> dict[str, Any]:
    """Return the dispatcher's input from a message's body, or from an event.

    Raises:
        UnreadableEventError: it is neither.
    """
    try:
        document = json.loads(body)
    except ValueError:
        raise UnreadableEventError("it is not JSON") from None
    if not isinstance(document, dict):
        raise UnreadableEventError("it is not a JSON object")
    for path in _NEEDED:
        if not isinstance(_at(document, path), str) or not _at(document, path):
            raise UnreadableEventError(f"it has no text in {'.'.join(path)}")
    stored = document["detail"]["object"]
    version = stored.get("versionId", stored.get("version-id"))
    if not isinstance(version, str):
        raise UnreadableEventError("it has no text in detail.object.versionId or detail.object.version-id")
    return {
        "id": document["id"],
        "time": document["time"],
        "detail": {
            "bucket": {"name": document["detail"]["bucket"]["name"]},
            "object": {
                "key": stored["key"],
                "versionId": version,
                "etag": stored.get("etag", ""),
                "size": stored.get("size", ""),
                "sequencer": stored["sequencer"],
            },
        },
    }


def reason(message: Mapping[str, Any]) -> str:
    """Return why a message of SQS came into its queue: EventBridge's attributes, or the dispatcher's error."""
    attributes = message.get("MessageAttributes", {})
    found = [attributes.get(name, {}).get("StringValue") for name in ("ERROR_CODE", "ERROR_MESSAGE")]
    if not any(found):
        try:
            document = json.loads(message["Body"])
        except ValueError:
            return ""
        found = [_at(document, ("error", name)) for name in ("Error", "Cause")]
    return ": ".join(text for text in found if isinstance(text, str) and text)


def _at(document: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document
