"""boto3 at the endpoint: paginators, exceptions by name, a Map Run that is changed, an Express execution."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config

from simulator.aws.endpoint.endpoint import Endpoint
from simulator.aws.endpoint.service_api import ServiceApi
from simulator.aws.engine.environment import local_aws
from tests.unit.integrations.fakes import SESSION
from tests.unit.stepfunctions.cloud import PASS, PREFIX, ROLE, TASK, Cloud
from tests.unit.stepfunctions.test_api_map_runs import mapped

if TYPE_CHECKING:
    from collections.abc import Iterator

NOWHERE = "http://127.0.0.1:9"


class Client:
    """boto3's client of a cloud's endpoint; attributes are the client's."""

    def __init__(self, cloud: Cloud, url: str) -> None:
        self.cloud = cloud
        config = Config(inject_host_prefix=False, proxies={}, retries={"total_max_attempts": 1})
        with local_aws(url):
            self.boto3 = SESSION.client("stepfunctions", endpoint_url=url, config=config)

    def ended(self, arn: str) -> dict[str, Any]:
        """Wait for an execution's end."""
        end = time.monotonic() + 20
        while (told := self.boto3.describe_execution(executionArn=arn))["status"] == "RUNNING":
            assert time.monotonic() < end
            time.sleep(0.01)
        answer: dict[str, Any] = told
        return answer


@pytest.fixture
def client() -> Iterator[Client]:
    """A cloud with its endpoint."""
    cloud = Cloud()
    api = ServiceApi("stepfunctions", cloud.operations)
    with Endpoint(
        "127.0.0.1", 0, apis=[api], engine_url=NOWHERE, on_object_created=lambda _object: None, control={}
    ) as endpoint:
        yield Client(cloud, endpoint.url)


def create(client: Client, name: str, definition: Any, **members: Any) -> str:
    """Create a machine."""
    arn: str = client.boto3.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE, **members)[
        "stateMachineArn"
    ]
    return arn


def test_paginators_give_every_entry_once(client: Client) -> None:
    """Of machines, executions and histories."""
    sfn = client.boto3
    machines = [create(client, f"m{number}", PASS) for number in range(5)]
    found = sfn.get_paginator("list_state_machines").paginate(PaginationConfig={"PageSize": 2})
    assert [one["stateMachineArn"] for page in found for one in page["stateMachines"]] == machines
    arns = [sfn.start_execution(stateMachineArn=machines[0])["executionArn"] for _ in range(5)]
    ended = [client.ended(arn) for arn in arns]
    assert {one["status"] for one in ended} == {"SUCCEEDED"}
    listed = sfn.get_paginator("list_executions").paginate(
        stateMachineArn=machines[0], PaginationConfig={"PageSize": 2}
    )
    assert sorted(one["executionArn"] for page in listed for one in page["executions"]) == sorted(arns)
    events = sfn.get_paginator("get_execution_history").paginate(executionArn=arns[0], PaginationConfig={"PageSize": 1})
    types = [event["type"] for page in events for event in page["events"]]
    assert types == ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]
    with pytest.raises(sfn.exceptions.InvalidToken):
        sfn.list_executions(stateMachineArn=machines[0], nextToken="garbage")


def test_errors_are_boto3s_exceptions(client: Client) -> None:
    """Each by its class, with AWS's words."""
    sfn, gone = client.boto3, f"{PREFIX}:stateMachine:gone"
    with pytest.raises(sfn.exceptions.StateMachineDoesNotExist, match="State Machine Does Not Exist: 'arn:aws"):
        sfn.describe_state_machine(stateMachineArn=gone)
    with pytest.raises(sfn.exceptions.ExecutionDoesNotExist):
        sfn.describe_execution(executionArn=f"{PREFIX}:execution:m:gone")
    with pytest.raises(sfn.exceptions.ResourceNotFound):
        sfn.describe_map_run(mapRunArn=f"{PREFIX}:mapRun:m/l:gone")
    with pytest.raises(sfn.exceptions.InvalidDefinition, match="Invalid State Machine Definition"):
        create(client, "m", {"StartAt": "A", "States": {}})
    with pytest.raises(sfn.exceptions.InvalidArn):
        sfn.start_execution(stateMachineArn="x")
    machine = create(client, "m", PASS)
    with pytest.raises(sfn.exceptions.InvalidExecutionInput):
        sfn.start_execution(stateMachineArn=machine, input="{")
    with pytest.raises(sfn.exceptions.StateMachineAlreadyExists):
        create(client, "m", TASK)
    with pytest.raises(sfn.exceptions.StateMachineTypeNotSupported):
        sfn.start_sync_execution(stateMachineArn=machine)


def test_a_machine_lives_from_creation_to_deletion(client: Client) -> None:
    """Created, validated, updated, run, redriven, deleted."""
    sfn = client.boto3
    text = json.dumps(TASK)
    assert sfn.validate_state_machine_definition(definition=text)["result"] == "OK"
    machine = create(client, "m", PASS, tags=[{"key": "a", "value": "b"}])
    assert sfn.update_state_machine(stateMachineArn=machine, definition=text)["revisionId"]
    client.cloud.function.bad = {1}
    arn = sfn.start_execution(stateMachineArn=machine, name="one", input="1")["executionArn"]
    assert client.ended(arn)["error"] == "Bad"
    client.cloud.function.bad = set()
    redriven = sfn.redrive_execution(executionArn=arn)["redriveDate"]
    ended = client.ended(arn)
    assert (ended["output"], ended["redriveCount"], ended["redriveDate"]) == ("1", 1, redriven)
    assert sfn.list_tags_for_resource(resourceArn=machine)["tags"] == [{"key": "a", "value": "b"}]
    sfn.delete_state_machine(stateMachineArn=machine)
    assert sfn.list_state_machines()["stateMachines"] == []
    assert client.ended(arn)["status"] == "SUCCEEDED"


def test_a_map_run_is_watched_and_changed(client: Client) -> None:
    """While it runs."""
    sfn, function = client.boto3, client.cloud.function
    function.open.clear()
    arn = sfn.start_execution(stateMachineArn=create(client, "m", mapped()), input="[1, 2, 3, 4]")["executionArn"]
    map_runs: list[Any] = []
    while not map_runs:
        map_runs = sfn.list_map_runs(executionArn=arn)["mapRuns"]
    map_run = map_runs[0]["mapRunArn"]
    sfn.update_map_run(mapRunArn=map_run, maxConcurrency=3, toleratedFailurePercentage=12.5)
    told = sfn.describe_map_run(mapRunArn=map_run)
    assert (told["maxConcurrency"], told["toleratedFailurePercentage"]) == (3, 12.5)
    function.open.set()
    assert client.ended(arn)["status"] == "SUCCEEDED"
    children = sfn.list_executions(mapRunArn=map_run, statusFilter="SUCCEEDED")["executions"]
    assert len(children) == 4
    assert sfn.describe_execution(executionArn=children[0]["executionArn"])["mapRunArn"] == map_run


def test_an_express_execution_and_a_lone_state_are_answered(client: Client) -> None:
    """StartSyncExecution and TestState, which boto3 sends to the host `sync-...` unless it is told not to."""
    sfn = client.boto3
    machine = create(client, "e", TASK, type="EXPRESS")
    answer = sfn.start_sync_execution(stateMachineArn=machine, input='{"a":1}')
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", '{"a":1}')
    tried = sfn.test_state(definition=json.dumps(PASS["States"]["P"]), input='{"a":1}')  # type: ignore[index]
    assert (tried["status"], tried["output"]) == ("SUCCEEDED", '{"a":1}')
