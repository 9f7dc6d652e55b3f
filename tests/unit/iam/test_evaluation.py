"""Evaluation: the examples of the IAM user guide's pages on evaluation logic and permissions boundaries."""

from __future__ import annotations

import pytest

from simulator.aws.iam.evaluation import Policies
from simulator.aws.iam.policy import Principal
from tests.unit.iam.asked import ACCOUNT, READER, ROLE, SESSION, allow, decided, deny, policy

# "Example of identity-based and resource-based policy evaluation": Carlos Salazar.
CARLOS = policy(
    allow(
        ["s3:GetBucketLocation", "s3:GetAccountPublicAccessBlock", "s3:ListAccessPoints", "s3:ListAllMyBuckets"],
        "arn:aws:s3:::*",
    ),
    allow("s3:*", ["arn:aws:s3:::carlossalazar/*", "arn:aws:s3:::carlossalazar"]),
    deny("s3:*", "arn:aws:s3:::*log*"),
)
CARLOS_BUCKET = policy({**allow("s3:*", "arn:aws:s3:::carlossalazar/*"), "Principal": {"AWS": ROLE}})


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("s3:PutObject", "arn:aws:s3:::carlossalazar/picture.png", True),
        ("s3:PutObject", "arn:aws:s3:::carlossalazar-logs/1.txt", False),
        ("s3:PutObject", "arn:aws:s3:::carlossalazar/travel-log.txt", False),
        ("s3:GetBucketLocation", "arn:aws:s3:::other", True),
        ("s3:GetObject", "arn:aws:s3:::other/key", False),
        ("ec2:DescribeInstances", "*", False),
    ],
)
def test_the_guides_example_of_carlos(action: str, resource: str, allowed: bool) -> None:
    """An explicit deny overrides both policies; what nothing allows is denied."""
    assert decided(action, resource, Policies(identity=CARLOS, resource=CARLOS_BUCKET)).allowed is allowed


def test_the_guides_example_of_shirley_and_her_boundary() -> None:
    """A boundary gives no permissions, and limits those of the identity's policies."""
    boundary = policy(allow(["s3:*", "cloudwatch:*", "ec2:*"]))
    user = policy(allow("iam:CreateUser"))
    found = decided("iam:CreateUser", "*", Policies(identity=user, boundary=boundary))
    assert found.reason == "because no permissions boundary allows the iam:CreateUser action"
    assert not decided("s3:PutObject", "arn:aws:s3:::a/b", Policies(identity=user, boundary=boundary)).allowed
    both = Policies(identity=policy(allow("s3:PutObject")), boundary=boundary)
    assert decided("s3:PutObject", "arn:aws:s3:::a/b", both).allowed


@pytest.mark.parametrize(("named", "allowed"), [(ROLE, False), (SESSION, True)])
def test_a_boundary_limits_what_a_resource_gives_the_role_and_not_what_it_gives_its_session(
    named: str, allowed: bool
) -> None:
    """IAM user guide, "Permissions boundaries": resource-based policies."""
    queue = policy({**allow("sqs:SendMessage", "arn:aws:sqs:r:1:q"), "Principal": {"AWS": named}})
    found = decided("sqs:SendMessage", "arn:aws:sqs:r:1:q", Policies(resource=queue, boundary=policy(allow("s3:*"))))
    assert found.allowed is allowed


def test_in_one_account_either_policy_is_enough_and_across_accounts_both_are_needed() -> None:
    """IAM user guide, "Cross-account policy evaluation logic"."""
    mine = Policies(identity=policy(allow("sqs:SendMessage")))
    theirs = Policies(resource=policy({**allow("sqs:SendMessage"), "Principal": {"AWS": ROLE}}))
    both = Policies(identity=mine.identity, resource=theirs.resource)
    arn = "arn:aws:sqs:eu-west-1:999999999999:q"
    assert [decided("sqs:SendMessage", arn, one).allowed for one in (mine, theirs, both)] == [True, True, True]
    others = [decided("sqs:SendMessage", arn, one, account="999999999999") for one in (mine, theirs, both)]
    assert [one.allowed for one in others] == [False, False, True]
    assert others[0].reason == "because no resource-based policy allows the sqs:SendMessage action"


