"""An API's answer as a Task's result: a JSON value with AWS's spelling.

SdkHttpMetadata and SdkResponseMetadata: what optimised integrations add to a result.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, MapShape, StructureShape
from botocore.response import StreamingBody

from simulator.aws.asl.expressions.timestamps import format_time
from simulator.aws.asl.quotas import MAX_PAYLOAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import Shape

    from simulator.aws.integrations.shapes.parameters import Spelling


def to_result(answer: dict[str, Any], shape: StructureShape, spell: Spelling) -> dict[str, Any]:
    """Return an API's answer as JSON, without botocore's own ResponseMetadata.

    Members get Step Functions' names, times become ISO 8601, bytes Base64, and an object's body its text. Of a body no
    more is read than a Task's result may have, and one byte: the interpreter refuses what is longer.

    Args:
        answer: the members under the API's names; those that are None are left out.
        shape: the answer's, in the API's model.
        spell: makes Step Functions' name of a member's.
    """
    return {
        _member(name, shape, spell): _value(value, shape.members[name], spell)
        for name, value in answer.items()
        if name in shape.members and value is not None
    }


def _member(name: str, shape: StructureShape, spell: Spelling) -> str:
    # DynamoDB's types (BOOL, SS) stay as its API writes them.
    return name if shape.name == "AttributeValue" else spell(name)


def _value(value: Any, shape: Shape, spell: Spelling) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, dict) and not shape.is_document_type:
        return to_result(value, shape, spell)
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {name: _value(inner, shape.value, spell) for name, inner in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list | set | tuple):
        return [_value(inner, shape.member, spell) for inner in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
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
