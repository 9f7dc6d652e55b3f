"""`check`, for every statement of the template: without it a call is refused, and with one more a permission is unused.

The calls are those of real runs (`recorded_calls.jsonl`; `python -m tests.infrastructure.policies.recorded_calls HOME`
writes it from the runs of a home, and tests/acceptance/test_permissions.py compares it with a new run).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.iam.audit import Audit, audit
from simulator.aws.iam.template.deployment import Deployment, readable
from simulator.pipeline.permissions.names import template_names
from simulator.pipeline.permissions.not_seen import reason_for
from tests.infrastructure.policies.recorded_calls import recorded
from tests.infrastructure.template.synthesis import Assembly

Template = dict[str, Any]
Place = tuple[str, tuple[Any, ...], int]
"""Logical id, path to the list of statements, index in it."""

# Actions whose removal refuses nothing, with the reason; all others that `not_seen.py` does not name must be missed.
ALLOWED_TWICE = {
    ("StorageDataKey", "kms:DescribeKey"): "AccountAdministers has kms:Describe* for the roles; CloudWatch Logs works",
}


def statements(template: Template) -> Iterator[tuple[Place, Template]]:
    """Give every statement that allows something, with its place."""
    for logical_id, resource in template["Resources"].items():
        yield from _in(logical_id, (), resource.get("Properties", {}))


def _in(logical_id: str, path: tuple[Any, ...], node: Any) -> Iterator[tuple[Place, Template]]:
    if isinstance(node, dict):
        for index, statement in enumerate(node.get("Statement", [])):
            if statement["Effect"] == "Allow":
                yield (logical_id, (*path, "Statement"), index), statement
        for key, inner in node.items():
            yield from _in(logical_id, (*path, key), inner)
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from _in(logical_id, (*path, index), inner)


def audited(template: Template) -> tuple[Deployment, Audit]:
    """Compare the recorded calls with a template."""
    deployment = Deployment(template, region=REGION, account=ACCOUNT, names=template_names(template))
    return deployment, audit(deployment, recorded(), "the recorded runs")


def changed(template: Template, place: Place) -> tuple[Template, list[Any]]:
    """Return a template with one resource of its own, and the list of statements in that resource."""
    logical_id, path, _ = place
    resource = copy.deepcopy(template["Resources"][logical_id])
    node = resource["Properties"]
    for key in path:
        node = node[key]
    return {**template, "Resources": {**template["Resources"], logical_id: resource}}, node


def actions_of(statement: Template) -> list[str]:
    """Return a statement's actions."""
    found = statement["Action"]
    return found if isinstance(found, list) else [found]


@pytest.fixture(params=["assembly", "dev_assembly", "optional_assembly"])
def each_template(request: pytest.FixtureRequest) -> Template:
    """The template of prod, of dev, and of prod with every option changed."""
    assembly: Assembly = request.getfixturevalue(request.param)
    return assembly.template


def test_nothing_is_refused_and_nothing_is_unused(each_template: Template) -> None:
    """The template as it is."""
    deployment, found = audited(each_template)
    assert found.refused == []
    assert not found.unknown
    assert not deployment.unknown_managed
    unexplained = [
        f"{one.owner}: {action}"
        for one in found.unused()
        for action in one.actions
        if reason_for(one, action, deployment) is None
    ]
    assert unexplained == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_each_action_of_each_statement_is_missed_when_it_is_gone(each_template: Template) -> None:
    """The role (or the service that the policy lets in), the action and the resource are named."""
    template = each_template
    deployment, before = audited(template)
    explained = {
        (one.owner, action)
        for one in before.unused()
        for action in one.actions
        if reason_for(one, action, deployment) is not None
    }
    not_missed = []
    for place, statement in statements(template):
        owner = _owner(template, place[0])
        for action in actions_of(statement):
            less, those = changed(template, place)
            those[place[2]]["Action"] = [one for one in actions_of(statement) if one != action]
            _, found = audited(less)
            if not found.refused and not {(name, action) for name in owner} & {*explained, *ALLOWED_TWICE}:
                not_missed.append(f"{owner}: {action}")
            for refused in found.refused:
                assert refused.who, refused
                assert refused.action in str(refused)
    assert not_missed == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_each_statement_with_an_unused_action_is_warned_of(each_template: Template) -> None:
    """Whatever the policy belongs to."""
    template = each_template
    for place, statement in statements(template):
        more, those = changed(template, place)
        those[place[2]]["Action"] = [*actions_of(statement), "glue:StartJobRun"]
        deployment, found = audited(more)
        warned = [one for one in found.unused() if "glue:StartJobRun" in one.actions]
        assert warned, place
        for one in warned:
            by_others = one.owner in {*deployment.deploying, *deployment.of_nobody} or (
                one.principals and deployment.deploying_arns.issuperset(one.principals)
            )
            assert by_others or reason_for(one, "glue:StartJobRun", deployment) is None, place


def _owner(template: Template, logical_id: str) -> list[str]:
    """Return who a statement belongs to, by the names that `check` uses."""
    roles = template["Resources"][logical_id]["Properties"].get("Roles", [])
    return [readable(one["Ref"]) for one in roles] or [readable(logical_id)]
