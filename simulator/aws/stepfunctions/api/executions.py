"""Operations on executions: started, described, listed, stopped, redriven."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.json_text import to_json
from simulator.aws.errors import ApiError, validation_error
from simulator.aws.stepfunctions.api import arns
from simulator.aws.stepfunctions.api.lookup import PENDING_REDRIVE
from simulator.aws.stepfunctions.api.pages import page, position_of
from simulator.aws.stepfunctions.api.redrive_status import NOT_REDRIVABLE, redrive_status

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from simulator.aws.asl.runtime.listener import ExecutionInfo
    from simulator.aws.stepfunctions.api.lookup import Lookup, Shown
    from simulator.aws.stepfunctions.running_execution import RunningExecution

    Redrive = Callable[[ExecutionInfo], RunningExecution]

INCLUDED = {"included": True}
LEFT_OUT = {"included": False}
TYPE_NOT_SUPPORTED = "This operation is not supported by this type of state machine"
BILLED_MEMORY_MB = 64
BILLED_STEP_MS = 100
TOKEN_SECONDS = 15 * 60
TOKENS_PER_EXECUTION = 10
MOST_TOKENS = 10_000


class Executions:
    """StartExecution, StartSyncExecution, DescribeExecution, ListExecutions, StopExecution, RedriveExecution.

    Args:
        lookup: finds executions.
        redrive: goes on with one that has ended.
    """

    def __init__(self, lookup: Lookup, redrive: Redrive) -> None:
        self._lookup = lookup
        self._service = lookup.service
        self._redrive = redrive
        self._tokens = _ClientTokens()

    def start(self, request: dict[str, Any]) -> dict[str, Any]:
        """StartExecution. `traceHeader` is accepted; nothing is traced."""
        info = self._start(request).info
        return {"executionArn": info.arn, "startDate": info.started}

    def _start(self, request: dict[str, Any]) -> RunningExecution:
        arn = arns.machine(request["stateMachineArn"])
        text = request.get("input")
        return self._service.start_execution(arn, name=request.get("name"), input_text="{}" if text is None else text)

    def start_sync(self, request: dict[str, Any]) -> dict[str, Any]:
        """StartSyncExecution: the answer comes when the execution has ended, and says how."""
        if self._service.machines.get(arns.machine(request["stateMachineArn"])).kind != "EXPRESS":
            raise ApiError("StateMachineTypeNotSupported", TYPE_NOT_SUPPORTED)
        running = self._start(request)
        running.wait()
        info = running.info
        assert info.stopped is not None  # noqa: S101 - it has ended
        took = (info.stopped - info.started).total_seconds() * 1000
        answer = {
            "executionArn": info.arn,
            "stateMachineArn": info.machine_arn,
            "name": info.name,
            "startDate": info.started,
            "stopDate": info.stopped,
            # Only the end of the simulator or of its machine aborts one: the API has no such status.
            "status": "FAILED" if info.status == "ABORTED" else info.status,
            "error": info.error,
            "cause": info.cause,
            "billingDetails": {
                "billedMemoryUsedInMB": BILLED_MEMORY_MB,
                "billedDurationInMilliseconds": max(1, -int(-took // BILLED_STEP_MS)) * BILLED_STEP_MS,
            },
            "traceHeader": request.get("traceHeader"),
        }
        if request.get("includedData") != "METADATA_ONLY":
            answer |= _data(info.status, info.input_text, info.output)
        return _given(answer)

    def describe(self, request: dict[str, Any]) -> dict[str, Any]:
        """DescribeExecution, of an execution of a STANDARD machine or of a Map Run's child."""
        shown = self._lookup.execution(request["executionArn"])
        status, reason = redrive_status(shown, self._lookup)
        answer = {
            **_summary(shown),
            "error": shown.error,
            "cause": shown.cause,
            "redriveStatus": status,
            "redriveStatusReason": reason,
        }
        if request.get("includedData") != "METADATA_ONLY":
            answer |= _data(shown.status, shown.input_text, shown.output)
        return _given(answer)

    def list(self, request: dict[str, Any]) -> dict[str, Any]:
        """ListExecutions, of a machine or of a Map Run: the most recent first."""
        machine, map_run = request.get("stateMachineArn"), request.get("mapRunArn")
        if (machine is None) == (map_run is None):
            raise validation_error("Exactly one of stateMachineArn and mapRunArn must be given")
        wanted, redriven = request.get("statusFilter"), request.get("redriveFilter")
        if machine is not None:
            if wanted == PENDING_REDRIVE:
                raise validation_error("The statusFilter PENDING_REDRIVE needs a mapRunArn")
            if self._service.machines.get(arns.machine(machine)).kind == "EXPRESS":
                raise ApiError("StateMachineTypeNotSupported", TYPE_NOT_SUPPORTED)
            found = self._lookup.of_machine(machine)
        else:
            found = self._lookup.of_map_run(str(map_run))
        position = position_of(request, _moment(self._service.now()))

        def key(shown: Shown) -> tuple[str, str]:
            """By the stop, or of one that ran when the first page was read by its start; a child by its start."""
            stopped = "" if shown.stopped is None else _moment(shown.stopped)
            runs = not stopped or stopped > position.since
            return (_moment(shown.redriven or shown.started) if runs else stopped, shown.arn)

        matching = (
            shown
            for shown in found
            if wanted in (None, shown.status)
            and (redriven is None or (redriven == "REDRIVEN") == (shown.redrive_count > 0))
            and (position.after is None or _moment(shown.started) <= position.since)
        )
        listed, following = page(request, position, matching, key, descending=True)
        return {"executions": [_item(shown) for shown in listed], **following}

    def stop(self, request: dict[str, Any]) -> dict[str, Any]:
        """StopExecution; one that has ended stays as it is, and its stop date is told again."""
        arn = arns.checked(request["executionArn"], "execution")
        running = None if arns.is_child(arn) else self._service.running_execution(arn)
        if running is None:
            shown = self._lookup.execution(arn)
            if shown.status == "RUNNING":
                raise validation_error(f"'{arn}' is a child of a Map Run: it is stopped with the execution above it")
            return {"stopDate": shown.stopped}
        running.stop(request.get("error"), request.get("cause"))
        return {"stopDate": self._service.now()}

    def redrive(self, request: dict[str, Any]) -> dict[str, Any]:
        """RedriveExecution; a clientToken that was used for it in the last 15 minutes gets the same answer."""
        arn, token = arns.checked(request["executionArn"], "execution"), request.get("clientToken")
        if arns.is_child(arn):
            raise validation_error("Labeled Execution ARNs are not supported for this API.")
        with self._tokens.lock:
            known = self._tokens.find(arn, token)
            if known is None:
                known = self._redriven(arn)
                self._tokens.keep(arn, token, known)
        return {"redriveDate": known}

    def _redriven(self, arn: str) -> datetime:
        shown = self._lookup.execution(arn)
        status, reason = redrive_status(shown, self._lookup)
        if status == NOT_REDRIVABLE or shown.info is None:
            raise ApiError("ExecutionNotRedrivable", reason or "Execution cannot be redriven")
        info = self._redrive(shown.info).info
        return info.redriven or info.started


