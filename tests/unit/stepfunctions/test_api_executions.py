"""Executions through the API: started, described, listed, stopped, redriven."""

from __future__ import annotations

import json

import pytest

from tests.unit.stepfunctions.cloud import PASS, PREFIX, TASK, WAITING, Cloud


def test_an_execution_is_described_while_it_runs_and_after_its_end() -> None:
    """The members are those recorded on AWS; `input` is the caller's text."""
    cloud = Cloud()
    cloud.function.open.clear()
    machine = cloud.create(definition=TASK)
    arn = cloud.call("StartExecution", stateMachineArn=machine, name="one", input='{ "a" : 1.0 }')["executionArn"]
    running = cloud.call("DescribeExecution", executionArn=arn)
    assert running.pop("startDate").tzinfo is not None
    assert running == {
        "executionArn": f"{PREFIX}:execution:m:one",
        "stateMachineArn": machine,
        "name": "one",
        "status": "RUNNING",
        "input": '{ "a" : 1.0 }',
        "inputDetails": {"included": True},
        "redriveCount": 0,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is RUNNING and cannot be redriven",
    }
    cloud.function.open.set()
    ended = cloud.ended(arn)
    assert (ended["status"], ended["output"], ended["outputDetails"]) == ("SUCCEEDED", '{"a":1.0}', {"included": True})
    assert ended["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven"
    assert "input" not in cloud.call("DescribeExecution", executionArn=arn, includedData="METADATA_ONLY")


def test_the_same_start_is_the_same_execution_only_while_it_runs() -> None:
    """Afterwards, and with another input, the name is taken, also when only the archive knows it."""
    cloud = Cloud()
    machine = cloud.create(definition=WAITING)
    arn = cloud.start(machine, {"a": 1}, name="one")
    assert cloud.start(machine, {"a": 1}, name="one") == arn
    taken = ("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
    assert cloud.refused("StartExecution", stateMachineArn=machine, name="one", input='{"a":2}') == taken
    cloud.call("StopExecution", executionArn=arn)
    cloud.ended(arn)
    later = Cloud(cloud.archive)
    later.create(definition=WAITING)
    assert later.refused("StartExecution", stateMachineArn=machine, name="one", input='{"a":1}') == taken


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"stateMachineArn": "nowhere"}, ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: nowhere'")),
        (
            {"stateMachineArn": f"{PREFIX}:execution:m:one"},
            ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: execution'"),
        ),
        (
            {"stateMachineArn": f"{PREFIX}:stateMachine:gone"},
            ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{PREFIX}:stateMachine:gone'"),
        ),
    ],
)
def test_a_start_that_names_no_machine_is_refused(members: dict[str, str], error: tuple[str, str]) -> None:
    """In AWS's words."""
    assert Cloud().refused("StartExecution", **members) == error


def test_stopping_keeps_the_callers_error_and_cause() -> None:
    """A second stop changes nothing and tells the same date."""
    cloud = Cloud()
    arn = cloud.start(cloud.create(definition=WAITING))
    cloud.call("StopExecution", executionArn=arn, error="Mine", cause="because")
    ended = cloud.ended(arn)
    assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "Mine", "because")
    assert cloud.call("StopExecution", executionArn=arn, error="Other")["stopDate"] == ended["stopDate"]
    assert cloud.call("DescribeExecution", executionArn=arn)["error"] == "Mine"
    gone = f"{PREFIX}:execution:m:gone"
    assert cloud.refused("StopExecution", executionArn=gone)[0] == "ExecutionDoesNotExist"