def test_a_key_must_be_given_by_its_own_policy() -> None:
    """KMS developer guide, "Key policies in AWS KMS": the account's own policies count only if the key's says so."""
    key = "arn:aws:kms:ap-northeast-1:123456789012:key/k"
    role = policy(allow("kms:Decrypt", key))
    root = policy({**allow("kms:*"), "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}})
    assert not decided("kms:Decrypt", key, Policies(identity=role)).allowed
    assert not decided("kms:Decrypt", key, Policies(resource=root)).allowed
    assert decided("kms:Decrypt", key, Policies(identity=role, resource=root)).allowed


def test_a_service_needs_the_resource_to_name_it() -> None:
    """And its source, if the statement asks for that."""
    rule = "arn:aws:events:ap-northeast-1:123456789012:rule/r"
    named = {"Principal": {"Service": "events.amazonaws.com"}, "Condition": {"ArnEquals": {"aws:SourceArn": rule}}}
    queue = Policies(resource=policy(allow("sqs:SendMessage", **named)))
    bus, other = Principal(arn="events.amazonaws.com"), Principal(arn="sns.amazonaws.com")
    arn = "arn:aws:sqs:ap-northeast-1:123456789012:q"
    assert decided("sqs:SendMessage", arn, queue, bus, aws__SourceArn=rule).allowed
    assert not decided("sqs:SendMessage", arn, queue, bus, aws__SourceArn=f"{rule}x").allowed
    assert not decided("sqs:SendMessage", arn, queue, other, aws__SourceArn=rule).allowed


def test_a_vpc_endpoint_must_let_a_request_through() -> None:
    """As it must not deny it."""
    mine = policy(allow("s3:*"))
    through = policy({**allow("s3:GetObject", "arn:aws:s3:::bucket/*"), "Principal": "*"})
    one = decided("s3:GetObject", "arn:aws:s3:::bucket/k", Policies(identity=mine, endpoint=through))
    other = decided("s3:PutObject", "arn:aws:s3:::bucket/k", Policies(identity=mine, endpoint=through))
    assert one.allowed
    assert other.reason == "because no VPC endpoint policy allows the s3:PutObject action"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("identity", "with an explicit deny in an identity-based policy"),
        ("resource", "with an explicit deny in a resource-based policy"),
        ("boundary", "with an explicit deny in a permissions boundary"),
        ("endpoint", "with an explicit deny in a VPC endpoint policy"),
    ],
)
def test_an_explicit_deny_wins_wherever_it_stands(kind: str, reason: str) -> None:
    """And AWS says where."""
    everything = {**allow("*"), "Principal": "*"}
    each = {name: policy(everything) for name in ("identity", "resource", "boundary", "endpoint")}
    each[kind] = policy(everything, {**deny("s3:Get*"), "Principal": "*"})
    assert decided("s3:PutObject", "arn:aws:s3:::a/b", Policies(**each)).allowed
    assert decided("s3:GetObject", "arn:aws:s3:::a/b", Policies(**each)).reason == reason


def test_not_action_not_resource_and_not_principal() -> None:
    """Everything but what they name."""
    most = Policies(identity=policy({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::secret/*"}))
    assert decided("s3:GetObject", "arn:aws:s3:::open/k", most).allowed
    assert not decided("iam:CreateUser", "*", most).allowed
    assert not decided("s3:GetObject", "arn:aws:s3:::secret/k", most).allowed
    others = policy({**deny("s3:*"), "NotPrincipal": {"AWS": ["arn:aws:iam::123456789012:role/other"]}})
    mine = policy({**deny("s3:*"), "NotPrincipal": {"AWS": [ROLE, SESSION]}})
    allowed = policy(allow("s3:*"))
    assert not decided("s3:GetObject", "arn:aws:s3:::a/b", Policies(identity=allowed, resource=others)).allowed
    assert decided("s3:GetObject", "arn:aws:s3:::a/b", Policies(identity=allowed, resource=mine)).allowed


@pytest.mark.parametrize(
    ("pattern", "arn", "matches"),
    [
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b", True),
        ("arn:aws:s3:::bucket/?", "arn:aws:s3:::bucket/ab", False),
        ("arn:aws:s3:::bucket/${*}", "arn:aws:s3:::bucket/*", True),
        ("arn:aws:s3:::bucket/${*}", "arn:aws:s3:::bucket/a", False),
        ("arn:aws:s3:::home/${aws:PrincipalTag/team}/*", "arn:aws:s3:::home/red/k", True),
        ("arn:aws:s3:::home/${aws:PrincipalTag/team}/*", "arn:aws:s3:::home/blue/k", False),
        ("arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home//k", False),
        ("arn:aws:s3:::home/${aws:username, 'nobody'}/*", "arn:aws:s3:::home/nobody/k", True),
        ("arn:aws:s3:::BUCKET/*", "arn:aws:s3:::bucket/a", False),
        ("*", "arn:aws:s3:::bucket/a", True),
    ],
)
def test_resources_have_wildcards_and_variables(pattern: str, arn: str, matches: bool) -> None:
    """A variable without a value and without a default matches nothing."""
    found = Policies(identity=policy(allow("S3:getOBJECT", pattern)))
    tag = {"aws__PrincipalTag/team": "red"}
    assert decided("s3:GetObject", arn, found, READER, **tag).allowed is matches