class _ClientTokens:
    """The latest client tokens, each with the date of the redrive it began. API reference, "RedriveExecution"."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[float, datetime]] = OrderedDict()

    def find(self, arn: str, token: str | None) -> datetime | None:
        found = None if token is None else self._kept.get((arn, token))
        return found[1] if found is not None and time.monotonic() - found[0] <= TOKEN_SECONDS else None

    def keep(self, arn: str, token: str | None, redriven: datetime) -> None:
        if token is None:
            return
        self._kept[arn, token] = (time.monotonic(), redriven)
        own = [key for key in self._kept if key[0] == arn]
        for key in own[:-TOKENS_PER_EXECUTION]:
            del self._kept[key]
        while len(self._kept) > MOST_TOKENS:
            self._kept.popitem(last=False)


def _data(status: str, input_text: str | None, output: Any) -> dict[str, Any]:
    if input_text is None:
        return {"inputDetails": LEFT_OUT} | ({"outputDetails": LEFT_OUT} if status == "SUCCEEDED" else {})
    data: dict[str, Any] = {"input": input_text, "inputDetails": INCLUDED}
    if status == "SUCCEEDED":
        data |= {"output": to_json(output), "outputDetails": INCLUDED}
    return data


def _summary(shown: Shown) -> dict[str, Any]:
    """Return what ListExecutions and DescribeExecution both tell of an execution."""
    return {
        "executionArn": shown.arn,
        "stateMachineArn": shown.machine_arn,
        "name": shown.name,
        "status": shown.status,
        "startDate": shown.started,
        "stopDate": _stop_date(shown),
        "mapRunArn": shown.map_run_arn,
        "redriveCount": shown.redrive_count,
        "redriveDate": shown.redriven,
    }


def _item(shown: Shown) -> dict[str, Any]:
    return _given(
        {
            **_summary(shown),
            "itemCount": shown.items,
        }
    )


def _stop_date(shown: Shown) -> datetime | None:
    return None if shown.status == PENDING_REDRIVE else shown.stopped


def _moment(moment: datetime) -> str:
    """Return a time as text that sorts as times do."""
    return moment.isoformat(timespec="microseconds")


def _given(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if value is not None}