def test_executions_are_listed_page_by_page_the_most_recent_first() -> None:
    """Every one once, by any page size; a token belongs to its request."""
    cloud = Cloud()
    machine = cloud.create()
    arns = [cloud.run(machine, name=f"run-{number}") for number in range(7)]
    pages = cloud.all_pages("ListExecutions", "executions", stateMachineArn=machine, maxResults=3)
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [one["executionArn"] for page in pages for one in page] == arns[::-1]
    token = cloud.call("ListExecutions", stateMachineArn=machine, maxResults=3)["nextToken"]
    invalid = ("InvalidToken", "Invalid Token: 'Invalid token'")
    other = {"stateMachineArn": machine, "statusFilter": "FAILED"}
    assert cloud.refused("ListExecutions", **other, nextToken=token) == invalid
    for bad in ("x", token[:-4], token[4:], "é", "bnVsbA=="):
        assert cloud.refused("ListExecutions", stateMachineArn=machine, nextToken=bad) == invalid


def test_a_list_that_is_being_read_does_not_change() -> None:
    """One that ends between two pages keeps its place, and new ones are not in it."""
    cloud = Cloud()
    machine = cloud.create(definition=WAITING)
    arns = [cloud.start(machine, name=f"run-{number}") for number in range(5)]
    first = cloud.call("ListExecutions", stateMachineArn=machine, maxResults=2)
    for arn in arns[:2]:
        cloud.call("StopExecution", executionArn=arn)
        cloud.ended(arn)
    cloud.start(machine, name="late")
    rest = cloud.call("ListExecutions", stateMachineArn=machine, nextToken=first["nextToken"])
    listed = [one["executionArn"] for one in first["executions"] + rest["executions"]]
    assert listed == arns[::-1]


def test_filters_and_what_cannot_be_listed() -> None:
    """By status and by redrive; EXPRESS executions are not listed."""
    cloud = Cloud()
    machine = cloud.create(definition=TASK)
    cloud.function.bad = {1}
    good, bad = cloud.run(machine, 0), cloud.run(machine, 1)

    def listed(**members: str) -> list[str]:
        return [
            one["executionArn"]
            for one in cloud.call("ListExecutions", stateMachineArn=machine, **members)["executions"]
        ]

    assert listed(statusFilter="FAILED") == [bad]
    assert listed(statusFilter="RUNNING") == []
    assert listed(redriveFilter="NOT_REDRIVEN") == [bad, good]
    assert listed(redriveFilter="REDRIVEN") == []
    express = cloud.create("e", type="EXPRESS")
    assert cloud.refused("ListExecutions", stateMachineArn=express)[0] == "StateMachineTypeNotSupported"
    assert cloud.refused("ListExecutions")[0] == "ValidationException"
    both = {"stateMachineArn": machine, "mapRunArn": f"{PREFIX}:mapRun:m/l:1"}
    assert cloud.refused("ListExecutions", **both)[0] == "ValidationException"
    pending = {"stateMachineArn": machine, "statusFilter": "PENDING_REDRIVE"}
    assert cloud.refused("ListExecutions", **pending)[0] == "ValidationException"


def test_an_express_execution_is_answered_when_it_has_ended() -> None:
    """Its failure is a good answer; a STANDARD machine is refused."""
    cloud = Cloud()
    cloud.function.bad = {1}
    machine = cloud.create(definition=TASK, type="EXPRESS")
    good = cloud.call("StartSyncExecution", stateMachineArn=machine, name="n", input="0")
    assert (good["status"], good["output"], good["name"]) == ("SUCCEEDED", "0", "n")
    assert good["executionArn"].startswith(f"{PREFIX}:express:m:n:")
    assert good["billingDetails"]["billedMemoryUsedInMB"] == 64
    assert good["billingDetails"]["billedDurationInMilliseconds"] % 100 == 0
    failed = cloud.call("StartSyncExecution", stateMachineArn=machine, input="1")
    assert (failed["status"], failed["error"]) == ("FAILED", "Bad")
    assert "output" not in failed
    assert cloud.refused("StartSyncExecution", stateMachineArn=cloud.create("s"))[0] == "StateMachineTypeNotSupported"
    arn = cloud.call("StartExecution", stateMachineArn=machine, input="0")["executionArn"]
    for operation in ("DescribeExecution", "GetExecutionHistory", "StopExecution", "RedriveExecution"):
        assert cloud.refused(operation, executionArn=arn) == (
            "InvalidArn",
            "Invalid Arn: 'Resource type not valid in this context: express'",
        )


