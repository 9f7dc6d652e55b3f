"""What differs by stage and option; names, tags, outputs, and what becomes of things when the stack goes."""

from __future__ import annotations

import json

from simulator.pipeline.local_cloud.stack_outputs import outputs as local_outputs
from simulator.pipeline.provisioning import Resources
from tests.infrastructure.template.resolver import Resolver, readable
from tests.infrastructure.template.synthesis import Assembly

WITH_DATA = {
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::RDS::DBCluster",
    "AWS::S3::Bucket",
}
TAGGED = {*WITH_DATA, "AWS::EC2::VPC", "AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::StepFunctions::StateMachine"}
# CDK makes these past its own tagging; they run at deploy only.
UNTAGGED = {
    "AWSCDKTriggerCustomResourceProviderCustomResourceProviderHandler",
    "CustomS3AutoDeleteObjectsCustomResourceProviderHandler",
    "CustomVpcRestrictDefaultSGCustomResourceProviderHandler",
}
NAMED = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::Rule": "Name",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::RDS::EventSubscription": "SubscriptionName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
}
OUTPUTS = {
    "InputBucketName": "user-log-input-123456789012-ap-northeast-1",
    "OutputBucketName": "user-log-output-123456789012-ap-northeast-1",
    "ProcessingLogsTableName": "ProcessingLogs",
    "WorkflowArn": "arn:aws:states:ap-northeast-1:123456789012:stateMachine:csv-user-log-processor",
    "DispatcherArn": "arn:aws:states:ap-northeast-1:123456789012:stateMachine:csv-user-log-dispatcher",
    "RuleDeadLetterQueueUrl": "https://sqs.ap-northeast-1.amazonaws.com/123456789012/s3-csv-upload-rule-dlq",
    "DispatcherFailuresQueueUrl": "https://sqs.ap-northeast-1.amazonaws.com/123456789012/user-log-dispatcher-failures",
    "ReportFailuresQueueUrl": "https://sqs.ap-northeast-1.amazonaws.com/123456789012/user-log-report-failures",
    "FileGateFailuresQueueUrl": "https://sqs.ap-northeast-1.amazonaws.com/123456789012/user-log-file-gate-failures",
    "FileGateTableName": "FileGate",
    "ReporterFunctionName": "user-log-reporter",
    "MigratorFunctionName": "user-log-schema-migrator",
    "UserReaderFunctionName": "user-log-user-reader",
    "DatabaseClusterArn": "arn:aws:rds:ap-northeast-1:123456789012:cluster:user-log",
    "DatabaseName": "userlog",
    "DataKeyArn": "arn:aws:kms:ap-northeast-1:123456789012:key/StorageDataKey",
    "FileTopicArn": "arn:aws:sns:ap-northeast-1:123456789012:user-log-files",
    "Protection": (
        "OFF: anyone may delete the stack and its database. Is the first deployment done? Then set deletionProtection "
        "to true in cdk/stages/prod.json, and deploy again."
    ),
    "AlarmTopicArn": "arn:aws:sns:ap-northeast-1:123456789012:user-log-alarms",
    "DashboardUrl": "https://ap-northeast-1.console.aws.amazon.com/cloudwatch/home?region=ap-northeast-1"
    "#dashboards/dashboard/user-log-pipeline",
}


WITHOUT_DATA = "StorageFileGate"
"""A table that holds nothing that outlives a run: it always goes."""


def removals(stack: Resolver) -> dict[str, set[tuple[str, str]]]:
    """Return what becomes of the things with data when they go, and when they are replaced, by type."""
    found: dict[str, set[tuple[str, str]]] = {}
    for logical_id, resource in stack.resources.items():
        if resource["Type"] in WITH_DATA and readable(logical_id) != WITHOUT_DATA:
            found.setdefault(resource["Type"], set()).add((resource["DeletionPolicy"], resource["UpdateReplacePolicy"]))
    return found


