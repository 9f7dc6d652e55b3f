"""What the functions logged about a run, from CloudWatch Logs, as `lambda-logs.jsonl` has it.

CloudWatch has the lines of many invocations in a stream, one after another; those of the platform (START, END, REPORT)
do not name the run. So each stream is read from START to START; an invocation is kept if a line of it names the run.
CloudWatch Logs API reference, "FilterLogEvents".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from simulator.fetch.errors import FetchError
from simulator.fetch.operator import told
from simulator.runs.folder.times import moment_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.fetch.operator import Operator

_GROUP = "/aws/lambda/{}"
_PLATFORM = re.compile(r"(START|END|REPORT) RequestId: (?P<id>[0-9a-f-]{36})")
_NUMBERS = (
    ("memorySizeMb", re.compile(r"Memory Size: (\d+) MB"), int),
    ("durationMs", re.compile(r"\tDuration: ([\d.]+) ms"), float),
    ("billedDurationMs", re.compile(r"Billed Duration: (\d+) ms"), int),
    ("initDurationMs", re.compile(r"Init Duration: ([\d.]+) ms"), float),
)
_TIMED_OUT = re.compile(r"\S+ (?P<id>[0-9a-f-]{36}) Task timed out after")


@dataclass(slots=True)
class Invocation:
    """One invocation of a function: its lines as `lambda-logs.jsonl` has them.

    Args:
        request: its request id.
        records: its lines.
        rows: what its own lines say of rows, by index: `userId`, and `status`, or `error` and `cause`.
        run: the run that a line of it names.
        ended: whether its REPORT has been read.
    """

    request: str
    records: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    run: str | None = None
    ended: bool = False

    @property
    def start(self) -> str:
        """When its first line was written (ISO)."""
        return str(self.records[0]["time"])

    @property
    def stop(self) -> str:
        """When its END was written; its last line's time if there is none."""
        ends = [one["time"] for one in self.records if str(one["message"]).startswith("END RequestId: ")]
        return str(ends[0] if ends else self.records[-1]["time"])


def invocations_of(
    operator: Operator, functions: Sequence[str], run: str, since: datetime, until: datetime | None
) -> Iterator[Invocation]:
    """Yield the invocations of functions that were about a run, in the order in which they ended.

    Args:
        operator: the clients.
        functions: the functions' names.
        run: the run's name.
        since: a moment before it began.
        until: a moment after its last line; None if it goes on.

    Raises:
        FetchError: CloudWatch Logs cannot be read.
    """
    for function in functions:
        for invocation in _invocations(_events(operator, function, since, until), function):
            if invocation.run == run:
                for record in invocation.records:
                    record["executionName"] = run
                yield invocation


def _events(operator: Operator, function: str, since: datetime, until: datetime | None) -> Iterator[dict[str, Any]]:
    request: dict[str, Any] = {
        "logGroupName": _GROUP.format(function),
        "startTime": round(since.timestamp() * 1000),
        "interleaved": True,
    }
    if until is not None:
        request["endTime"] = round(until.timestamp() * 1000)
    try:
        with told():
            for page in operator.logs.get_paginator("filter_log_events").paginate(**request):
                yield from page["events"]
    except FetchError as error:
        cause = error.__cause__
        if isinstance(cause, ClientError) and cause.response["Error"].get("Code") == "ResourceNotFoundException":
            return  # a function that has never been called has no log group
        raise


def _invocations(events: Iterator[dict[str, Any]], function: str) -> Iterator[Invocation]:
    open_ones: dict[str, Invocation] = {}
    for event in events:
        stream, message = event["logStreamName"], event["message"].rstrip("\n\t")
        platform = _PLATFORM.match(message)
        current = open_ones.get(stream)
        if platform and (current is None or current.request != platform["id"]):
            if current is not None:
                yield current
            current = open_ones[stream] = Invocation(platform["id"])
        if current is None:
            continue  # of an invocation that began before, or of a cold start
        _add(current, event, message, function)
        if current.ended:
            yield open_ones.pop(stream)
    yield from open_ones.values()


def _add(invocation: Invocation, event: dict[str, Any], message: str, function: str) -> None:
    kind: str = "log"
    content: Any = message
    more: dict[str, Any] = {}
    if _PLATFORM.match(message) or _TIMED_OUT.match(message):
        kind = "platform"
        if message.startswith("REPORT "):
            invocation.ended = True
            more = {name: made(found[1]) for name, shape, made in _NUMBERS if (found := shape.search(f"\t{message}"))}
    elif message.startswith("{"):
        try:
            content = json.loads(message)
        except ValueError:
            content = message
        else:
            kind = "metrics" if "_aws" in content else "log"
            _take_facts(invocation, content)
    invocation.records.append(
        {
            "time": moment_text(datetime.fromtimestamp(event["timestamp"] / 1000, UTC)),
            "function": function,
            "environment": event["logStreamName"],
            "requestId": invocation.request,
            "executionName": None,
            "kind": kind,
            "message": content,
            **more,
        }
    )


def _take_facts(invocation: Invocation, content: Any) -> None:
    name = content.get("executionName")
    if not isinstance(name, str):
        return
    invocation.run = name
    index = content.get("rowIndex")
    if isinstance(index, int):
        facts = invocation.rows.setdefault(index, {})
        facts |= {key: content[key] for key in ("userId", "status", "error", "cause") if key in content}
