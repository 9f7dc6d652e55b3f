"""The policy of a presigned POST: what the holder may upload. Its signature is not checked.

S3 API reference, "POST policy".
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.utils import parse_timestamp

from simulator.aws.errors import ApiError
from simulator.aws.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

_FREE_FIELDS = {"x-amz-signature", "policy", "signature", "awsaccesskeyid", "file"}
_RANGE = "content-length-range"


def check_policy(fields: Mapping[str, str], bucket: str, size: int) -> None:
    """Check a form's fields and the size of its file against the policy that it brings; a form without one is let in.

    Args:
        fields: the form's, by names in lower case.
        bucket: where it was posted to.
        size: the file's, in bytes.

    Raises:
        ApiError: AccessDenied, InvalidPolicyDocument, EntityTooLarge or EntityTooSmall.
    """
    if "policy" not in fields:
        return
    policy = _read(fields["policy"])
    if _expiration(policy) < datetime.now(UTC):
        raise _denied("Policy expired.")
    values = {**fields, "bucket": bucket}
    named = {"bucket"}
    for condition in policy.get("conditions") or []:
        if isinstance(condition, dict):
            for name, value in condition.items():
                named.add(name.lower())
                _check("eq", name.lower(), value, values, condition)
        elif isinstance(condition, list) and len(condition) == 3:  # noqa: PLR2004 - operator, subject, value
            operator, subject, value = condition
            if str(operator).lower() == _RANGE:
                _check_size(size, subject, value)
            else:
                name = str(subject).removeprefix("$").lower()
                named.add(name)
                _check(str(operator).lower(), name, value, values, condition)
        else:
            raise _invalid("Invalid Condition.")
    extra = sorted(name for name in fields if name not in named | _FREE_FIELDS and not name.startswith("x-ignore-"))
    if extra:
        raise _denied(f"Extra input fields: {', '.join(extra)}")


def _read(text: str) -> dict[str, Any]:
    try:
        policy = read_json(base64.b64decode(text, validate=False))
    except (binascii.Error, BadJson):
        raise _invalid("Invalid JSON.") from None
    if not isinstance(policy, dict):
        raise _invalid("Invalid JSON.")
    if not isinstance(policy.get("conditions"), list):
        raise _invalid("Policy missing conditions.")
    return policy


def _expiration(policy: dict[str, Any]) -> datetime:
    given = policy.get("expiration")
    if not isinstance(given, str):
        raise _invalid("Policy missing expiration.")
    try:
        moment: datetime = parse_timestamp(given)
    except (ValueError, RuntimeError):
        raise _invalid(f"Invalid 'expiration' value: '{given}'") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check(operator: str, name: str, value: Any, values: Mapping[str, str], condition: Any) -> None:
    given = values.get(name, "")
    wanted = str(value)
    met = {"eq": given == wanted, "starts-with": given.startswith(wanted)}.get(operator)
    if met is None:
        raise _invalid(f"Invalid Condition: unknown operation '{operator}'.")
    if not met or name not in values:
        shown = condition if isinstance(condition, list) else ["eq", f"${name}", wanted]
        parts = ", ".join(f'"{part}"' for part in shown)
        raise _denied(f"Policy Condition failed: [{parts}]")


def _check_size(size: int, smallest: Any, largest: Any) -> None:
    try:
        least, most = int(smallest), int(largest)
    except (TypeError, ValueError):
        raise _invalid("Invalid content-length-range.") from None
    if size > most:
        raise ApiError(
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
            members={"ProposedSize": size, "MaxSizeAllowed": most},
        )
    if size < least:
        raise ApiError(
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
            members={"ProposedSize": size, "MinSizeAllowed": least},
        )


def _denied(reason: str) -> ApiError:
    return ApiError("AccessDenied", f"Invalid according to Policy: {reason}", status=403)


def _invalid(reason: str) -> ApiError:
    return ApiError("InvalidPolicyDocument", f"Invalid Policy: {reason}")
