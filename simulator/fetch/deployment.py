"""Which deployed workflow is meant, and the names of the resources around it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from simulator.fetch.errors import FetchError
from simulator.fetch.operator import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.fetch.operator import Operator

_MACHINE = re.compile(
    r"arn:(?P<partition>aws[\w-]*):states:(?P<region>[\w-]+):(?P<account>\d{12}):stateMachine:(?P<name>[^:/\s]+)"
)
_EXECUTION = re.compile(
    r"arn:aws[\w-]*:states:(?P<region>[\w-]+):\d{12}:execution:(?P<machine>[^:/\s]+):(?P<name>[^:/\s]+)"
)
_FUNCTION = re.compile(r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:(?P<name>[\w-]+)(?::[\w$-]+)?")
_NO_CLOUDFORMATION = frozenset({"NotImplemented", "InternalFailure", "UnknownOperationException"})
_RESOURCES = Path(__file__).resolve().parents[2] / "cdk" / "definitions" / "resources.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A deployed workflow.

    Args:
        title: what it was asked for by: the stack's name, or the workflow's ARN.
        workflow: the ARN of its state machine.
        input_bucket: the bucket that uploads go to.
        reader: the function that reads users' totals; None if the stack has none.
    """

    title: str
    workflow: str
    input_bucket: str | None
    reader: str | None


def region_of(arn: str) -> str | None:
    """Return the region of a state machine or an execution; None for another text."""
    match = _MACHINE.fullmatch(arn) or _EXECUTION.fullmatch(arn)
    return match["region"] if match else None


def workflow_of(execution_arn: str) -> str:
    """Return the ARN of an execution's state machine.

    Raises:
        FetchError: it is not the ARN of a STANDARD execution.
    """
    match = _EXECUTION.fullmatch(execution_arn)
    if match is None:
        raise FetchError(
            f"{execution_arn!r} is not the ARN of an execution: arn:aws:states:REGION:ACCOUNT:execution:WORKFLOW:NAME. "
            "To fetch all runs of a stack, give its name: --stack NAME"
        )
    return execution_arn.replace(":execution:", ":stateMachine:", 1).rpartition(":")[0]


def target_of(operator: Operator, stack: str) -> Target:
    """Return the workflow of a stack.

    A stack's outputs are read (DescribeStacks): they are the names that the stack promises, while the logical ids that
    DescribeStackResources gives have hashes in them. The local cloud has no CloudFormation: there the names follow from
    the stack's name, as resources.json has both. Where CloudFormation may not be read, the workflow's ARN takes the
    place of the stack's name.

    Raises:
        FetchError: there is no such stack, or it is another kind of stack.
    """
    if _MACHINE.fullmatch(stack):
        return _by_names(stack, local=bool(operator.endpoint_url))
    if stack.startswith("arn:"):
        raise FetchError(f"--stack takes a stack's name, or a workflow's ARN (...:stateMachine:NAME), not {stack!r}.")
    try:
        with told():
            found = operator.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except FetchError as error:
        cause = error.__cause__
        if not isinstance(cause, ClientError):
            raise
        code = cause.response["Error"].get("Code")
        if code in _NO_CLOUDFORMATION:
            return _by_stack_name(operator, stack)
        if code == "ValidationError" and "does not exist" in str(cause):
            if operator.endpoint_url:
                raise _not_there(operator, stack) from error
            raise FetchError(
                f"There is no stack {stack} in {operator.region}. `aws cloudformation list-stacks` lists those there "
                "are; --region and --profile choose another place."
            ) from error
        raise
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())}
    if "WorkflowArn" not in outputs:
        raise FetchError(
            f"The stack {stack} has no output WorkflowArn: it is not this pipeline's, or not yet complete."
        )
    return Target(
        title=stack,
        workflow=outputs["WorkflowArn"],
        input_bucket=outputs.get("InputBucketName"),
        reader=outputs.get("UserReaderFunctionName"),
    )


def _by_stack_name(operator: Operator, stack: str) -> Target:
    """Return the workflow that belongs to a stack's name, at an endpoint that has no CloudFormation."""
    names = _names()
    suffix = stack.removeprefix(names["Stack"])
    wanted = f"{names['Workflow']}{suffix}"
    with told():
        pages = operator.stepfunctions.get_paginator("list_state_machines").paginate()
        arns = [one["stateMachineArn"] for page in pages for one in page["stateMachines"] if one["name"] == wanted]
    if not arns or not stack.startswith(names["Stack"]):
        raise _not_there(operator, stack)
    return replace(_by_names(arns[0], local=True), title=stack)


def _not_there(operator: Operator, stack: str) -> FetchError:
    return FetchError(
        f"There is no stack {stack} at {operator.endpoint_url}: the stack of the local cloud is {_names()['Stack']}."
    )


def _by_names(arn: str, *, local: bool) -> Target:
    """Return a workflow that is known by its ARN: the other names follow from resources.json.

    On AWS a bucket's name ends in account and region; that of the local cloud has no region.
    """
    names = _names()
    _, _, _, region, account, _, machine = arn.split(":")
    base = names["Workflow"]
    if not machine.startswith(base):
        raise FetchError(f"{arn} is not this pipeline's workflow: its name does not begin with {base}.")
    suffix = machine.removeprefix(base)
    return Target(
        title=arn,
        workflow=arn,
        input_bucket=f"{names['InputBucket']}{suffix}-{account}{'' if local else f'-{region}'}",
        reader=f"{names['UserReaderFunction']}{suffix}" if "UserReaderFunction" in names else None,
    )


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = json.loads(_RESOURCES.read_bytes())["names"]
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a run leaves its things, by the definition that it was run with.

    Args:
        functions: the names of the functions that it calls.
        row_state: the first state of a row's child execution.
        bucket, prefix: of the result files; the bucket is empty if the definition writes none.
        table: of the audit items; None if it writes none.
    """

    functions: tuple[str, ...]
    row_state: str
    bucket: str
    prefix: str
    table: str | None


def places_of(definition: str) -> Places:
    """Return the places that a definition names.

    Raises:
        FetchError: it is not a definition.
    """
    try:
        root = json.loads(definition)
        states = list(_states(root))
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise FetchError(f"The definition of the execution cannot be read: {error}") from error
    functions, table, row_state, bucket, prefix = [], None, "", "", ""
    for state in states:
        resource, parameters = str(state.get("Resource", "")), state.get("Parameters") or {}
        named = _FUNCTION.fullmatch(resource) or _FUNCTION.fullmatch(str(parameters.get("FunctionName", "")))
        if named:
            functions.append(named["name"])
        if "dynamodb:putItem" in resource:
            table = table or parameters.get("TableName")
        if (writer := (state.get("ResultWriter") or {}).get("Parameters")) and not bucket:
            bucket, prefix = str(writer.get("Bucket", "")), str(writer.get("Prefix", ""))
            row_state = str((state.get("ItemProcessor") or {}).get("StartAt", ""))
    return Places(
        functions=tuple(dict.fromkeys(functions)), row_state=row_state, bucket=bucket, prefix=prefix, table=table
    )


def _states(machine: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for state in machine["States"].values():
        yield state
        for inner in (state.get("ItemProcessor"), state.get("Iterator"), *(state.get("Branches") or ())):
            if inner:
                yield from _states(inner)
