"""Policy documents: their statements, and what each says of a request.

IAM user guide, "IAM JSON policy element reference".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from simulator.aws.iam.conditions import holds
from simulator.aws.iam.wildcard import arn_matches, matches, with_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks: a role of an account, or a service of AWS.

    Args:
        arn: the role's ARN; the service's name (`events.amazonaws.com`) if a service asks.
        account: the role's account; blank for a service.
        session_arn: the ARN of the role's session; blank for a service.
    """

    arn: str
    account: str = ""
    session_arn: str = ""

    @property
    def is_service(self) -> bool:
        """Whether a service of AWS asks for itself."""
        return not self.account


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call, as IAM sees it.

    Args:
        principal: who asks.
        action: such as `dynamodb:PutItem`.
        resource: an ARN, or `*` for an action that knows no resources.
        context: the condition keys in lower case, with their values.
        account: the account that owns the resource.
    """

    principal: Principal
    action: str
    resource: str
    context: Mapping[str, Sequence[str]] = field(default_factory=dict)
    account: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A statement; two are the same only if they are one.

    Args:
        owner: what has the policy, for messages.
        effect: Allow or Deny.
        actions, resources: patterns; a blank tuple of resources stands for the resource that has the policy.
        not_actions, not_resources: whether the patterns are NotAction's, NotResource's.
        principals: `Principal` or `NotPrincipal` by kind (AWS, Service); None in a policy of a role.
        not_principals: whether it is NotPrincipal.
        conditions: the condition block.
    """

    owner: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_actions: bool = False
    not_resources: bool = False
    principals: Mapping[str, tuple[str, ...]] | None = None
    not_principals: bool = False
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def parse(cls, owner: str, document: Mapping[str, Any]) -> Self:
        """Read a statement of a policy document."""
        principals = document.get("Principal", document.get("NotPrincipal"))
        if principals == "*":
            principals = {"AWS": "*"}
        return cls(
            owner=owner,
            effect=document["Effect"],
            actions=_all(document.get("Action", document.get("NotAction"))),
            resources=_all(document.get("Resource", document.get("NotResource", []))),
            not_actions="NotAction" in document,
            not_resources="NotResource" in document,
            principals=None if principals is None else {kind: _all(those) for kind, those in principals.items()},
            not_principals="NotPrincipal" in document,
            conditions=document.get("Condition", {}),
        )

    def concerns(self, request: Request) -> bool:
        """Say whether action, resource and conditions are the request's; the principal is asked for apart."""
        action = any(matches(one, request.action, ignore_case=True) for one in self.actions)
        return (
            action != self.not_actions
            and self._names(request.resource, request)
            and holds(self.conditions, request.context)
        )

    def _names(self, resource: str, request: Request) -> bool:
        if not self.resources:
            return True
        filled = (with_values(one, request.context) for one in self.resources)
        return any(one is not None and arn_matches(one, resource) for one in filled) != self.not_resources

    def names_principal(self, principal: Principal) -> bool:
        """Say whether it names the principal itself, or everyone."""
        wanted = (self.principals or {}).get("Service" if principal.is_service else "AWS", ())
        everyone = (self.principals or {}).get("AWS", ())
        found = "*" in everyone or any(one in {principal.arn, principal.session_arn} for one in wanted)
        return (found or self._is_root(principal)) != self.not_principals if self.not_principals else found

    def names_account(self, principal: Principal) -> bool:
        """Say whether it names the principal's account, which then decides by the principal's own policies."""
        return not self.not_principals and self._is_root(principal)

    def _is_root(self, principal: Principal) -> bool:
        roots = {principal.account, f"arn:aws:iam::{principal.account}:root"}
        return not principal.is_service and any(one in roots for one in (self.principals or {}).get("AWS", ()))

    def names_session(self, principal: Principal) -> bool:
        """Say whether it names the role's session, which a permissions boundary does not limit."""
        return bool(principal.session_arn) and principal.session_arn in (self.principals or {}).get("AWS", ())


def _all(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def statements(owner: str, document: Mapping[str, Any]) -> list[Statement]:
    """Return the statements of a policy document.

    Raises:
        KeyError, TypeError: it is not a policy document.
    """
    found = document["Statement"]
    return [Statement.parse(owner, one) for one in (found if isinstance(found, list) else [found])]
