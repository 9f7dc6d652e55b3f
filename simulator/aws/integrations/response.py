"""An API's answer as a Task's result: a JSON value with AWS's spelling.

SdkHttpMetadata and SdkResponseMetadata: what optimised integrations add to a result.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from botocore.response import StreamingBody

from simulator.aws.asl.expressions.timestamps import format_time
from simulator.aws.asl.quotas import MAX_PAYLOAD_BYTES
from simulator.aws.integrations.parameters import pascal

if TYPE_CHECKING:
    from collections.abc import Mapping


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


def sdk_metadata(request_id: str, headers: Mapping[str, str], status: int = 200) -> dict[str, Any]:
    """Return both fields.

    Args:
        request_id: the request's id.
        headers: the answer's HTTP headers.
        status: its HTTP status.
    """
    named = {_header_name(name): value for name, value in headers.items()}
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in named.items()},
            "HttpHeaders": named,
            "HttpStatusCode": status,
        },
        "SdkResponseMetadata": {"RequestId": request_id},
    }


def answer_headers(request_id: str, length: int, **more: str) -> dict[str, str]:
    """Return the HTTP headers of an answer that no HTTP server gave: a JSON body of `length` bytes."""
    return {
        **more,
        "Connection": "keep-alive",
        "x-amzn-RequestId": request_id,
        "Content-Length": str(length),
        "Date": format_datetime(datetime.now(UTC), usegmt=True),
        "Content-Type": "application/json",
    }


def _header_name(name: str) -> str:
    """Return a header's name as AWS spells it (botocore gives all in lower case)."""
    if name.lower() == "x-amzn-requestid":
        return "x-amzn-RequestId"
    return name if name.lower().startswith("x-") else name.title()
