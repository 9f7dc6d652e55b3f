"""CreateActivity, DescribeActivity, ListActivities, DeleteActivity and GetActivityTask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.stepfunctions.api import arns
from simulator.aws.stepfunctions.api.pages import page, position_of
from simulator.aws.stepfunctions.api.tags import tags_of

if TYPE_CHECKING:
    from simulator.aws.integrations.waiting.activities import ActivityTasks
    from simulator.aws.stepfunctions.activities import Activities, Activity


class ActivityOperations:
    """The operations on activities; what a worker has done it tells with SendTaskSuccess and its kin (TaskTokens).

    Args:
        activities: those that there are.
        tasks: the Tasks that wait for a worker.
    """

    def __init__(self, activities: Activities, tasks: ActivityTasks) -> None:
        self._activities = activities
        self._tasks = tasks

    def create(self, request: dict[str, Any]) -> dict[str, Any]:
        """CreateActivity: idempotent by name and encryption."""
        tags = tags_of(request.get("tags"))
        activity = self._activities.create(request["name"], request.get("encryptionConfiguration"), tags)
        return {"activityArn": activity.arn, "creationDate": activity.created}

    def describe(self, request: dict[str, Any]) -> dict[str, Any]:
        """DescribeActivity."""
        activity = self._activities.get(arns.checked(request["activityArn"], "activity"))
        return {**_listed(activity), "encryptionConfiguration": dict(activity.encryption)}

    def list(self, request: dict[str, Any]) -> dict[str, Any]:
        """ListActivities, in the order of their creation."""

        def key(activity: Activity) -> tuple[str, str]:
            return activity.created.isoformat(timespec="microseconds"), activity.arn

        found, following = page(request, position_of(request, ""), self._activities.all(), key, descending=False)
        return {"activities": [_listed(activity) for activity in found], **following}

    def delete(self, request: dict[str, Any]) -> dict[str, Any]:
        """DeleteActivity; there need be none of that ARN."""
        self._activities.delete(arns.checked(request["activityArn"], "activity"))
        return {}

    def get_task(self, request: dict[str, Any]) -> dict[str, Any]:
        """GetActivityTask: waits up to 60 s for a Task; without one, the answer has no token."""
        taken = self._tasks.take(arns.checked(request["activityArn"], "activity"), request.get("workerName"))
        return {} if taken is None else {"taskToken": taken[0], "input": taken[1]}


def _listed(activity: Activity) -> dict[str, Any]:
    return {"activityArn": activity.arn, "name": activity.name, "creationDate": activity.created}
