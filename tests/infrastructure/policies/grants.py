"""Every policy statement of a template, taken apart into what each lets or refuses whom do to what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.infrastructure.template.resolver import Resolver, readable

MANAGED = "managed policy"


class Grant(NamedTuple):
    """One action on one resource; a statement with two actions and two resources is four of these.

    Attributes:
        effect: Allow or Deny.
        principal: whose; blank in a role's own policy.
        action, resource: one of the statement's.
        condition: as JSON with sorted keys; blank if there is none.
    """

    effect: str
    principal: str
    action: str
    resource: str
    condition: str


def grants(stack: Resolver) -> dict[str, set[Grant]]:
    """Return all grants of a template by who has them, or where they stand.

    A role's rights stand under the role, wherever they are written; who may take it, under `trust of <role>`; a policy
    of a resource, under the resource's logical id. Nothing that has a `Statement` is passed over.
    """
    found: dict[str, set[Grant]] = {}
    for logical, resource in stack.resources.items():
        properties = stack.value(resource.get("Properties", {}))
        for path, document in _documents(properties, ()):
            assert document.get("Version") == "2012-10-17", f"{logical}: an older policy language knows no variables"
            for owner in _owners(readable(logical), resource["Type"], path, properties):
                for statement in document["Statement"]:
                    found.setdefault(owner, set()).update(_taken_apart(statement))
        for arn in properties.get("ManagedPolicyArns", []):
            found.setdefault(readable(logical), set()).add(Grant("Allow", "", MANAGED, arn, ""))
    return found


def _owners(logical: str, kind: str, path: tuple[str, ...], properties: dict[str, Any]) -> list[str]:
    if kind in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}:
        return list(properties.get("Roles") or [logical])  # of a policy that is attached to nobody: itself
    return [f"trust of {logical}" if "AssumeRolePolicyDocument" in path else logical]


def _documents(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    if isinstance(node, dict):
        if "Statement" in node:
            yield path, node
        for key, inner in node.items():
            yield from _documents(inner, (*path, key))
    elif isinstance(node, list):
        for inner in node:
            yield from _documents(inner, path)


def _taken_apart(statement: dict[str, Any]) -> Iterator[Grant]:
    known = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
    assert set(statement) <= known, f"a statement with {set(statement) - known} is not known to these tests"
    for principal in _principals(statement.get("Principal")):
        for action in _listed(statement["Action"]):
            for resource in _listed(statement.get("Resource", "")):
                yield Grant(statement["Effect"], principal, action, resource, condition(statement.get("Condition")))


def condition(given: dict[str, Any] | None) -> str:
    """Return a condition as text: one text for all ways of writing the same."""
    if not given:
        return ""
    same = {
        operator: {
            key: sorted(_listed(value)) if isinstance(value, (str, list)) else value for key, value in each.items()
        }
        for operator, each in given.items()
    }
    return json.dumps(same, sort_keys=True)


def _principals(given: Any) -> list[str]:
    if given is None:
        return [""]
    if isinstance(given, str):
        return [given]
    return [each for value in given.values() for each in _listed(value)]


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
