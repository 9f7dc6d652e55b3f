"""Activities: created and listed, and Tasks whose work a worker fetches."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from simulator.aws.caller import called_by
from tests.unit.stepfunctions.cloud import PREFIX, Cloud

ARN = f"{PREFIX}:activity:approve"
POLL = "GetActivityTask"


@pytest.fixture
def cloud() -> Cloud:
    """Return a cloud with the activity `approve`, whose workers wait a moment for a Task."""
    made = Cloud()
    made.call("CreateActivity", name="approve")
    made.service.activity_tasks._poll_seconds = 0.3
    return made


def asking(**more: Any) -> dict[str, Any]:
    """Return a machine of one Task of the activity."""
    return {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": ARN, "End": True, **more}}}


def events(cloud: Cloud, arn: str) -> list[dict[str, Any]]:
    """Return what an execution's history tells of its Task."""
    found: list[dict[str, Any]] = cloud.call("GetExecutionHistory", executionArn=arn)["events"]
    return [event for event in found if event["type"].startswith("Activity")]


def taken(cloud: Cloud, **members: Any) -> dict[str, Any]:
    """Return a Task, which is there or will be soon."""
    answer: dict[str, Any] = cloud.until(lambda: cloud.call(POLL, activityArn=ARN, **members), bool)
    return answer


def test_an_activity_is_created_once_and_described(cloud: Cloud) -> None:
    """Its tags change nothing; to delete it twice is the same as once."""
    first = cloud.call("CreateActivity", name="approve", tags=[{"key": "a", "value": "b"}])
    assert first == cloud.call("CreateActivity", name="approve")
    assert first["activityArn"] == ARN
    described = cloud.call("DescribeActivity", activityArn=ARN)
    assert (described["name"], described["creationDate"]) == ("approve", first["creationDate"])
    assert described["encryptionConfiguration"] == {"type": "AWS_OWNED_KEY"}
    assert cloud.call("DeleteActivity", activityArn=ARN) == cloud.call("DeleteActivity", activityArn=ARN) == {}
    for operation in ("DescribeActivity", POLL):
        refused = cloud.refused(operation, activityArn=ARN)
        assert refused == ("ActivityDoesNotExist", f"Activity Does Not Exist: '{ARN}'")


def test_activities_are_listed_in_pages_and_have_tags(cloud: Cloud) -> None:
    """In the order of their creation."""
    for name in ("b", "a"):
        cloud.call("CreateActivity", name=name, tags=[{"key": "of", "value": name}])
    pages = cloud.all_pages("ListActivities", "activities", maxResults=2)
    assert [[one["name"] for one in page] for page in pages] == [["approve", "b"], ["a"]]
    arn = f"{PREFIX}:activity:a"
    cloud.call("TagResource", resourceArn=arn, tags=[{"key": "x", "value": "y"}])
    cloud.call("UntagResource", resourceArn=arn, tagKeys=["of"])
    assert cloud.call("ListTagsForResource", resourceArn=arn) == {"tags": [{"key": "x", "value": "y"}]}
    assert cloud.refused("TagResource", resourceArn=f"{PREFIX}:activity:no", tags=[])[0] == "ResourceNotFound"


def test_what_is_not_an_activity_is_refused(cloud: Cloud) -> None:
    """A name that AWS forbids, an ARN of another kind, another encryption."""
    assert cloud.refused("CreateActivity", name="a b")[0] == "InvalidName"
    for arn in (f"{PREFIX}:stateMachine:m", "approve", f"{ARN}:1"):
        assert cloud.refused("DescribeActivity", activityArn=arn)[0] == "InvalidArn"
    key = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "k"}
    assert cloud.refused("CreateActivity", name="approve", encryptionConfiguration=key)[0] == "ActivityAlreadyExists"


