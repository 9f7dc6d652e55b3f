"""The policy for operators: what `fetch` and the dashboard over the stack call, and nothing else."""

from __future__ import annotations

import pytest

from tests.infrastructure.conftest import synthesized
from tests.infrastructure.policies.expected_policies import (
    DATA_KEY,
    FUNCTION,
    HERE,
    INPUT,
    OUTPUT,
    PROCESSOR,
    READER,
    STATES,
    TABLE,
    VALIDATOR,
    WORKFLOW,
    allow,
    of_bucket,
    through,
)
from tests.infrastructure.policies.grants import grants
from tests.infrastructure.template.resolver import Resolver

EXECUTIONS = f"{STATES}:execution:csv-user-log-processor:*"
LOOKS = (
    allow("cloudformation:DescribeStacks", "<AWS::StackId>")
    | allow("states:ListExecutions", WORKFLOW)
    | allow(
        "states:DescribeExecution states:DescribeStateMachineForExecution states:GetExecutionHistory",
        EXECUTIONS,
    )
    | allow("states:DescribeMapRun", f"{STATES}:mapRun:csv-user-log-processor/*:*")
    | allow("s3:GetObject s3:GetObjectVersion", f"{INPUT}/*")
    | allow("s3:GetObject", f"{OUTPUT}/results/*", f"{OUTPUT}/rejected/*")
    | allow("s3:ListBucket", OUTPUT)
    | allow("kms:Decrypt", DATA_KEY, when=of_bucket(INPUT))
    | allow("kms:Decrypt", DATA_KEY, when=of_bucket(OUTPUT))
    | allow("dynamodb:Query", TABLE)
    | allow("kms:Decrypt kms:DescribeKey", DATA_KEY, when=through("dynamodb"))
    | allow(
        "logs:FilterLogEvents",
        *(f"arn:aws:logs:{HERE}:log-group:/aws/lambda/{name}:*" for name in (VALIDATOR, PROCESSOR)),
    )
    | allow("lambda:InvokeFunction", f"{FUNCTION}{READER}")
)
ACTS = (
    allow("states:RedriveExecution states:StopExecution", EXECUTIONS)
    | allow("s3:PutObject", f"{INPUT}/*")
    | allow("kms:GenerateDataKey", DATA_KEY, when=of_bucket(INPUT))
)


@pytest.fixture(scope="module")
def looking_stack() -> Resolver:
    """The stage prod with `-c operatorPolicy=look`."""
    (assembly,) = synthesized(operatorPolicy="look")
    return Resolver(assembly.template)


def test_without_the_option_there_is_no_policy(stack: Resolver) -> None:
    """Nor an output for it."""
    assert stack.of_type("AWS::IAM::ManagedPolicy") == {}
    assert "OperatorPolicyArn" not in stack.template["Outputs"]


def test_look_allows_to_read_and_nothing_else(looking_stack: Resolver) -> None:
    """No action that changes anything."""
    assert grants(looking_stack)["Operators"] == LOOKS


def test_act_adds_redrive_stop_and_upload(optional_stack: Resolver) -> None:
    """On the workflow's own executions and the input bucket."""
    assert grants(optional_stack)["Operators"] == LOOKS | ACTS


def test_it_is_attached_to_nobody(optional_stack: Resolver) -> None:
    """Whom to attach it to is for the account's owner to say; the output names it."""
    (policy,) = optional_stack.of_type("AWS::IAM::ManagedPolicy").values()
    assert not {"Roles", "Users", "Groups"} & set(policy)
    assert "OperatorPolicyArn" in optional_stack.template["Outputs"]
