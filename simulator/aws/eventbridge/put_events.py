"""PutEvents: checks each entry, makes an event of it and puts it on the bus.

EventBridge API reference, PutEvents and PutEventsRequestEntry; user guide, "Calculating PutEvents event entry size".
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC
from typing import TYPE_CHECKING, Any

from simulator.aws.errors import ApiError
from simulator.aws.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from simulator.aws.eventbridge.bus import EventBus

MAX_BYTES = 1_048_576
_TIME_BYTES = 14
_DEFAULT_BUS = re.compile(r"(arn:aws[\w-]*:events:[a-z0-9-]+:\d{12}:event-bus/)?default")


def put_events(bus: EventBus, request: dict[str, Any]) -> dict[str, Any]:
    """Put each entry's event on the bus; an entry that is refused does not stop the others.

    An entry for a bus that does not exist is taken and goes nowhere, as on AWS.

    Raises:
        ApiError: ValidationException: all entries together are too large, or an endpoint is named.
    """
    if "EndpointId" in request:
        raise ApiError("ValidationException", "EndpointId is not simulated: there is one bus, in one region.")
    entries = request["Entries"]
    if sum(map(entry_bytes, entries)) > MAX_BYTES:
        raise ApiError("ValidationException", "Total size of the entries in the request is over the limit.")
    answers = [_put(bus, entry) for entry in entries]
    return {"FailedEntryCount": sum("ErrorCode" in answer for answer in answers), "Entries": answers}


def entry_bytes(entry: dict[str, Any]) -> int:
    """Return the size that EventBridge counts for an entry."""
    texts = [entry.get(name, "") for name in ("Source", "DetailType", "Detail")] + list(entry.get("Resources", ()))
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) + (_TIME_BYTES if "Time" in entry else 0)


def _put(bus: EventBus, entry: dict[str, Any]) -> dict[str, Any]:
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            return _refused("InvalidArgument", f"Parameter {name} is not valid. Reason: {name} is a required argument.")
    if entry["Source"].startswith("aws."):
        return _refused("NotAuthorizedForSourceException", "Not authorized for the source.")
    try:
        detail = read_json(entry["Detail"])
    except BadJson:
        detail = None
    if not isinstance(detail, dict):
        return _refused("MalformedDetail", "Detail is malformed.")
    moment = entry.get("Time") or bus.now()
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": bus.account,
        "time": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": bus.region,
        "resources": list(entry.get("Resources", ())),
        "detail": detail,
    }
    if _DEFAULT_BUS.fullmatch(entry.get("EventBusName", "default")):
        bus.put(event, wait=False)
    return {"EventId": event["id"]}


def _refused(code: str, message: str) -> dict[str, Any]:
    return {"ErrorCode": code, "ErrorMessage": message}
