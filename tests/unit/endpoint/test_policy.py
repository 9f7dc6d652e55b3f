"""What the holder of a presigned POST may upload."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from simulator.aws.endpoint.s3.policy import check_policy
from simulator.aws.errors import ApiError

LATER = "2999-01-01T00:00:00Z"
CONDITIONS: list[Any] = [
    {"bucket": "b"},
    ["starts-with", "$key", "in/"],
    ["eq", "$Content-Type", "text/csv"],
    ["content-length-range", 2, 4],
]
FIELDS = {"key": "in/a.csv", "content-type": "text/csv", "x-amz-signature": "0", "x-ignore-me": "1"}


def _check(conditions: Any = None, *, bucket: str = "b", size: int = 3, expiration: Any = LATER, **fields: str) -> None:
    policy = {"expiration": expiration, "conditions": CONDITIONS if conditions is None else conditions}
    text = base64.b64encode(json.dumps(policy).encode()).decode()
    check_policy({**FIELDS, **fields, "policy": text}, bucket, size)


def test_what_the_policy_allows_is_let_in() -> None:
    """Names of fields have no case; the limits of the range belong to it."""
    _check(size=2)
    _check(size=4)


def test_a_form_without_a_policy_is_let_in() -> None:
    """As a signature, it is not needed here."""
    check_policy({"key": "x"}, "b", 10)


@pytest.mark.parametrize(
    ("change", "name", "message"),
    [
        ({"size": 5}, "EntityTooLarge", "exceeds the maximum"),
        ({"size": 1}, "EntityTooSmall", "smaller than the minimum"),
        ({"bucket": "c"}, "AccessDenied", r'Policy Condition failed: \["eq", "\$bucket", "b"\]'),
        ({"key": "out/a.csv"}, "AccessDenied", r'\["starts-with", "\$key", "in/"\]'),
        ({"content-type": "text/html"}, "AccessDenied", r'\["eq", "\$Content-Type", "text/csv"\]'),
        ({"x-amz-meta-more": "1"}, "AccessDenied", "Extra input fields: x-amz-meta-more"),
        ({"expiration": "2020-01-01T00:00:00Z"}, "AccessDenied", "Policy expired"),
        ({"expiration": None}, "InvalidPolicyDocument", "missing expiration"),
        ({"expiration": "soon"}, "InvalidPolicyDocument", "Invalid 'expiration' value: 'soon'"),
        ({"conditions": {}}, "InvalidPolicyDocument", "missing conditions"),
        ({"conditions": ["x"]}, "InvalidPolicyDocument", "Invalid Condition"),
        ({"conditions": [["like", "$key", "x"]]}, "InvalidPolicyDocument", "unknown operation 'like'"),
        ({"conditions": [["content-length-range", "a", "b"]]}, "InvalidPolicyDocument", "content-length-range"),
    ],
)
def test_what_it_does_not_allow_is_refused(change: dict[str, Any], name: str, message: str) -> None:
    """In S3's words."""
    with pytest.raises(ApiError, match=message) as refused:
        _check(**change)
    assert refused.value.name == name


@pytest.mark.parametrize("policy", ["%%%", base64.b64encode(b"{").decode(), base64.b64encode(b"[]").decode()])
def test_a_policy_that_cannot_be_read_is_refused(policy: str) -> None:
    """Neither Base64 nor JSON."""
    with pytest.raises(ApiError, match="Invalid JSON"):
        check_policy({"key": "x", "policy": policy}, "b", 1)
