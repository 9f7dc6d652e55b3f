"""Which workflow is meant, and where its runs leave things."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.fetch.deployment import places_of, region_of, target_of, workflow_of
from simulator.fetch.errors import FetchError
from simulator.pipeline.provisioning import DEFINITIONS

ARN = "arn:aws:states:eu-west-1:111122223333:stateMachine:csv-user-log-processor"
RUN = "arn:aws:states:eu-west-1:111122223333:execution:csv-user-log-processor:run-1"


def operator(answer: dict[str, Any] | ClientError) -> Any:
    """An operator whose CloudFormation gives one answer."""

    def describe_stacks(StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's
        assert StackName
        if isinstance(answer, ClientError):
            raise answer
        return {"Stacks": [answer]}

    return SimpleNamespace(
        cloudformation=SimpleNamespace(describe_stacks=describe_stacks), endpoint_url="", region="eu-west-1"
    )


def test_the_outputs_of_a_stack_name_everything() -> None:
    """An older stack has no function for users."""
    outputs = [{"OutputKey": "WorkflowArn", "OutputValue": ARN}, {"OutputKey": "InputBucketName", "OutputValue": "b"}]
    target = target_of(operator({"Outputs": outputs}), "UserLogPipeline-dev")
    assert (target.title, target.workflow, target.input_bucket, target.reader) == (
        "UserLogPipeline-dev",
        ARN,
        "b",
        None,
    )


def test_another_stack_and_a_missing_one_are_told_apart() -> None:
    """Both with the stack's name."""
    with pytest.raises(FetchError, match="The stack Other has no output WorkflowArn"):
        target_of(operator({}), "Other")
    answer: Any = {"Error": {"Code": "ValidationError", "Message": "Stack with id Gone does not exist"}}
    with pytest.raises(FetchError, match="There is no stack Gone in eu-west-1"):
        target_of(operator(ClientError(answer, "DescribeStacks")), "Gone")


def test_a_workflow_may_be_named_by_its_arn() -> None:
    """Of any stage; CloudFormation is not asked."""
    target = target_of(operator({}), f"{ARN}-dev")
    assert (target.workflow, target.reader) == (f"{ARN}-dev", "user-log-user-reader-dev")
    assert target.input_bucket == "user-log-input-dev-111122223333-eu-west-1"
    with pytest.raises(FetchError, match="is not this pipeline's workflow"):
        target_of(operator({}), ARN.replace("csv-user", "other"))
    with pytest.raises(FetchError, match="--stack takes a stack's name, or a workflow's ARN"):
        target_of(operator({}), RUN)


def test_an_execution_names_its_workflow_and_region() -> None:
    """An EXPRESS execution, a Map Run's child and other texts do not."""
    assert workflow_of(RUN) == ARN
    assert region_of(RUN) == region_of(ARN) == "eu-west-1"
    for text in ("", "run-1", ARN, RUN.replace("execution", "express") + ":x", f"{RUN}:more", f"{RUN}\n"):
        with pytest.raises(FetchError, match="is not the ARN of an execution"):
            workflow_of(text)


def test_the_definition_says_where_a_run_leaves_things() -> None:
    """Ours does."""
    text = (DEFINITIONS / "workflow.asl.json").read_text(encoding="utf-8")
    for name, value in (
        ("CsvValidatorFunctionArn", "arn:aws:lambda:eu-west-1:111122223333:function:v"),
        ("UserLogProcessorFunctionArn", "arn:aws:lambda:eu-west-1:111122223333:function:p:live"),
        ("OutputBucketName", "out"),
        ("ProcessingLogsTableName", "logs"),
    ):
        text = text.replace(f"${{{name}}}", value)
    places = places_of(text)
    assert (places.functions, places.row_state) == (("v", "p"), "ProcessUserLog")
    assert (places.bucket, places.prefix, places.table) == ("out", "results", "logs")


def test_a_foreign_definition_has_no_places_and_no_definition_is_refused() -> None:
    """Without a traceback."""
    places = places_of(json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}))
    assert (places.functions, places.bucket, places.table) == ((), "", None)
    for text in ("", "[]", "{}", '{"States": 3}'):
        with pytest.raises(FetchError, match="cannot be read"):
            places_of(text)
