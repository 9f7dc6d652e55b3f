"""DescribeMapRun, ListMapRuns, UpdateMapRun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.errors import validation_error
from simulator.aws.stepfunctions.api import arns
from simulator.aws.stepfunctions.api.pages import page, position_of

if TYPE_CHECKING:
    from simulator.aws.stepfunctions.api.lookup import Lookup

SETTINGS = ("maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage")


class MapRunOperations:
    """The operations on Map Runs.

    Args:
        lookup: finds them.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def describe(self, request: dict[str, Any]) -> dict[str, Any]:
        """DescribeMapRun."""
        info = self._lookup.map_run(request["mapRunArn"])
        answer = {
            "mapRunArn": info.arn,
            "executionArn": info.parent_arn,
            "status": info.status,
            "startDate": info.started,
            "stopDate": info.stopped,
            "maxConcurrency": info.max_concurrency,
            "toleratedFailurePercentage": float(info.tolerated_failure_percentage),
            "toleratedFailureCount": info.tolerated_failure_count,
            "itemCounts": info.item_counts,
            "executionCounts": info.execution_counts,
            "redriveCount": info.redrive_count,
            "redriveDate": info.redriven,
        }
        return {name: value for name, value in answer.items() if value is not None}

    def list(self, request: dict[str, Any]) -> dict[str, Any]:
        """ListMapRuns: the most recent first."""
        arn = arns.checked(request["executionArn"], "execution")
        self._lookup.execution(arn)
        position = position_of(request, "")
        found, following = page(
            request,
            position,
            self._lookup.map_runs(arn),
            lambda info: (info.started.isoformat(timespec="microseconds"), info.arn),
            descending=True,
        )
        listed = [
            {
                "executionArn": info.parent_arn,
                "mapRunArn": info.arn,
                "stateMachineArn": arns.child_machine(info.arn),
                "startDate": info.started,
                **({} if info.stopped is None else {"stopDate": info.stopped}),
            }
            for info in found
        ]
        return {"mapRuns": listed, **following}

    def update(self, request: dict[str, Any]) -> dict[str, Any]:
        """UpdateMapRun: what is not given stays; only a Map Run that runs can be changed."""
        info = self._lookup.map_run(request["mapRunArn"])
        running = self._lookup.running_map_run(info.arn)
        if running is None:
            raise validation_error(f"The Map Run '{info.arn}' is {info.status}; only a running one can be updated")
        concurrency, count, percentage = (request.get(name) for name in SETTINGS)
        running.update(max_concurrency=concurrency, tolerated_count=count, tolerated_percentage=percentage)
        return {}
