"""SdkHttpMetadata and SdkResponseMetadata: what optimised integrations add to a result."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


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
