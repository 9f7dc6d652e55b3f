"""An API's answer as a Task's result: a JSON value with AWS's spelling."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from botocore.response import StreamingBody

from simulator.integrations.parameters import pascal
from simulator.states.limits import MAX_PAYLOAD_BYTES
from simulator.states.timestamps import format_time


def to_result(answer: dict[str, Any]) -> dict[str, Any]:
    """Return a boto3 client's answer as JSON, without botocore's own ResponseMetadata.

    Top-level names get a capital, times become ISO 8601, bytes Base64, and an object's body its text. Of a body no
    more is read than a Task's result may have, and one byte: the interpreter refuses what is longer.
    """
    return {pascal(name): _value(value) for name, value in answer.items() if name != "ResponseMetadata"}


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _value(inner) for name, inner in value.items()}
    if isinstance(value, list | set):
        return [_value(inner) for inner in value]
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, StreamingBody):
        with value:
            return value.read(MAX_PAYLOAD_BYTES + 1).decode("utf-8", "replace")
    return value
