"""STS GetCallerIdentity, which people call first to see whether an endpoint works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.endpoint.service_api import ServiceApi

if TYPE_CHECKING:
    from simulator.aws.endpoint.service_api import Operation


def identity_api(account: str) -> ServiceApi:
    """Return STS with its one operation: every caller is the root user of the account."""

    def get_caller_identity(_request: dict[str, Any]) -> dict[str, Any]:
        return {"UserId": account, "Account": account, "Arn": f"arn:aws:iam::{account}:root"}

    operations: dict[str, Operation] = {"GetCallerIdentity": get_caller_identity}
    return ServiceApi("sts", operations)
