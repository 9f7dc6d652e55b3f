"""Whether AWS allows a request: explicit denies first, then what must allow it.

IAM user guide, "Policy evaluation logic": "How AWS enforcement code logic evaluates requests to allow or deny access".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simulator.aws.iam.policy import Request, Statement

DENY, ALLOW = "Deny", "Allow"
NEEDS_RESOURCE_POLICY: Final = ("kms:", "sts:assumerole")
"""Actions that a policy of the key, or the role's trust policy, must allow, in the same account too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The policies that bear on a request.

    Args:
        identity: the statements of the role's own policies.
        resource: those of the resource's policy.
        boundary: those of the role's permissions boundary; None if it has none.
        endpoint: those of the VPC endpoint that the request passes through; None if it passes through none.
    """

    identity: Sequence[Statement] = ()
    resource: Sequence[Statement] = ()
    boundary: Sequence[Statement] | None = None
    endpoint: Sequence[Statement] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What AWS decides.

    Args:
        allowed: whether the request is allowed.
        reason: why not, as AWS says it; blank if it is allowed.
        used: the statements that allow it.
    """

    allowed: bool
    reason: str = ""
    used: tuple[Statement, ...] = field(default=())


def evaluate(request: Request, policies: Policies) -> Decision:
    """Decide on a request.

    The reasons are the ends of AWS's own messages (IAM user guide, "Troubleshoot access denied error messages").
    """
    principal = request.principal
    kinds = (
        ("an identity-based policy", policies.identity),
        (
            "a resource-based policy",
            [one for one in policies.resource if one.names_principal(principal) or one.names_account(principal)],
        ),
        ("a permissions boundary", policies.boundary or ()),
        ("a VPC endpoint policy", [one for one in policies.endpoint or () if one.names_principal(principal)]),
    )
    for kind, those in kinds:
        if _that(DENY, those, request):
            return Decision(allowed=False, reason=f"with an explicit deny in {kind}")
    identity, resource, boundary, endpoint = (_that(ALLOW, those, request) for _, those in kinds)
    if policies.endpoint is not None and not endpoint:
        return _missing("VPC endpoint policy", request)
    direct = [one for one in resource if one.names_principal(principal)]
    needed = _missing_kind(request, direct=bool(direct), account=bool(resource), identity=bool(identity))
    if needed:
        return _missing(needed, request)
    bounded = not any(one.names_session(principal) for one in direct)
    if policies.boundary is not None and not principal.is_service and bounded and not boundary:
        return _missing("permissions boundary", request)
    return Decision(allowed=True, used=(*identity, *resource, *boundary, *endpoint))


def _missing_kind(request: Request, *, direct: bool, account: bool, identity: bool) -> str | None:
    """Return the kind of policy that ought to allow the request and does not; None if all do.

    Args:
        request: the request.
        direct: whether the resource's policy allows it to the principal.
        account: whether the resource's policy allows it to the principal, or to its account.
        identity: whether the principal's policies allow it.
    """
    principal = request.principal
    if principal.is_service:
        return None if direct else "resource-based policy"
    foreign = bool(request.account) and request.account != principal.account
    strict = foreign or request.action.lower().startswith(NEEDS_RESOURCE_POLICY)
    if strict and not account:
        return "resource-based policy"
    if identity or (direct and not foreign):
        return None
    return "identity-based policy"


def _that(effect: str, those: Iterable[Statement], request: Request) -> list[Statement]:
    return [one for one in those if one.effect == effect and one.concerns(request)]


def _missing(kind: str, request: Request) -> Decision:
    return Decision(allowed=False, reason=f"because no {kind} allows the {request.action} action")