def test_prod_keeps_its_data_when_the_stack_goes(stack: Resolver) -> None:
    """Buckets, table and keys stay; of the cluster a snapshot is taken.

    Not if the deployment that made them fails: empty as they are, they would keep their names from the next one.
    """
    assert removals(stack) == {
        "AWS::DynamoDB::Table": {("RetainExceptOnCreate", "Retain")},
        "AWS::KMS::Key": {("RetainExceptOnCreate", "Retain")},
        "AWS::RDS::DBCluster": {("Snapshot", "Snapshot")},
        "AWS::S3::Bucket": {("RetainExceptOnCreate", "Retain")},
    }
    (gate,) = [each for name, each in stack.resources.items() if readable(name) == WITHOUT_DATA]
    assert (gate["DeletionPolicy"], gate["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_a_first_deployment_of_prod_that_fails_can_be_rolled_back(stack: Resolver, assembly: Assembly) -> None:
    """As checked in, nothing is protected; the output says so and what to do next."""
    table = stack.by_name("AWS::DynamoDB::Table")["ProcessingLogs"]
    (cluster,) = stack.of_type("AWS::RDS::DBCluster").values()
    assert table["DeletionProtectionEnabled"] is False
    assert cluster["DeletionProtection"] is False
    assert terminable(assembly) is True
    said = stack.template["Outputs"]["Protection"]["Value"]
    assert said.startswith("OFF: anyone may delete the stack")
    assert "deletionProtection to true in cdk/stages/prod.json" in said


def test_prod_is_protected_from_the_second_deployment_on(optional_stack: Resolver, optional_assembly: Assembly) -> None:
    """Table, cluster, and the stack itself."""
    stack, assembly = optional_stack, optional_assembly
    assert stack.template["Outputs"]["Protection"]["Value"] == "on"
    table = stack.by_name("AWS::DynamoDB::Table")["ProcessingLogs"]
    (cluster,) = stack.of_type("AWS::RDS::DBCluster").values()
    assert table["DeletionProtectionEnabled"] is True
    assert cluster["DeletionProtection"] is True
    assert terminable(assembly) is False


def terminable(assembly: Assembly) -> bool:
    """Return whether CloudFormation may delete the stack."""
    manifest = json.loads((assembly.folder / "manifest.json").read_text(encoding="utf-8"))
    artifacts = manifest["artifacts"].values()
    (stack,) = [each for each in artifacts if each["type"] == "aws:cloudformation:stack"]
    return not stack["properties"].get("terminationProtection", False)


def test_dev_leaves_nothing_behind(dev_stack: Resolver, dev_assembly: Assembly) -> None:
    """Everything goes, the objects in its buckets too, and nothing is protected."""
    assert set().union(*removals(dev_stack).values()) == {("Delete", "Delete")}
    table = dev_stack.by_name("AWS::DynamoDB::Table")["ProcessingLogs-dev"]
    (cluster,) = dev_stack.of_type("AWS::RDS::DBCluster").values()
    assert not table.get("DeletionProtectionEnabled")
    assert not cluster.get("DeletionProtection")
    assert terminable(dev_assembly) is True
    emptied = {each["BucketName"] for each in dev_stack.of_type("Custom::S3AutoDeleteObjects").values()}
    assert emptied == set(dev_stack.by_name("AWS::S3::Bucket"))


def test_log_groups_go_so_that_their_names_are_free(stack: Resolver, dev_stack: Resolver) -> None:
    """A log group that stays would make the next deployment in the account fail; in prod the machines' may stay too."""
    for each in dev_stack.resources.values():
        if each["Type"] == "AWS::Logs::LogGroup":
            assert each["DeletionPolicy"] == "Delete"
    assert {each["DeletionPolicy"] for each in stack.resources.values() if each["Type"] == "AWS::Logs::LogGroup"} <= {
        "Delete",
        "RetainExceptOnCreate",
    }


def names(stack: Resolver) -> set[tuple[str, str]]:
    """Return (type, name) of everything that is given a name."""
    return {
        (kind, properties[key])
        for kind, key in NAMED.items()
        for properties in stack.of_type(kind).values()
        if key in properties
    }


def test_dev_and_prod_can_share_an_account(stack: Resolver, dev_stack: Resolver) -> None:
    """No name is in both."""
    assert len(names(stack)) >= 40
    assert names(stack) & names(dev_stack) == set()
    assert {(kind, name.replace("-dev", "")) for kind, name in names(dev_stack)} == names(stack) - {
        ("AWS::RDS::DBInstance", "user-log-reader")
    }


def test_everything_is_tagged_with_project_and_stage(stack: Resolver, dev_stack: Resolver) -> None:
    """So costs can be told apart."""
    for each, stage in ((stack, "prod"), (dev_stack, "dev")):
        for kind in TAGGED:
            for logical, properties in each.of_type(kind).items():
                tags = properties.get("Tags", [])
                if logical in UNTAGGED:
                    continue
                assert {"Key": "project", "Value": "csv-user-log-pipeline"} in tags, logical
                assert {"Key": "stage", "Value": stage} in tags, logical


def test_the_outputs_are_what_an_operator_needs(stack: Resolver) -> None:
    """Each with its description."""
    outputs = stack.value(stack.template["Outputs"])
    assert {name: output["Value"] for name, output in outputs.items()} == OUTPUTS
    assert all(output["Description"] for output in outputs.values())


def test_the_local_clouds_outputs_are_some_of_the_stacks() -> None:
    """So commands that read them run here as they do on AWS."""
    local = Resources(
        rule_dead_letter_queue_url="a",
        dispatcher_failures_queue_url="b",
        report_failures_queue_url="c",
        file_gate_failures_queue_url="d",
    )
    assert local_outputs(local).keys() <= OUTPUTS.keys()