def test_activities_outlast_the_process() -> None:
    """Those that were not deleted."""
    store = Store()
    first = Cloud(activity_store=store)
    first.call("CreateActivity", name="gone")
    first.call("CreateActivity", name="approve", tags=[{"key": "a", "value": "b"}])
    first.call("DeleteActivity", activityArn=f"{PREFIX}:activity:gone")
    later = Cloud(activity_store=store)
    [one] = later.call("ListActivities")["activities"]
    made = first.call("DescribeActivity", activityArn=ARN)["creationDate"]
    assert (one["activityArn"], abs((one["creationDate"] - made).total_seconds()) < 0.001) == (ARN, True)
    assert later.call("ListTagsForResource", resourceArn=ARN) == {"tags": [{"key": "a", "value": "b"}]}


def test_a_worker_does_the_work_of_a_task(cloud: Cloud) -> None:
    """It gets the effective input; the execution goes on with its output."""
    arn = cloud.start(
        cloud.create("m", asking(Parameters={"user.$": "$.id"}, ResultPath="$.done", TimeoutSeconds=9)), {"id": 1}
    )
    task = taken(cloud, workerName="me")
    assert json.loads(task["input"]) == {"user": 1}
    assert [event["type"] for event in events(cloud, arn)] == ["ActivityScheduled", "ActivityStarted"]
    assert cloud.call("SendTaskHeartbeat", taskToken=task["taskToken"]) == {}
    cloud.call("SendTaskSuccess", taskToken=task["taskToken"], output='"yes"')
    assert json.loads(cloud.ended(arn)["output"]) == {"id": 1, "done": "yes"}
    scheduled, started, succeeded = events(cloud, arn)
    assert scheduled["activityScheduledEventDetails"] == {
        "resource": ARN,
        "input": '{"user":1}',
        "inputDetails": {"truncated": False},
        "timeoutInSeconds": 9,
    }
    assert started["activityStartedEventDetails"] == {"workerName": "me"}
    assert succeeded["activitySucceededEventDetails"]["output"] == '"yes"'
    assert cloud.refused("SendTaskSuccess", taskToken=task["taskToken"], output="1")[0] == "TaskTimedOut"


def test_a_worker_may_be_there_first(cloud: Cloud) -> None:
    """It waits for a Task; without one, the answer has no token."""
    assert cloud.call(POLL, activityArn=ARN) == {}
    cloud.service.activity_tasks._poll_seconds = 20.0
    found: list[dict[str, Any]] = []
    worker = threading.Thread(target=lambda: found.append(cloud.call(POLL, activityArn=ARN)))
    worker.start()
    arn = cloud.start(cloud.create("m", asking()))
    worker.join(20)
    cloud.call("SendTaskFailure", taskToken=found[0]["taskToken"], error="No", cause="not today")
    ended = cloud.ended(arn)
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "No", "not today")
    assert events(cloud, arn)[-1]["activityFailedEventDetails"] == {"error": "No", "cause": "not today"}


def test_tasks_are_taken_in_their_order_and_each_once(cloud: Cloud) -> None:
    """However many there are."""
    branch = {"StartAt": "T", "States": asking()["States"]}
    definition = {
        "StartAt": "M",
        "States": {"M": {"Type": "Map", "ItemProcessor": branch, "MaxConcurrency": 1, "End": True}},
    }
    arn = cloud.start(cloud.create("m", definition), [1, 2, 3])
    for number in (1, 2, 3):
        task = taken(cloud)
        assert task["input"] == str(number)
        assert cloud.call(POLL, activityArn=ARN) == {}
        cloud.call("SendTaskSuccess", taskToken=task["taskToken"], output=str(number * 2))
    assert json.loads(cloud.ended(arn)["output"]) == [2, 4, 6]


