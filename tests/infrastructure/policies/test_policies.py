"""Least privilege: every statement of the template against the list written out in `expected_policies`."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.conftest import UPLOADER
from tests.infrastructure.policies.expected_policies import EXPECTED, HERE, OUTPUT, UPLOAD_WATCH, uploader
from tests.infrastructure.policies.grants import Grant, grants
from tests.infrastructure.template.resolver import Resolver

Everything = dict[str, set[Grant]]
WORKFLOW_FILE = Path(__file__).parents[3] / "cdk" / "definitions" / "workflow.asl.json"
VALIDATOR, WORKFLOW = "FunctionsValidatorRole", "WorkflowWorkflowRole"


@pytest.fixture(scope="module")
def found(stack: Resolver) -> Everything:
    """Every grant of the template."""
    return grants(stack)


def differences(found: Everything, expected: Everything) -> dict[str, list[Grant]]:
    """Return what is too much and what is missing, by owner."""
    owners = found.keys() | expected.keys()
    both = {owner: (found.get(owner, set()), expected.get(owner, set())) for owner in owners}
    changes = {f"too much: {owner}": sorted(have - want) for owner, (have, want) in both.items()}
    changes |= {f"missing: {owner}": sorted(want - have) for owner, (have, want) in both.items()}
    return {what: those for what, those in changes.items() if those}


def test_no_one_has_rights_that_are_not_written_out(found: Everything) -> None:
    """Roles, who may take them, and policies of resources: each one is in the list."""
    assert found.keys() == EXPECTED.keys()


@pytest.mark.parametrize("owner", sorted(EXPECTED))
def test_rights_are_exactly_those_written_out(found: Everything, owner: str) -> None:
    """Not one action, resource or condition more, nor one less."""
    assert differences({owner: found[owner]}, {owner: EXPECTED[owner]}) == {}


def test_the_workflow_may_put_each_object_that_its_definition_names(found: Everything) -> None:
    """A state that is added needs its right too: AWS alone would notice that it lacks it."""
    puts = [
        state["Parameters"]["Key.$"]
        for state in json.loads(WORKFLOW_FILE.read_text(encoding="utf-8"))["States"].values()
        if state.get("Resource", "").endswith("s3:putObject")
    ]
    folders = {key.removeprefix("States.Format('").partition("{}")[0] for key in puts}
    rights = {one.resource for one in found[WORKFLOW] if one.action == "s3:PutObject"}
    assert folders
    assert {f"{OUTPUT}/{folder}*" for folder in folders} <= rights


def test_a_policy_is_attached_to_what_it_speaks_of(stack: Resolver) -> None:
    """Buckets, queues, topic."""
    attached = [
        (policy["PolicyDocument"], [f"arn:aws:s3:::{policy['Bucket']}"])
        for policy in stack.of_type("AWS::S3::BucketPolicy").values()
    ]
    attached += [
        (policy["PolicyDocument"], [f"arn:aws:sqs:{HERE}:{url.rpartition('/')[2]}" for url in policy["Queues"]])
        for policy in stack.of_type("AWS::SQS::QueuePolicy").values()
    ]
    attached += [
        (policy["PolicyDocument"], policy["Topics"]) for policy in stack.of_type("AWS::SNS::TopicPolicy").values()
    ]
    assert len(attached) == 9
    for document, (thing,) in attached:
        for statement in document["Statement"]:
            resources = statement["Resource"]
            for resource in [resources] if isinstance(resources, str) else resources:
                assert resource == thing or resource.startswith(f"{thing}/")


def test_a_workflow_with_batches_may_call_the_reporter_too(optional_stack: Resolver, found: Everything) -> None:
    """It counts the rows that failed."""
    (added,) = grants(optional_stack)["WorkflowWorkflowRole"] - found["WorkflowWorkflowRole"]
    assert (added.action, added.resource.rpartition(":function:")[2]) == (
        "lambda:InvokeFunction",
        "user-log-reporter:live",
    )


def test_an_uploader_may_put_into_the_input_bucket_and_nothing_else(
    optional_stack: Resolver, found: Everything
) -> None:
    """What the option uploaderPrincipalArn changes in all of the template's policies."""
    others = ("Operators", "UploadWatch", "WorkflowWorkflowRole")
    everything = {
        owner: those for owner, those in grants(optional_stack).items() if not any(other in owner for other in others)
    }
    added = {owner: those - found[owner] for owner, those in everything.items()}
    assert {owner: those for owner, those in added.items() if those} == uploader(UPLOADER)
    assert all(found[owner] <= those for owner, those in everything.items())


