"""S3's errors, as XML."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from simulator.aws.endpoint.wire.message import WireAnswer

if TYPE_CHECKING:
    from simulator.aws.errors import ApiError


def s3_request_id() -> str:
    """Return a request id of S3's form: 16 hex digits in capitals."""
    return secrets.token_hex(8).upper()


def s3_error(error: ApiError) -> WireAnswer:
    """Return the HTTP form of an error."""
    request_id = s3_request_id()
    details = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in error.members.items())
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{escape(error.name)}</Code><Message>{escape(error.message)}</Message>{details}"
        f"<RequestId>{request_id}</RequestId><HostId>local</HostId></Error>"
    )
    headers = {"Content-Type": "application/xml", "x-amz-request-id": request_id, "x-amz-id-2": "local"}
    return WireAnswer(error.status, text.encode(), headers)
