"""GetExecutionHistory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.asl.runtime.resume import INTERRUPTED_CAUSE, INTERRUPTED_ERROR, ended_by
from simulator.aws.errors import ApiError
from simulator.aws.integrations.shapes.api_model import api_model
from simulator.aws.stepfunctions.api import arns
from simulator.aws.stepfunctions.api.pages import page, position_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.aws.stepfunctions.api.lookup import Lookup, Shown

_DATA = ("input", "output", "parameters", "taskCredentials")


class Histories:
    """GetExecutionHistory, of an execution of a STANDARD machine or of a STANDARD child; EXPRESS ones keep none.

    Args:
        lookup: finds executions.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        model = api_model("stepfunctions")
        assert model is not None  # noqa: S101 - botocore has it
        self._members = set(model.shape_for("HistoryEvent").members)  # type: ignore[attr-defined]

    def get(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a page of the history."""
        arn = arns.checked(request["executionArn"], "execution")
        shown = self._lookup.execution(arn)
        position = position_of(request, "")
        events, following = page(
            request,
            position,
            self._events(shown),
            lambda event: (int(event["id"]),),
            descending=bool(request.get("reverseOrder")),
        )
        data = request.get("includeExecutionData") is not False
        return {"events": [self._told(event, data=data) for event in events], **following}

    def _events(self, shown: Shown) -> Iterator[dict[str, Any]]:
        """Give the events; one whose process died gets the end that its redrive would write."""
        last: dict[str, Any] = {}
        for event in self._lookup.archive.history(shown.arn):
            last = event
            yield event
        if shown.status == "ABORTED" and last and not ended_by(last):
            yield {
                "timestamp": shown.stopped or shown.started,
                "type": "ExecutionAborted",
                "id": int(last["id"]) + 1,
                "previousEventId": 0,
                "executionAbortedEventDetails": {"error": INTERRUPTED_ERROR, "cause": INTERRUPTED_CAUSE},
            }

    def _told(self, event: dict[str, Any], *, data: bool) -> dict[str, Any]:
        """Return an event as the API has it: of a type that has details, they are there, maybe empty (recorded)."""
        kind = event["type"]
        told = {name: value for name, value in event.items() if name in self._members}
        moment = event["timestamp"]
        told["timestamp"] = parse_time(moment) if isinstance(moment, str) else moment
        if told["timestamp"] is None:
            raise ApiError("InvalidArn", f"Event {event['id']} that is kept of the execution has no time")
        details = f"{kind[0].lower()}{kind[1:]}EventDetails"
        if details in self._members:
            told.setdefault(details, {})
        if not data:
            for name, value in told.items():
                if isinstance(value, dict):
                    told[name] = {key: entry for key, entry in value.items() if key not in _DATA}
        return told
