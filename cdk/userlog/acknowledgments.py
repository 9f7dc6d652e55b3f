"""The findings of cdk-nag and the validator that are accepted, each with its reason; all others are errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Acknowledgment, Stack, Validations

from userlog.definitions import rejected_prefix, results_prefix
from userlog.storage.storage import REPORTS_PREFIX, USERS_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk import aws_s3 as s3
    from constructs import IConstruct

    from userlog.stack import UserLogStack

NAG = "AwsSolutions::AwsSolutions-"
_ANY = f"{NAG}IAM5[Resource::*]"
_MAP_RUNS = f"{NAG}IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:mapRun:"
_EXECUTIONS = f"{NAG}IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:"


def acknowledge_exceptions(stack: UserLogStack) -> None:
    """Acknowledge the stack's known findings.

    Raises:
        RuntimeError: a construct that is named here no longer exists: remove its line.
    """
    for path, rule, reason in (*_everywhere(stack), *_functions(stack), *_workflow(stack), *_operators(stack)):
        construct: IConstruct = stack
        for name in path.split("/") if path else ():
            construct = construct.node.find_child(name)
        Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))


def _everywhere(stack: UserLogStack) -> Iterator[tuple[str, str, str]]:
    for place in ("Network", "Database"):
        yield place, "CloudFormation-Validate::W3010", "The design document names the zones: 1a and 1c."
    for prefix_list in ("DynamodbPrefixListRights", "S3PrefixListRights"):
        yield f"Network/{prefix_list}", _ANY, "ec2:DescribeManagedPrefixLists knows no resources."
    yield "Storage/FileGate", f"{NAG}DDB3", "It holds nothing that outlives a run: there is nothing to restore."
    if not stack.termination_protection:
        yield (
            "Database/Cluster",
            f"{NAG}RDS10",
            "dev is made to be destroyed; prod is protected from the second deployment on.",
        )


def _functions(stack: UserLogStack) -> Iterator[tuple[str, str, str]]:
    for name in ("Validator", "Processor", "Migrator", "Reporter", "Reader", "FileGate"):
        yield f"Functions/{name}", f"{NAG}L1", "The stage chooses the Python; the design document says 3.11."
        yield (
            f"Functions/{name}Role",
            _ANY,
            "A function in a VPC makes network interfaces, and X-Ray takes traces: AWS allows no narrower resource.",
        )
    reporter, workflow = "Functions/ReporterRole", stack.workflow.name
    uploads, output = stack.storage.input_bucket, stack.storage.output_bucket
    yield "Functions/ValidatorRole", _objects(uploads, "*"), "An upload may have any key; the action is reading alone."
    yield (
        "Functions/MigratorRole",
        _objects(output, f"{USERS_PREFIX}*"),
        "The user master may have any name below users/.",
    )
    yield reporter, _objects(uploads, "*"), "An upload may have any key; the action is reading alone."
    yield reporter, _objects(output, f"{results_prefix()}*"), "The Map Run's id, which AWS makes, is part of the key."
    yield reporter, _objects(output, f"{REPORTS_PREFIX}*"), "The execution's name is part of the key."
    yield reporter, f"{_EXECUTIONS}{workflow}:*]", "The workflow's own executions, whose names are made from uploads."
    yield (
        "Functions/FileGateRole",
        f"{_EXECUTIONS}{workflow}:*]",
        "The workflow's own executions, whose names are made from uploads.",
    )
    yield reporter, f"{_MAP_RUNS}{workflow}/*:*]", "The workflow's own Map Runs, whose names AWS makes."


def _workflow(stack: UserLogStack) -> Iterator[tuple[str, str, str]]:
    if stack.monitoring.node.try_find_child("UploadWatch"):
        yield "Monitoring/UploadWatch/Role", _ANY, "CloudWatch knows no resource for a metric; the namespace is given."
    for queue in (
        "Workflow/RuleDeadLetterQueue",
        "Workflow/DispatcherFailuresQueue",
        "Functions/ReportFailuresQueue",
        "Functions/FileGateFailuresQueue",
    ):
        yield queue, f"{NAG}SQS3", "It is itself where undeliverable things wait; an alarm watches it."
    for role in ("WorkflowRole", "DispatcherRole"):
        yield f"Workflow/{role}", _ANY, "CloudWatch Logs' delivery API and X-Ray know no resources."
    role, name = "Workflow/WorkflowRole", stack.workflow.name
    uploads, output = stack.storage.input_bucket, stack.storage.output_bucket
    yield role, f"{_EXECUTIONS}{name}:*]", "The workflow's own executions, whose names are made from uploads."
    yield role, f"{_EXECUTIONS}{name}/*:*]", "The children of the workflow's own Map Runs, whose names AWS makes."
    yield role, _objects(uploads, "*"), "An upload may have any key; the action is reading alone."
    yield role, _objects(output, f"{results_prefix()}*"), "The Map Run's id, which AWS makes, is part of the key."
    yield role, _objects(output, f"{rejected_prefix()}*"), "The execution's name is the key."


def _operators(stack: UserLogStack) -> Iterator[tuple[str, str, str]]:
    if stack.operators is None:
        return
    name, uploads, output = stack.workflow.name, stack.storage.input_bucket, stack.storage.output_bucket
    yield "Operators", f"{_EXECUTIONS}{name}:*]", "The workflow's own executions, whose names are made from uploads."
    yield "Operators", f"{_MAP_RUNS}{name}/*:*]", "The workflow's own Map Runs, whose names AWS makes."
    yield "Operators", _objects(uploads, "*"), "An upload may have any key."
    yield (
        "Operators",
        _objects(output, f"{results_prefix()}*"),
        "The Map Run's id, which AWS makes, is part of the key.",
    )
    yield "Operators", _objects(output, f"{rejected_prefix()}*"), "The execution's name is the key."


def _objects(bucket: s3.Bucket, keys: str) -> str:
    logical_id, _ = Stack.of(bucket).resolve(bucket.bucket_arn)["Fn::GetAtt"]
    return f"{NAG}IAM5[Resource::<{logical_id}.Arn>/{keys}]"
