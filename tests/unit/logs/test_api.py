"""CloudWatch Logs' API over files that grow."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from simulator.aws.errors import ApiError
from simulator.aws.logs.api import LogsApi
from simulator.aws.logs.log_files import LogFiles
from tests.unit.called_as_boto3 import Caller

if TYPE_CHECKING:
    from pathlib import Path

GROUP = "/aws/lambda/f"
OTHER = "/aws/lambda/g"
BEGIN = 1_700_000_000_000


def record(milliseconds: int, message: Any, *, function: str = "f", stream: str = "s1") -> dict[str, Any]:
    """Return a record of a function's log."""
    moment = datetime.fromtimestamp((BEGIN + milliseconds) / 1000, UTC)
    return {
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "function": function,
        "environment": stream,
        "kind": "log",
        "message": message,
    }


class Logs:
    """The API over a folder; the name of a file is the run's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.call = Caller(
            "logs",
            LogsApi(
                LogFiles(lambda: sorted(folder.glob("*.jsonl"))),
                lambda: [GROUP, OTHER, "/aws/lambda/silent"],
                region="ap-northeast-1",
                account="123456789012",
            ).operations,
        )

    def write(self, file: str, *records: dict[str, Any]) -> None:
        """Append to a file."""
        with (self.folder / f"{file}.jsonl").open("a") as opened:
            opened.writelines(json.dumps(one, separators=(",", ":")) + "\n" for one in records)

    def filtered(self, **request: Any) -> list[str]:
        """Return the messages of all pages."""
        found: list[str] = []
        while True:
            page = self.call("FilterLogEvents", logGroupName=GROUP, **request)
            found += [event["message"].rstrip("\n") for event in page["events"]]
            if "nextToken" not in page:
                return found
            request["nextToken"] = page["nextToken"]

    def refused(self, operation: str, **request: Any) -> str:
        """Return the name of the error that a call is refused with."""
        with pytest.raises(ApiError) as raised:
            self.call(operation, **request)
        return raised.value.name


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    """Two runs whose times overlap, lines that are a little out of order, and another function."""
    made = Logs(tmp_path)
    made.write("a", record(0, "one"), record(30, "four", stream="s2"), record(20, "three"))
    made.write("b", record(10, "two"), record(40, {"level": "ERROR", "n": 5}), record(15, "not f", function="g"))
    return made


def test_events_come_in_the_order_of_their_times_from_all_files(logs: Logs) -> None:
    """In pages of any size: the same events, each once."""
    wanted = ["one", "two", "three", "four", '{"level":"ERROR","n":5}']
    assert logs.filtered() == wanted
    for limit in (1, 2, 4, 5):
        assert logs.filtered(limit=limit) == wanted
        assert logs.filtered(limit=limit, startFromHead=False) == wanted[::-1]


def test_events_are_chosen_by_time_pattern_and_stream(logs: Logs) -> None:
    """Both ends of the time count."""
    assert logs.filtered(startTime=BEGIN + 10, endTime=BEGIN + 20) == ["two", "three"]
    assert logs.filtered(filterPattern="?one ?four") == ["one", "four"]
    assert logs.filtered(filterPattern='{ $.level = "ERROR" }') == ['{"level":"ERROR","n":5}']
    assert logs.filtered(logStreamNames=["s2"]) == ["four"]
    assert logs.filtered(logStreamNamePrefix="s2") == ["four"]


def test_a_follower_sees_each_new_event_once(logs: Logs) -> None:
    """As `aws logs tail --follow` asks: again from the last event's time, known ids left out; ids do not change."""
    first = logs.call("FilterLogEvents", logGroupName=GROUP)["events"]
    logs.write("b", record(40, "later, at the same time"), record(50, "six"))
    since = logs.call("FilterLogEvents", logGroupName=GROUP, startTime=first[-1]["timestamp"])["events"]
    known = {event["eventId"] for event in first}
    assert [event["message"] for event in since if event["eventId"] not in known] == [
        "later, at the same time\n",
        "six\n",
    ]


def test_a_page_has_at_most_a_megabyte(logs: Logs) -> None:
    """The rest is on the next pages."""
    logs.write("c", *(record(100 + number, f"{number}" + "x" * 400_000) for number in range(6)))
    page = logs.call("FilterLogEvents", logGroupName=GROUP, startTime=BEGIN + 100)
    assert len(page["events"]) == 2
    assert [text.rstrip("x") for text in logs.filtered(startTime=BEGIN + 100)] == list("012345")


