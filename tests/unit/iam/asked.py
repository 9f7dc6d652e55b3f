"""Requests as the tests make them."""

from __future__ import annotations

from typing import Any

from simulator.aws.iam.evaluation import Decision, Policies, evaluate
from simulator.aws.iam.policy import Principal, Request, Statement, statements

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/session"
READER = Principal(arn=ROLE, account=ACCOUNT, session_arn=SESSION)


def policy(*those: dict[str, Any]) -> list[Statement]:
    """Return the statements of a policy."""
    return statements("policy", {"Version": "2012-10-17", "Statement": list(those)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """Return a statement that allows something."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """Return a statement that denies something."""
    return {**allow(action, resource, **more), "Effect": "Deny"}


def decided(
    action: str,
    resource: str,
    policies: Policies,
    principal: Principal = READER,
    account: str = ACCOUNT,
    **context: str | list[str],
) -> Decision:
    """Decide on a request; a context key's colon is written as two underscores."""
    given = {
        key.replace("__", ":").lower(): tuple(value) if isinstance(value, list) else (value,)
        for key, value in context.items()
    }
    return evaluate(
        Request(principal=principal, action=action, resource=resource, context=given, account=account), policies
    )


def holds(conditions: dict[str, Any], **context: str | list[str]) -> bool:
    """Say whether a statement with these conditions allows a request of this context."""
    found = Policies(identity=policy(allow("s3:GetObject", Condition=conditions)))
    return decided("s3:GetObject", "arn:aws:s3:::bucket/key", found, **context).allowed
