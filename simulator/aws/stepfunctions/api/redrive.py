"""Redrives an execution from what the archive has of it.

API reference, "RedriveExecution"; developer guide, "Redriving executions" and "Redriving Map Runs".
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.runtime.branch_history import with_branches
from simulator.aws.asl.runtime.resume import Resume, has_ended, resume_of
from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.aws.asl.runtime.listener import ExecutionInfo
    from simulator.aws.stepfunctions.archive import Archive
    from simulator.aws.stepfunctions.map_runs import OpenMapRuns
    from simulator.aws.stepfunctions.running_execution import RunningExecution
    from simulator.aws.stepfunctions.service import StepFunctions

    Event = Mapping[str, Any]

_NEW_MAP_RUN = ("States.DataLimitExceeded", "States.Runtime")


class ArchiveRedrive:
    """Goes on with executions that have ended, in this process or in an earlier one.

    Args:
        service: runs them.
        archive: has their histories, Map Runs and children.
        maps: continues their Map Runs.
    """

    def __init__(self, service: StepFunctions, archive: Archive, maps: OpenMapRuns) -> None:
        self._service = service
        self._archive = archive
        self._maps = maps

    def __call__(self, info: ExecutionInfo) -> RunningExecution:
        """Start the redrive of an execution and return it.

        Raises:
            InvalidDefinition: if the definition it was started with cannot be run any more.
            ApiError: ExecutionNotRedrivable.
        """
        events = list(self._archive.history(info.arn))
        if not events:
            raise ApiError("ExecutionNotRedrivable", "No history is kept of the execution. Start another one")
        try:
            resume = self._resume(info, events)
            definition = json.loads(info.definition)
            for state, map_run_arn in _open_map_runs(events):
                self._continue(state, map_run_arn, definition)
        except (LookupError, TypeError, ValueError) as error:
            raise ApiError(
                "ExecutionNotRedrivable", "The history that is kept of the execution is not whole. Start another one"
            ) from error
        again = replace(
            info,
            status="RUNNING",
            stopped=None,
            output=None,
            error=None,
            cause=None,
            redrive_count=info.redrive_count + 1,
        )
        return self._service.redrive_execution(again, resume, last_event=int(events[-1]["id"]))

    @staticmethod
    def _resume(info: ExecutionInfo, events: Sequence[Event]) -> Resume:
        definition = json.loads(info.definition)
        resume = resume_of(events)
        if resume is not None:
            return with_branches(resume, events, definition)
        return Resume(
            state=definition["StartAt"],
            input=info.input,
            entered_at=info.started,
            entered_id=0,
            ended=has_ended(events),
        )

    def _continue(self, state: str, map_run_arn: str, definition: Mapping[str, Any]) -> None:
        map_run = self._archive.map_run(map_run_arn)
        if map_run is None:
            return
        written = next((found for name, found in _states(definition) if name == state), {})
        processor = written.get("ItemProcessor") or written.get("Iterator")
        self._maps.continue_from(state, map_run, self._archive.children(map_run_arn), self._archive.history, processor)
        for child in self._archive.children(map_run_arn):
            if child.status != "SUCCEEDED" and ":express:" not in child.arn:
                for inner, inner_arn in _open_map_runs(list(self._archive.history(child.arn))):
                    self._continue(inner, inner_arn, definition)


def _open_map_runs(events: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """Give the name of each Map state whose last Map Run is to be continued, and that Map Run's ARN.

    AWS begins a new Map Run if the last one succeeded, or failed by an error that another try of the same data gives.
    """
    by_id = {int(event["id"]): event for event in events}
    last: dict[str, str | None] = {}
    for event in events:
        kind = event["type"]
        if kind in ("MapRunStarted", "MapRunRedriven"):
            last[_state_of(event, by_id)] = event[f"m{kind[1:]}EventDetails"]["mapRunArn"]
        elif kind == "MapRunSucceeded" or (
            kind == "MapRunFailed" and event.get("mapRunFailedEventDetails", {}).get("error") in _NEW_MAP_RUN
        ):
            last[_state_of(event, by_id)] = None
        elif kind == "MapStateEntered":
            last.pop(event["stateEnteredEventDetails"]["name"], None)
    for state, arn in last.items():
        if arn is not None:
            yield state, arn


def _state_of(event: Event, by_id: Mapping[int, Event]) -> str:
    """Return the Map state that an event of its Map Run belongs to."""
    while event["type"] != "MapStateEntered":
        previous = int(event["previousEventId"])
        # ExecutionRedriven has no entry before it: MapRunRedriven then follows the entry that came last.
        event = by_id[previous] if previous else _entry_before(int(event["id"]), by_id)
    name: str = event["stateEnteredEventDetails"]["name"]
    return name


def _entry_before(event_id: int, by_id: Mapping[int, Event]) -> Event:
    return next(by_id[one] for one in range(event_id - 1, 0, -1) if by_id[one]["type"] == "MapStateEntered")


def _states(machine: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give every state of a machine, those of its branches and processors too."""
    for name, state in machine.get("States", {}).items():
        yield name, state
        for inner in (*state.get("Branches", ()), state.get("ItemProcessor"), state.get("Iterator")):
            if isinstance(inner, dict):
                yield from _states(inner)