def test_the_dead_mans_switch_may_write_its_metric_and_nothing_else(optional_stack: Resolver) -> None:
    """CloudWatch knows no resource for it, but a namespace."""
    assert {owner: those for owner, those in grants(optional_stack).items() if "UploadWatch" in owner} == UPLOAD_WATCH


def test_dev_has_the_same_rights_on_its_own_things(dev_stack: Resolver, found: Everything) -> None:
    """Beside what empties its buckets when it is destroyed."""
    renamed = {
        owner: {Grant(*(part.replace("-dev", "") for part in grant)) for grant in those}
        for owner, those in grants(dev_stack).items()
    }
    emptying = "CustomS3AutoDeleteObjectsCustomResourceProviderRole"
    buckets = {"StorageInputPolicy", "StorageOutputPolicy", "StorageAccessLogsPolicy"}
    changed = {what.partition(": ")[2] for what in differences(renamed, found)}
    assert changed == {emptying, f"trust of {emptying}", *buckets}
    for bucket in buckets:
        more = renamed[bucket] - found[bucket]
        assert {grant.principal for grant in more} == {f"arn:aws:iam::123456789012:role/{emptying}"}
        assert {grant.action for grant in more} == {
            "s3:DeleteObject*",
            "s3:GetBucket*",
            "s3:List*",
            "s3:PutBucketPolicy",
        }


def statement_of(template: dict[str, Any], role: str, action: str) -> dict[str, Any]:
    """Return the statement of a role that has an action."""
    for logical, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role" and logical.startswith(role):
            for policy in resource["Properties"]["Policies"]:
                for statement in policy["PolicyDocument"]["Statement"]:
                    if action in statement["Action"]:
                        found: dict[str, Any] = statement
                        return found
    raise AssertionError(f"{role} has no {action}")


def widen(template: dict[str, Any]) -> None:
    """Let the workflow write anywhere."""
    statement_of(template, WORKFLOW, "dynamodb:PutItem")["Resource"] = "*"


def read_without_version(template: dict[str, Any]) -> None:
    """Take GetObject for GetObjectVersion."""
    statement_of(template, VALIDATOR, "s3:GetObjectVersion")["Action"] = "s3:GetObject"


def lose_interfaces(template: dict[str, Any]) -> None:
    """Forget a right of a function in a VPC."""
    statement_of(template, VALIDATOR, "ec2:CreateNetworkInterface")["Action"].remove("ec2:CreateNetworkInterface")


def lose_key(template: dict[str, Any]) -> None:
    """Forget the key of the uploads."""
    statement_of(template, VALIDATOR, "kms:Decrypt")["Action"] = "kms:DescribeKey"


def drop_condition(template: dict[str, Any]) -> None:
    """Let the validator decrypt whatever the key encrypts."""
    del statement_of(template, VALIDATOR, "kms:Decrypt")["Condition"]


def add_managed_policy(template: dict[str, Any]) -> None:
    """Give a role a policy of AWS's beside its own."""
    for logical, resource in template["Resources"].items():
        if logical.startswith(VALIDATOR):
            resource["Properties"]["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/AdministratorAccess"]


def add_policy_beside(template: dict[str, Any]) -> None:
    """Attach a policy that is a resource of its own."""
    role = next(logical for logical in template["Resources"] if logical.startswith(VALIDATOR))
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    template["Resources"]["Beside"] = {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyDocument": document, "Roles": [{"Ref": role}]},
    }


@pytest.mark.parametrize(
    "change",
    [
        widen,
        read_without_version,
        lose_interfaces,
        lose_key,
        drop_condition,
        add_managed_policy,
        add_policy_beside,
    ],
)
def test_a_changed_right_would_be_noticed(stack: Resolver, change: Callable[[dict[str, Any]], None]) -> None:
    """The comparison itself, on templates that are wrong."""
    template = copy.deepcopy(stack.template)
    change(template)
    changed = {what.partition(": ")[2] for what in differences(grants(Resolver(template)), EXPECTED)}
    unchanged = {what.partition(": ")[2] for what in differences(grants(stack), EXPECTED)}
    assert changed - unchanged in ({VALIDATOR}, {WORKFLOW})
