"""The Step Functions API: its operations by name, for an endpoint. API reference, "Actions"."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.fields import InvalidDefinition
from simulator.aws.errors import ApiError
from simulator.aws.stepfunctions.api.activity_operations import ActivityOperations
from simulator.aws.stepfunctions.api.executions import Executions
from simulator.aws.stepfunctions.api.histories import Histories
from simulator.aws.stepfunctions.api.lookup import Lookup
from simulator.aws.stepfunctions.api.machine_operations import MachineOperations
from simulator.aws.stepfunctions.api.map_run_operations import MapRunOperations
from simulator.aws.stepfunctions.api.redrive import ArchiveRedrive
from simulator.aws.stepfunctions.api.tags import Tags
from simulator.aws.stepfunctions.api.task_tokens import TaskTokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.stepfunctions.api.executions import Redrive
    from simulator.aws.stepfunctions.archive import Archive
    from simulator.aws.stepfunctions.map_runs import OpenMapRuns
    from simulator.aws.stepfunctions.service import StepFunctions

    Operation = Callable[[dict[str, Any]], dict[str, Any]]


class StepFunctionsApi:
    """The operations that are simulated: members in, members out, under the API's names, as boto3 has them.

    Versions and aliases are not simulated.

    Args:
        service: runs the executions.
        archive: has those that have ended.
        maps: the Map Runs that run.
        redrive: goes on with an execution (default: from the archive alone).

    Attributes:
        operations: each raises ApiError with the API's error codes; input has been checked against the API's model.
    """

    def __init__(
        self, service: StepFunctions, archive: Archive, maps: OpenMapRuns, redrive: Redrive | None = None
    ) -> None:
        lookup = Lookup(service, archive, maps)
        executions = Executions(lookup, redrive or ArchiveRedrive(service, archive, maps))
        machines, map_runs = MachineOperations(lookup), MapRunOperations(lookup)
        tokens, tags = TaskTokens(service.callbacks), Tags(service.machines, service.activities)
        activities = ActivityOperations(service.activities, service.activity_tasks)
        operations: dict[str, Operation] = {
            "CreateActivity": activities.create,
            "CreateStateMachine": machines.create,
            "DeleteActivity": activities.delete,
            "DeleteStateMachine": machines.delete,
            "DescribeActivity": activities.describe,
            "DescribeExecution": executions.describe,
            "DescribeMapRun": map_runs.describe,
            "DescribeStateMachine": machines.describe,
            "DescribeStateMachineForExecution": machines.describe_for_execution,
            "GetActivityTask": activities.get_task,
            "GetExecutionHistory": Histories(lookup).get,
            "ListActivities": activities.list,
            "ListExecutions": executions.list,
            "ListMapRuns": map_runs.list,
            "ListStateMachines": machines.list,
            "ListTagsForResource": tags.list,
            "RedriveExecution": executions.redrive,
            "SendTaskFailure": tokens.fail,
            "SendTaskHeartbeat": tokens.beat,
            "SendTaskSuccess": tokens.succeed,
            "StartExecution": executions.start,
            "StartSyncExecution": executions.start_sync,
            "StopExecution": executions.stop,
            "TagResource": tags.tag,
            "TestState": service.test_state,
            "UntagResource": tags.untag,
            "UpdateMapRun": map_runs.update,
            "UpdateStateMachine": machines.update,
            "ValidateStateMachineDefinition": machines.validate,
        }
        self.operations = {name: _told(operation) for name, operation in operations.items()}


def _told(operation: Operation) -> Operation:
    """Return the operation with the problems of a definition as the API's error."""

    @wraps(operation)
    def call(request: dict[str, Any]) -> dict[str, Any]:
        try:
            return operation(request)
        except InvalidDefinition as error:
            raise ApiError("InvalidDefinition", error.aws_message) from error

    return call