def test_a_redrive_goes_on_with_the_history_once_per_client_token() -> None:
    """Also in a later process, which has only the archive."""
    first = Cloud()
    first.function.bad = {1}
    machine = first.create(definition=TASK)
    arn = first.run(machine, 1)
    assert first.call("DescribeExecution", executionArn=arn)["redriveStatus"] == "REDRIVABLE"
    later = Cloud(first.archive)
    later.create(definition=PASS)  # the machine has changed: the execution keeps its definition
    later.function.bad = {1}
    date = later.call("RedriveExecution", executionArn=arn, clientToken="t")["redriveDate"]
    later.until(lambda: later.function.calls, bool)
    later.ended(arn)
    assert later.call("RedriveExecution", executionArn=arn, clientToken="t")["redriveDate"] == date
    assert later.function.calls == [1]
    later.function.bad = set()
    later.call("RedriveExecution", executionArn=arn, clientToken="u")
    ended = later.until(
        lambda: later.call("DescribeExecution", executionArn=arn), lambda one: one["status"] == "SUCCEEDED"
    )
    assert (ended["redriveCount"], ended["output"]) == (2, "1")
    assert ended["redriveDate"] > date
    refusal = ("ExecutionNotRedrivable", "Execution is SUCCEEDED and cannot be redriven")
    assert later.refused("RedriveExecution", executionArn=arn) == refusal
    events = later.call("GetExecutionHistory", executionArn=arn)["events"]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert [event["type"] for event in events].count("ExecutionRedriven") == 2


def test_an_execution_without_a_history_is_not_redriven() -> None:
    """Nothing says where it would go on."""
    cloud = Cloud()
    cloud.function.bad = {1}
    arn = cloud.run(cloud.create(definition=TASK), 1)
    info = cloud.archive.execution(arn)
    assert info is not None
    later = Cloud()
    later.archive.execution_ended(info)
    refusal = ("ExecutionNotRedrivable", "No history is kept of the execution. Start another one")
    assert later.refused("RedriveExecution", executionArn=arn) == refusal
    assert later.call("GetExecutionHistory", executionArn=arn)["events"] == []


def test_histories_come_in_pages_in_both_orders() -> None:
    """Without data on request; details that are empty are there (recorded on AWS)."""
    cloud = Cloud()
    arn = cloud.run(cloud.create(definition=TASK), {"a": 1})
    whole = cloud.call("GetExecutionHistory", executionArn=arn)["events"]
    assert [event["id"] for event in whole] == [1, 2, 3, 4, 5, 6, 7]
    for order in (False, True):
        pages = cloud.all_pages("GetExecutionHistory", "events", executionArn=arn, maxResults=3, reverseOrder=order)
        assert [len(page) for page in pages] == [3, 3, 1]
        assert [event for page in pages for event in page] == (whole[::-1] if order else whole)
    bare = cloud.call("GetExecutionHistory", executionArn=arn, includeExecutionData=False)["events"]
    assert "input" not in json.dumps([event["type"] for event in bare])
    assert bare[0]["executionStartedEventDetails"].keys() == {"roleArn", "inputDetails"}
    stopped = cloud.start(cloud.create("w", WAITING))
    cloud.call("StopExecution", executionArn=stopped)
    cloud.ended(stopped)
    last = cloud.call("GetExecutionHistory", executionArn=stopped, reverseOrder=True, maxResults=1)["events"][0]
    assert (last["type"], last["executionAbortedEventDetails"]) == ("ExecutionAborted", {})


def test_only_the_latest_executions_stay_in_memory() -> None:
    """All of them can be described."""
    cloud = Cloud()
    machine = cloud.create()
    arns = [cloud.run(machine, number) for number in range(130)]
    assert len(cloud.service.executions(machine)) == 100
    assert cloud.call("DescribeExecution", executionArn=arns[0])["output"] == "0"
    assert sum(map(len, cloud.all_pages("ListExecutions", "executions", stateMachineArn=machine))) == 130
