"""Which service and region a request is signed for. Signatures are not checked.

AWS General Reference, "Signature Version 4 signing process"; S3 API reference, "Authenticating requests".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_V4 = re.compile(
    r"AWS4-HMAC-SHA256\s+.*?Credential=[^,\s]*?/\d{8}/(?P<region>[^/,\s]*)/(?P<service>[^/,\s]+)/aws4_request"
)
_V4A = re.compile(r"AWS4-ECDSA-P256-SHA256\s+.*?Credential=[^,\s]*?/\d{8}/(?P<service>[^/,\s]+)/aws4_request")
_CREDENTIAL = re.compile(r".*/\d{8}/(?:(?P<region>[^/]*)/)?(?P<service>[^/]+)/aws4_request")
_TARGETS = {"DynamoDB": "dynamodb", "DynamoDBStreams": "dynamodb", "AmazonSQS": "sqs"}


@dataclass(frozen=True, slots=True)
class Scope:
    """The scope that a request is signed for.

    Args:
        service: the service's signing name, in lower case.
        region: None if it is not said.
    """

    service: str
    region: str | None = None


def scope_of(headers: Mapping[str, str], parameters: Mapping[str, str], targets: Mapping[str, str]) -> Scope:
    """Find what a request is signed for: by its header, its presigned URL or, unsigned, by its target; else it is S3's.

    Args:
        headers: the request's.
        parameters: those of its query.
        targets: the prefix of X-Amz-Target -> the service's signing name.
    """
    signed = headers.get("Authorization", "")
    found = _V4.match(signed) or _V4A.match(signed) or _CREDENTIAL.fullmatch(parameters.get("X-Amz-Credential", ""))
    if found:
        return Scope(found["service"].lower(), found.groupdict().get("region"))
    target = headers.get("X-Amz-Target", "").rpartition(".")[0]
    service = targets.get(target) or _TARGETS.get(target.partition("_")[0])
    return Scope(service or "s3")


def has_expired(parameters: Mapping[str, str]) -> bool:
    """Say whether a presigned URL is past its time."""
    now = datetime.now(UTC)
    try:
        if "X-Amz-Expires" in parameters and "X-Amz-Date" in parameters:
            signed = datetime.strptime(parameters["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return now > signed + timedelta(seconds=int(parameters["X-Amz-Expires"]))
        if "Signature" in parameters and "Expires" in parameters:
            return now.timestamp() > int(parameters["Expires"])
    except (ValueError, OverflowError):
        return True
    return False
