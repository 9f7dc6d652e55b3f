"""The stack of the local cloud, as CloudFormation describes it: what its outputs name can be found as on AWS.

CloudFormation API reference, "DescribeStacks".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.errors import ApiError
from simulator.pipeline.provisioning import resource_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.pipeline.provisioning import Resources


class StackOutputs:
    """The one operation of CloudFormation that the local cloud has.

    Args:
        resources: what the outputs name.
    """

    def __init__(self, resources: Resources) -> None:
        self._created = datetime.now(UTC)
        self._outputs = outputs(resources)
        self.operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "DescribeStacks": self.describe_stacks
        }

    def describe_stacks(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the stack, which has the name of the stage prod.

        Raises:
            ApiError: another is asked for.
        """
        name = resource_name("Stack")
        arn = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/local"
        wanted = request.get("StackName")
        if wanted not in (None, name, arn):
            raise ApiError("ValidationError", f"Stack with id {wanted} does not exist")
        return {
            "Stacks": [
                {
                    "StackId": arn,
                    "StackName": name,
                    "CreationTime": self._created,
                    "StackStatus": "CREATE_COMPLETE",
                    "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in self._outputs.items()],
                }
            ]
        }


def outputs(resources: Resources) -> dict[str, str]:
    """Return the outputs that a local cloud has, by their names in cdk/userlog/outputs.py."""
    return {
        "InputBucketName": resources.input_bucket,
        "OutputBucketName": resources.output_bucket,
        "ProcessingLogsTableName": resources.table,
        "WorkflowArn": resources.workflow_arn,
        "DispatcherArn": resources.dispatcher_arn,
        "RuleDeadLetterQueueUrl": resources.rule_dead_letter_queue_url,
        "DispatcherFailuresQueueUrl": resources.dispatcher_failures_queue_url,
        "ReportFailuresQueueUrl": resources.report_failures_queue_url,
        "FileGateFailuresQueueUrl": resources.file_gate_failures_queue_url,
        "FileGateTableName": resources.file_gate_table,
        "ReporterFunctionName": resources.reporter_arn.rpartition(":")[2],
        "MigratorFunctionName": resources.migrator_arn.rpartition(":")[2],
        "UserReaderFunctionName": resource_name("UserReaderFunction"),
    }
