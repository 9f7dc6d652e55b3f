"""The comparison of calls with a template, and the refusal of calls."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.aws.iam.audit import audit
from simulator.aws.iam.call import Call, acting
from simulator.aws.iam.gate import Denied, Gate, call_of, document
from simulator.aws.iam.template.resolver import Resolver, UnknownReference
from tests.unit.iam.small_template import ACCOUNT, FUNCTION, MACHINE, REGION, TABLE, deployment, template

PUT = Call(caller="lambda.writer", action="dynamodb:PutItem", resource=TABLE)
INVOKE = Call(caller="states.flow", action="lambda:InvokeFunction", resource=FUNCTION)


def policies(of: dict[str, Any], role: str) -> list[dict[str, Any]]:
    """Return the inline policies of a role."""
    found: list[dict[str, Any]] = of["Resources"][role]["Properties"]["Policies"]
    return found


def test_a_call_that_nothing_allows_is_named_with_role_action_and_resource() -> None:
    """As AWS words the reason."""
    less = template()
    del policies(less, "WriterRole")[0]
    (refused,) = audit(deployment(less), [PUT, PUT, INVOKE], "the run r").refused
    assert str(refused) == (
        "WriterRole lacks dynamodb:PutItem on Orders: writer called it in the run r, and AWS refuses it because no "
        "identity-based policy allows the dynamodb:PutItem action"
    )


def test_the_use_of_a_key_follows_from_a_call() -> None:
    """The key of the table."""
    less = template()
    del policies(less, "WriterRole")[1]
    assert {one.action for one in audit(deployment(less), [PUT], "r").refused} == {"kms:Decrypt", "kms:DescribeKey"}


def test_a_permission_that_nothing_uses_is_told() -> None:
    """Action by action, and resource by resource."""
    more = template()
    statement = policies(more, "WriterRole")[0]["PolicyDocument"]["Statement"][0]
    statement["Action"] = ["dynamodb:PutItem", "dynamodb:Scan"]
    statement["Resource"] = [statement["Resource"], "arn:aws:dynamodb:*:*:table/Other"]
    told = [str(one) for one in audit(deployment(more), [PUT, INVOKE], "r").unused()]
    assert "WriterRole may dynamodb:Scan on Orders, Other: nothing uses it" in told
    assert "WriterRole may dynamodb:PutItem, dynamodb:Scan on Other: nothing uses it" in told


def test_whom_a_resources_policy_names_is_told_with_an_unused_permission() -> None:
    """So that what only a role of the deployment may do can be told apart."""
    more = template()
    key = more["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"]
    key.append({"Effect": "Allow", "Action": "kms:Verify", "Principal": {"AWS": {"Fn::GetAtt": "FlowRole.Arn"}}})
    (told,) = (one for one in audit(deployment(more), [PUT, INVOKE], "r").unused() if "kms:Verify" in one.actions)
    assert told.principals == (f"arn:aws:iam::{ACCOUNT}:role/FlowRole",)


@pytest.mark.parametrize(
    ("namespace", "refused"),
    [
        ("Orders", []),
        ("Others", ["FlowRole lacks cloudwatch:PutMetricData on *: it is the target of the schedule daily"]),
    ],
)
def test_a_schedule_takes_its_role_and_calls_its_target(namespace: str, refused: list[str]) -> None:
    """A universal target's input has what the condition asks for."""
    more = template()
    role = more["Resources"]["FlowRole"]["Properties"]
    role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"] = [
        "states.amazonaws.com",
        "scheduler.amazonaws.com",
    ]
    only = {"StringEquals": {"cloudwatch:namespace": "Orders"}}
    policies(more, "FlowRole")[0]["PolicyDocument"]["Statement"].append(
        {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*", "Condition": only}
    )
    target = {
        "Arn": {"Fn::Sub": "arn:${AWS::Partition}:scheduler:::aws-sdk:cloudwatch:putMetricData"},
        "RoleArn": {"Fn::GetAtt": "FlowRole.Arn"},
        "Input": json.dumps({"Namespace": namespace}),
    }
    more["Resources"]["Daily"] = {"Type": "AWS::Scheduler::Schedule", "Properties": {"Name": "daily", "Target": target}}
    assert [str(one).partition(", and")[0] for one in audit(deployment(more), [PUT, INVOKE], "r").refused] == refused

    role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"] = "states.amazonaws.com"
    lacking = {(one.who, one.action) for one in audit(deployment(more), [PUT, INVOKE], "r").refused}
    assert ("scheduler.amazonaws.com", "sts:AssumeRole") in lacking


def test_a_function_is_called_by_the_alias_of_the_template() -> None:
    """Locally there are no aliases."""
    assert audit(deployment(), [INVOKE], "r").refused == []
    unqualified = template()
    policies(unqualified, "FlowRole")[0]["PolicyDocument"]["Statement"][0]["Resource"] = FUNCTION
    assert {one.who for one in audit(deployment(unqualified), [INVOKE], "r").refused} == {"FlowRole"}


def test_names_of_the_local_cloud_are_translated() -> None:
    """In calls, and of who makes them."""
    call = Call(caller="lambda.local", action="dynamodb:PutItem", resource=TABLE.replace("Orders", "Local"))
    found = audit(deployment(local="writer", Local="Orders"), [call], "r")
    assert (found.refused, found.unknown) == ([], [])


def test_a_caller_that_the_template_does_not_have_is_told() -> None:
    """It is not compared."""
    assert audit(deployment(), [Call(caller="lambda.other", action="s3:GetObject", resource="arn:x")], "r").unknown == [
        "lambda.other"
    ]


def test_a_gate_counts_and_refuses_in_awss_words() -> None:
    """Only what a caller asks for; nothing that the simulator does for itself."""
    gate = Gate(deployment())
    gate.called("dynamodb:PutItem", TABLE)
    with acting("lambda.writer"):
        gate.called("dynamodb:PutItem", TABLE)
        gate.called("dynamodb:PutItem", TABLE)
        with pytest.raises(Denied) as denied:
            gate.called("dynamodb:Scan", TABLE)
    assert str(denied.value) == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/WriterRole/writer is not authorized to perform: dynamodb:Scan on "
        f"resource: {TABLE} because no identity-based policy allows the dynamodb:Scan action"
    )
    assert [(one["action"], one["count"]) for one in gate.counted()] == [("dynamodb:PutItem", 2), ("dynamodb:Scan", 1)]