@pytest.mark.parametrize(
    ("limits", "error"),
    [({"TimeoutSeconds": 1}, "States.Timeout"), ({"HeartbeatSeconds": 1}, "States.HeartbeatTimeout")],
)
def test_the_time_of_a_task_begins_when_a_worker_takes_it(cloud: Cloud, limits: dict[str, int], error: str) -> None:
    """Until then it waits, and does not time out."""
    arn = cloud.start(cloud.create("m", asking(**limits)))
    threading.Event().wait(1.2)
    assert cloud.call("DescribeExecution", executionArn=arn)["status"] == "RUNNING"
    taken(cloud)
    assert cloud.ended(arn)["error"] == error
    assert [event["type"] for event in events(cloud, arn)][1:] == ["ActivityStarted", "ActivityTimedOut"]


def test_each_attempt_is_a_task_of_its_own(cloud: Cloud) -> None:
    """A retry hands out another token."""
    again = [{"ErrorEquals": ["Again"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    arn = cloud.start(cloud.create("m", asking(Retry=again)))
    first = taken(cloud)["taskToken"]
    cloud.call("SendTaskFailure", taskToken=first, error="Again")
    second = taken(cloud)["taskToken"]
    assert first != second
    cloud.call("SendTaskSuccess", taskToken=second, output="{}")
    assert cloud.ended(arn)["status"] == "SUCCEEDED"


def test_a_stopped_execution_has_no_work_any_more(cloud: Cloud) -> None:
    """And an execution's own time is up while it waits."""
    arn = cloud.start(cloud.create("m", asking()))
    cloud.until(lambda: events(cloud, arn), bool)
    cloud.call("StopExecution", executionArn=arn)
    assert cloud.ended(arn)["status"] == "ABORTED"
    late = cloud.run(cloud.create("late", {**asking(), "TimeoutSeconds": 1}))
    assert cloud.ended(late)["status"] == "TIMED_OUT"
    assert cloud.call(POLL, activityArn=ARN) == {}


def test_a_worker_that_has_gone_takes_no_task(cloud: Cloud) -> None:
    """What it would have taken is the next one's."""
    cloud.start(cloud.create("m", asking()))
    with called_by(lambda: True):
        assert cloud.call(POLL, activityArn=ARN) == {}
    assert taken(cloud)["input"] == "{}"


def test_a_task_of_an_activity_that_is_not_there_fails(cloud: Cloud) -> None:
    """It is not scheduled, and a Catch sees it."""
    definition = asking(Catch=[{"ErrorEquals": ["States.TaskFailed"], "Next": "C"}])
    definition["States"]["C"] = {"Type": "Pass", "End": True}
    machine = cloud.create("m", definition)
    cloud.call("DeleteActivity", activityArn=ARN)
    arn = cloud.run(machine)
    error = {"Error": "ActivityDoesNotExist", "Cause": f"Activity Does Not Exist: '{ARN}'"}
    assert json.loads(cloud.ended(arn)["output"]) == error
    assert events(cloud, arn)[-1]["type"] == "ActivityScheduleFailed"


def test_an_express_machine_has_no_activities(cloud: Cloud) -> None:
    """It is refused when it is created."""
    refused = cloud.refused(
        "CreateStateMachine", name="e", definition=json.dumps(asking()), roleArn="arn:aws:iam::1:role/r", type="EXPRESS"
    )
    assert refused[0] == "InvalidDefinition"
    assert "does not support Activity tasks" in refused[1]


def test_an_activity_is_tested_with_a_mock_only(cloud: Cloud) -> None:
    """TestState waits for no worker."""
    state = {"definition": json.dumps(asking()["States"]["T"]), "roleArn": "arn:aws:iam::123456789012:role/r"}
    assert cloud.refused("TestState", **state)[0] == "ValidationException"
    assert cloud.call("TestState", **state, mock={"result": '{"a":1}'})["output"] == '{"a":1}'


class Store:
    """Keeps records in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    def put(self, key: str, value: dict[str, Any]) -> None:
        """Keep one."""
        self.kept[key] = value

    def delete(self, key: str) -> None:
        """Forget one."""
        del self.kept[key]

    def all(self) -> dict[str, dict[str, Any]]:
        """Return all."""
        return dict(self.kept)
