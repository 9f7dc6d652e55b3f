"""TagResource, UntagResource and ListTagsForResource, of state machines and activities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.errors import ApiError
from simulator.aws.stepfunctions.api import arns

if TYPE_CHECKING:
    from simulator.aws.stepfunctions.activities import Activities, Activity
    from simulator.aws.stepfunctions.machines import Machine, Machines

MOST_TAGS = 50
_MISSING = ("StateMachineDoesNotExist", "ActivityDoesNotExist")


class Tags:
    """The operations on tags.

    Args:
        machines, activities: what has tags.
    """

    def __init__(self, machines: Machines, activities: Activities) -> None:
        self._machines = machines
        self._activities = activities

    def list(self, request: dict[str, Any]) -> dict[str, Any]:
        """ListTagsForResource."""
        tagged = self._tagged(request["resourceArn"])
        return {"tags": [{"key": key, "value": value} for key, value in tagged.tags.items()]}

    def tag(self, request: dict[str, Any]) -> dict[str, Any]:
        """TagResource."""
        tagged = self._tagged(request["resourceArn"])
        tags = tags_of(request["tags"])
        if len(tagged.tags.keys() | tags.keys()) > MOST_TAGS:
            raise ApiError("TooManyTags", f"A resource has at most {MOST_TAGS} tags")
        self._set(tagged.arn, tags, frozenset())
        return {}

    def untag(self, request: dict[str, Any]) -> dict[str, Any]:
        """UntagResource."""
        self._set(self._tagged(request["resourceArn"]).arn, {}, frozenset(request["tagKeys"]))
        return {}

    def _set(self, arn: str, tags: dict[str, str], removed: frozenset[str]) -> None:
        if ":activity:" in arn:
            self._activities.tag(arn, tags, removed)
        else:
            self._machines.tag(arn, tags, removed)

    def _tagged(self, arn: str) -> Machine | Activity:
        try:
            if ":activity:" in arn:
                return self._activities.get(arns.checked(arn, "activity"))
            return self._machines.get(arns.machine(arn))
        except ApiError as error:
            if error.name not in _MISSING:
                raise
            raise ApiError("ResourceNotFound", f"Resource Not Found: '{arn}'", members={"resourceName": arn}) from error


def tags_of(given: list[dict[str, str]] | None) -> dict[str, str]:
    """Return tags by their keys.

    Raises:
        ApiError: TooManyTags.
    """
    tags = {tag.get("key", ""): tag.get("value", "") for tag in given or []}
    if len(tags) > MOST_TAGS:
        raise ApiError("TooManyTags", f"A resource has at most {MOST_TAGS} tags")
    return tags
