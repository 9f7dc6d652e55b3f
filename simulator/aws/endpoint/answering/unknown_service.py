"""An error for a request to a service that is not simulated, in the form that its client most likely reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.aws.endpoint.s3.errors import s3_error
from simulator.aws.endpoint.wire.answers import json_bytes
from simulator.aws.endpoint.wire.message import WireAnswer
from simulator.aws.endpoint.wire.query_protocol import query_error

if TYPE_CHECKING:
    from simulator.aws.endpoint.incoming import Incoming
    from simulator.aws.errors import ApiError

_REST_XML = {"cloudfront", "route53"}


def guessed_error(incoming: Incoming, service: str, error: ApiError) -> WireAnswer:
    """Return the HTTP form of an error: of S3, the query protocol, RPC v2 CBOR, or JSON.

    Args:
        incoming: the request.
        service: the name that it is signed for.
        error: the error.
    """
    headers = incoming.http.headers
    if headers.get("smithy-protocol") == "rpc-v2-cbor":
        body = b"\xa2" + b"".join(_cbor_text(text) for text in ("__type", error.name, "message", error.message))
        return WireAnswer(error.status, body, {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"})
    if service == "s3" and incoming.path != "/":  # whatever a body calls itself: curl and urllib say it is a form
        return s3_error(error)
    if "X-Amz-Target" not in headers:
        form = incoming.media_type == "application/x-www-form-urlencoded" or "Action" in incoming.parameters
        if form or service in _REST_XML:
            return query_error(error, error.status)
        if service == "s3":
            return s3_error(error)
    return WireAnswer(
        error.status,
        json_bytes({"__type": error.name, "message": error.message}),
        {
            "Content-Type": "application/json",
            "x-amzn-ErrorType": error.name,
            "x-amzn-RequestId": error.request_id,
        },
    )


def _cbor_text(text: str) -> bytes:
    """Return a text in CBOR (RFC 8949, 3.1): major type 3 with a length of two bytes."""
    data = text.encode()[:65_535]
    return b"\x79" + len(data).to_bytes(2, "big") + data