def test_a_gate_refuses_a_call_whose_key_may_not_be_used() -> None:
    """AWS then names the key."""
    less = template()
    del policies(less, "WriterRole")[1]
    with pytest.raises(Denied, match="kms:Decrypt on resource: arn:aws:kms"):
        Gate(deployment(less)).count(PUT)


def test_a_call_survives_its_file() -> None:
    """As a JSON value."""
    call = Call(caller="lambda.a", action="s3:GetObject", resource="arn:x", context={"s3:prefix": "a"})
    assert call_of(document(call)) == call


def test_references_are_resolved() -> None:
    """Ref, GetAtt, Sub, Join, Select, Split, If, FindInMap and ImportValue."""
    of = template() | {
        "Parameters": {"Size": {"Type": "String", "Default": "7"}},
        "Conditions": {"Big": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Size"}, "1"]}]}},
        "Mappings": {"M": {"a": {"b": "found"}}},
    }
    resolver = Resolver(of, region=REGION, account=ACCOUNT, given={"shared-topic": "arn:topic"})
    for node, expected in (
        ({"Ref": "Flow"}, MACHINE),
        ({"Ref": "Live"}, f"{FUNCTION}:live"),
        ({"Fn::GetAtt": "Orders.Arn"}, TABLE),
        ({"Fn::Join": ["-", ["a", {"Ref": "Size"}]]}, "a-7"),
        ({"Fn::Sub": ["${x}/${Orders}/${!x}", {"x": "y"}]}, "y/Orders/${x}"),
        ({"Fn::Select": ["1", {"Fn::Split": ["/", "a/b"]}]}, "b"),
        ({"Fn::If": ["Big", "big", {"Ref": "AWS::NoValue"}]}, "big"),
        ({"Fn::FindInMap": ["M", "a", "b"]}, "found"),
        ({"Fn::ImportValue": "shared-topic"}, "arn:topic"),
        ({"Ref": "AWS::StackId"}, f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/stack/<id>"),
        ({"Ref": "AWS::NotificationARNs"}, []),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [{"Ref": "AWS::NoValue"}]}, {"b": []}),
    ):
        assert resolver.value(node) == expected
    with pytest.raises(UnknownReference, match="Nobody"):
        resolver.value({"Ref": "Nobody"})
