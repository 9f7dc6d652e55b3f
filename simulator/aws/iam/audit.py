"""Compares calls with the policies of a template: what AWS would refuse, and what is allowed and never used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.aws.iam.needs import all_needs
from simulator.aws.iam.needs.encryption import key_needs
from simulator.aws.iam.needs.need import Need
from simulator.aws.iam.template.deployment import readable
from simulator.aws.iam.wildcard import arn_matches, matches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.aws.iam.call import Call
    from simulator.aws.iam.policy import Statement
    from simulator.aws.iam.template.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that AWS would refuse: who makes it, what is asked for, how AWS's message ends, where the call is from."""

    who: str
    action: str
    resource: str
    reason: str
    why: str

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"{self.who} lacks {self.action} on {short(self.resource)}: {self.why}, and AWS refuses it {self.reason}"


@dataclass(frozen=True, slots=True)
class Unused:
    """An action that a statement allows, or a resource on which it allows anything, and that nothing uses.

    Args:
        owner: what has the policy, for people.
        actions, resources: as the statement has them.
        principals: the roles and users whom a resource's policy names; none in a policy of a role.
    """

    owner: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it in a sentence."""
        where = f" on {', '.join(map(short, self.resources))}" if self.resources else ""
        return f"{self.owner} may {', '.join(self.actions)}{where}: nothing uses it"


@dataclass(slots=True)
class Audit:
    """What a comparison found.

    Attributes:
        refused: the calls that AWS would refuse, each once.
        unknown: callers whose role the template does not have.
        compared: how many different calls were compared, with those that follow from the template.
    """

    refused: list[Refused] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    compared: int = 0
    _uses: dict[Statement, set[tuple[str, str]]] = field(default_factory=dict)
    _statements: list[Statement] = field(default_factory=list)
    _seen: set[tuple[str, str, str, frozenset[tuple[str, str]]]] = field(default_factory=set)

    def add(self, deployment: Deployment, need: Need) -> None:
        """Compare a call, and the use of a key that follows from it."""
        pending = [need]
        while pending:
            one = pending.pop()
            key = (one.asker.name, one.action, one.resource, frozenset({**one.asker.context, **one.context}.items()))
            if key in self._seen:
                continue
            self._seen.add(key)
            self.compared += 1
            decision = deployment.decide(one.asker, one.action, one.resource, one.context)
            for statement in decision.used:
                self._uses.setdefault(statement, set()).add((one.action, one.resource))
            if not decision.allowed:
                found = Refused(one.asker.name, one.action, one.resource, decision.reason, one.why)
                if not any(_same(found, other) for other in self.refused):
                    self.refused.append(found)
            pending += key_needs(deployment, one.asker, one.action, one.resource, one.context)

    def unused(self) -> list[Unused]:
        """Return what is allowed and was never used, statement by statement."""
        found = []
        for statement in self._statements:
            if statement.effect != "Allow":
                continue
            used = self._uses.get(statement, set())
            owner = readable(statement.owner)
            principals = (statement.principals or {}).get("AWS", ())
            actions = tuple(
                one
                for one in statement.actions
                if not any(matches(one, action, ignore_case=True) for action, _ in used)
            )
            if actions:
                found.append(Unused(owner, actions, statement.resources, principals))
            resources = tuple(
                one for one in statement.resources if not any(arn_matches(one, resource) for _, resource in used)
            )
            if resources and used and not statement.not_resources:
                found.append(Unused(owner, statement.actions, resources, principals))
        return found


def _same(one: Refused, other: Refused) -> bool:
    return (one.who, one.action, one.resource) == (other.who, other.action, other.resource)


def audit(deployment: Deployment, calls: Iterable[Call], source: str) -> Audit:
    """Compare the calls of a run, and all that follows from the template, with the template's policies.

    Args:
        deployment: the template.
        calls: those that were made, by the names of the local cloud.
        source: where they come from, such as `the run NAME`, for people.
    """
    found = Audit(_statements=deployment.all)
    for call in calls:
        resource = deployment.translated(call.resource)
        if call.action == "lambda:InvokeFunction":
            resource = deployment.qualified(resource, call.caller)
        askers = deployment.askers(call.caller, resource)
        if not askers and call.caller not in found.unknown:
            found.unknown.append(call.caller)
        for asker in askers:
            why = f"{call.caller.partition('.')[2] or 'EventBridge'} called it in {source}"
            found.add(
                deployment,
                Need(asker=asker, action=call.action, resource=resource, context=call.context, why=why),
            )
    for need in all_needs(deployment):
        found.add(deployment, need)
    return found


def short(arn: str) -> str:
    """Return what people call a resource: the ARN without its first five parts."""
    parts = arn.split(":", 5)
    return parts[5].removeprefix("table/") if len(parts) == 6 and arn.startswith("arn:") else arn  # noqa: PLR2004