def test_a_long_file_is_searched_from_the_right_place(logs: Logs) -> None:
    """Found by halving: no event of the time is left out, and none before it is read."""
    logs.write("long", *(record(1_000_000 + number, f"line {number} " + "y" * 300) for number in range(10_000)))
    start = BEGIN + 1_000_000 + 7_777
    assert [text.split()[1] for text in logs.filtered(startTime=start, endTime=start + 2)] == ["7777", "7778", "7779"]


def test_a_half_written_line_is_left_for_the_next_time(logs: Logs) -> None:
    """And what is not a record is left out."""
    path = logs.folder / "b.jsonl"
    line = json.dumps(record(60, "whole now"))
    with path.open("a") as file:
        file.write("not JSON\n[1]\n" + line[:20])
    assert len(logs.filtered()) == 5
    with path.open("a") as file:
        file.write(line[20:] + "\n")
    assert logs.filtered()[-1] == "whole now"


def test_one_stream_is_read_forwards_and_backwards(logs: Logs) -> None:
    """At its end the forward token leads to itself, as boto3's users wait for."""
    get = {"logGroupName": GROUP, "logStreamName": "s1"}
    head = logs.call("GetLogEvents", **get, limit=2, startFromHead=True)
    assert [event["message"] for event in head["events"]] == ["one\n", "two\n"]
    rest = logs.call("GetLogEvents", **get, nextToken=head["nextForwardToken"], startFromHead=True)
    assert [event["message"].strip() for event in rest["events"]] == ["three", '{"level":"ERROR","n":5}']
    end = logs.call("GetLogEvents", **get, nextToken=rest["nextForwardToken"], startFromHead=True)
    assert (end["events"], end["nextForwardToken"]) == ([], rest["nextForwardToken"])
    last = logs.call("GetLogEvents", **get, limit=1)
    before = logs.call("GetLogEvents", **get, limit=1, nextToken=last["nextBackwardToken"])
    assert [event["message"] for event in before["events"]] == ["three\n"]
    assert logs.call("GetLogEvents", **get, startTime=BEGIN + 10, endTime=BEGIN + 20)["events"][0]["message"] == "two\n"


def test_groups_and_streams_are_described(logs: Logs) -> None:
    """A group without events has no time; streams by name, or by their last event."""
    groups = logs.call("DescribeLogGroups", logGroupNamePrefix="/aws/lambda/")["logGroups"]
    assert [(one["logGroupName"], one.get("creationTime")) for one in groups] == [
        (GROUP, BEGIN),
        (OTHER, BEGIN + 15),
        ("/aws/lambda/silent", None),
    ]
    assert groups[0]["arn"] == f"arn:aws:logs:ap-northeast-1:123456789012:log-group:{GROUP}:*"
    first = logs.call("DescribeLogStreams", logGroupName=GROUP, limit=1)
    second = logs.call("DescribeLogStreams", logGroupIdentifier=groups[0]["arn"], nextToken=first["nextToken"])
    assert [one["logStreamName"] for one in first["logStreams"] + second["logStreams"]] == ["s1", "s2"]
    newest = logs.call("DescribeLogStreams", logGroupName=GROUP, orderBy="LastEventTime", descending=True)
    assert [one["lastEventTimestamp"] - BEGIN for one in newest["logStreams"]] == [40, 30]


@pytest.mark.parametrize(
    ("operation", "request_", "name"),
    [
        ("FilterLogEvents", {"logGroupName": "no"}, "ResourceNotFoundException"),
        ("FilterLogEvents", {}, "InvalidParameterException"),
        ("FilterLogEvents", {"logGroupName": GROUP, "logGroupIdentifier": GROUP}, "InvalidParameterException"),
        ("FilterLogEvents", {"logGroupName": GROUP, "filterPattern": "a-b"}, "InvalidParameterException"),
        ("FilterLogEvents", {"logGroupName": GROUP, "nextToken": "x"}, "InvalidParameterException"),
        (
            "FilterLogEvents",
            {"logGroupName": GROUP, "logStreamNames": ["s1"], "logStreamNamePrefix": "s"},
            "InvalidParameterException",
        ),
        ("GetLogEvents", {"logGroupName": GROUP, "logStreamName": "no"}, "ResourceNotFoundException"),
        ("DescribeLogStreams", {"logGroupName": "no"}, "ResourceNotFoundException"),
        ("DescribeLogGroups", {"nextToken": "x"}, "InvalidParameterException"),
    ],
)
def test_calls_that_cloudwatch_refuses(logs: Logs, operation: str, request_: Any, name: str) -> None:
    """By the API's names."""
    assert logs.refused(operation, **request_) == name
