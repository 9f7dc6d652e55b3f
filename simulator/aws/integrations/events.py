"""`events:putEvents`.

Developer guide, "Send custom events from Step Functions to EventBridge": an event's Resources get the ARNs of the
execution and of its state machine, and the Task fails with EventBridge.FailedEntry if one entry is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import StateError
from simulator.aws.asl.json_text import to_json
from simulator.aws.integrations.action import Action
from simulator.aws.integrations.shapes.api_model import service_model
from simulator.aws.integrations.shapes.dialect import EVENTS

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.ports import TaskRequest
    from simulator.aws.integrations.action import Send

ACTION = "putEvents"
FAILED_ENTRY = "EventBridge.FailedEntry"


class PutEvents(Action):
    """Puts events on a bus; `Detail` is any JSON value.

    Args:
        send: EventBridge's PutEvents.
    """

    def __init__(self, send: Send) -> None:
        super().__init__(service_model("events"), ACTION, EVENTS, send, as_json=("Entries.Detail",))

    def prepare(self, arguments: dict[str, Any], request: TaskRequest) -> None:
        """Add the ARNs of the execution and its state machine to each entry's Resources."""
        arns = [request.execution_arn, request.machine_arn]
        for entry in arguments["Entries"]:
            entry["Resources"] = [*entry.get("Resources", ()), *(arn for arn in arns if arn)]

    def complete(self, result: dict[str, Any], arguments: dict[str, Any]) -> None:
        """Fail if EventBridge has refused an entry.

        Raises:
            StateError: EventBridge.FailedEntry, with the answer as its cause.
        """
        del arguments
        if result.get("FailedEntryCount"):
            raise StateError(FAILED_ENTRY, to_json(result))
