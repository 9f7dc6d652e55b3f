"""State machines through the API: created, changed, deleted, tagged, kept beyond the process; and definitions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.stepfunctions.cloud import PASS, PREFIX, ROLE, TASK, WAITING, Cloud

OTHER = {"StartAt": "Q", "States": {"Q": {"Type": "Pass", "Result": 2, "End": True}}}
BROKEN = {"StartAt": "Nowhere", "States": {"P": {"Type": "Pass", "End": True}}}


class Store:
    """A MachineStore in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def put(self, key: str, value: dict[str, Any]) -> None:
        """Keep the JSON of a value."""
        self.kept[key] = json.dumps(value)

    def delete(self, key: str) -> None:
        """Forget it."""
        del self.kept[key]

    def all(self) -> dict[str, dict[str, Any]]:
        """Return all."""
        return {key: json.loads(text) for key, text in self.kept.items()}


def test_a_machine_is_described_as_it_was_created() -> None:
    """With AWS's values for what was not given, and the first revision without an id."""
    cloud = Cloud()
    arn = cloud.create("m", PASS)
    described = cloud.call("DescribeStateMachine", stateMachineArn=arn)
    assert described.pop("creationDate").tzinfo is not None
    assert described == {
        "stateMachineArn": f"{PREFIX}:stateMachine:m",
        "name": "m",
        "status": "ACTIVE",
        "definition": json.dumps(PASS),
        "roleArn": ROLE,
        "type": "STANDARD",
        "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
        "tracingConfiguration": {"enabled": False},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }
    bare = cloud.call("DescribeStateMachine", stateMachineArn=arn, includedData="METADATA_ONLY")
    assert bare["definition"] == "{}"


def test_creating_again_is_idempotent_but_for_role_and_tags() -> None:
    """Anything else under the same name is refused."""
    cloud = Cloud()
    arn = cloud.create("m", PASS)
    date = cloud.call("DescribeStateMachine", stateMachineArn=arn)["creationDate"]
    same = {"name": "m", "definition": json.dumps(PASS), "roleArn": f"{ROLE}2", "tags": [{"key": "a", "value": "b"}]}
    assert cloud.call("CreateStateMachine", **same) == {"stateMachineArn": arn, "creationDate": date}
    assert cloud.call("DescribeStateMachine", stateMachineArn=arn)["roleArn"] == ROLE
    taken = ("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
    for change in (
        {"definition": json.dumps(OTHER)},
        {"type": "EXPRESS"},
        {"tracingConfiguration": {"enabled": True}},
    ):
        assert cloud.refused("CreateStateMachine", **{**same, **change}) == taken


def test_what_cannot_be_created_is_refused() -> None:
    """Bad definitions with every problem, bad names, and what is not simulated by name."""
    cloud = Cloud()
    good = {"name": "m", "definition": json.dumps(PASS), "roleArn": ROLE}
    code, message = cloud.refused("CreateStateMachine", **{**good, "definition": json.dumps(BROKEN)})
    assert code == "InvalidDefinition"
    assert message.startswith("Invalid State Machine Definition: '")
    assert cloud.refused("CreateStateMachine", **{**good, "definition": "{"})[0] == "InvalidDefinition"
    assert cloud.refused("CreateStateMachine", **{**good, "name": "a b"})[0] == "InvalidName"
    code, message = cloud.refused("CreateStateMachine", **good, publish=True)
    assert (code, "not simulated" in message) == ("ValidationException", True)
    assert cloud.call("ListStateMachines")["stateMachines"] == []


def test_a_running_execution_keeps_the_definition_it_was_started_with() -> None:
    """New ones have the new one, and its revision; a bad definition changes nothing."""
    cloud = Cloud()
    arn = cloud.create("m", WAITING)
    before = cloud.start(arn)
    updated = cloud.call("UpdateStateMachine", stateMachineArn=arn, definition=json.dumps(OTHER), roleArn=f"{ROLE}2")
    after = cloud.run(arn)
    assert cloud.call("DescribeExecution", executionArn=after)["output"] == "2"
    assert cloud.call("DescribeExecution", executionArn=before)["status"] == "RUNNING"
    old, new = (cloud.call("DescribeStateMachineForExecution", executionArn=one) for one in (before, after))
    assert (json.loads(old["definition"]), old["roleArn"], "revisionId" in old) == (WAITING, ROLE, False)
    assert (json.loads(new["definition"]), new["roleArn"]) == (OTHER, f"{ROLE}2")
    assert (new["revisionId"], new["updateDate"]) == (updated["revisionId"], updated["updateDate"])
    described = cloud.call("DescribeStateMachine", stateMachineArn=arn)
    bad = {"stateMachineArn": arn, "definition": json.dumps(BROKEN)}
    assert cloud.refused("UpdateStateMachine", **bad)[0] == "InvalidDefinition"
    assert cloud.call("DescribeStateMachine", stateMachineArn=arn) == described
    assert cloud.refused("UpdateStateMachine", stateMachineArn=arn)[0] == "MissingRequiredParameter"
    gone = f"{PREFIX}:stateMachine:gone"
    assert cloud.refused("UpdateStateMachine", stateMachineArn=gone, roleArn=ROLE)[0] == "StateMachineDoesNotExist"


def test_a_deleted_machine_ends_its_executions_and_is_gone() -> None:
    """Deleting what does not exist is fine; its executions can still be described."""
    cloud = Cloud()
    states = {"T": {**TASK["States"]["T"], "Next": "P"}, **PASS["States"]}  # type: ignore[index, dict-item]
    del states["T"]["End"]
    arn = cloud.create("m", {"StartAt": "T", "States": states})
    cloud.function.open.clear()
    running = cloud.start(arn, 1)
    cloud.until(lambda: cloud.function.calls, bool)
    cloud.call("DeleteStateMachine", stateMachineArn=arn)
    assert cloud.call("DescribeStateMachine", stateMachineArn=arn)["status"] == "DELETING"
    assert cloud.refused("StartExecution", stateMachineArn=arn)[0] == "StateMachineDeleting"
    new = {"name": "m", "definition": json.dumps(PASS), "roleArn": ROLE}
    assert cloud.refused("CreateStateMachine", **new)[0] == "StateMachineDeleting"
    cloud.function.open.set()
    assert cloud.ended(running)["status"] == "ABORTED"
    cloud.until(lambda: cloud.call("ListStateMachines")["stateMachines"], lambda found: not found)
    assert cloud.refused("DescribeStateMachine", stateMachineArn=arn)[0] == "StateMachineDoesNotExist"
    assert cloud.refused("ListExecutions", stateMachineArn=arn)[0] == "StateMachineDoesNotExist"
    cloud.call("DeleteStateMachine", stateMachineArn=arn)
    cloud.create("m", PASS)


def test_an_execution_of_a_deleted_machine_finishes_the_state_that_it_is_in() -> None:
    """It ends where it would enter the next one: its last state succeeds, and a Wait goes on until it is stopped."""
    cloud = Cloud()
    last, waiting = cloud.create("last", TASK), cloud.create("waiting", WAITING)
    cloud.function.open.clear()
    in_last, in_wait = cloud.start(last, 1), cloud.start(waiting)
    cloud.until(lambda: cloud.function.calls, bool)
    for machine in (last, waiting):
        cloud.call("DeleteStateMachine", stateMachineArn=machine)
    cloud.function.open.set()
    assert cloud.ended(in_last)["status"] == "SUCCEEDED"
    assert cloud.call("DescribeExecution", executionArn=in_wait)["status"] == "RUNNING"
    assert cloud.call("DescribeStateMachine", stateMachineArn=waiting)["status"] == "DELETING"
    assert cloud.refused("UpdateStateMachine", stateMachineArn=waiting, roleArn=ROLE)[0] == "StateMachineDeleting"
    cloud.call("DeleteStateMachine", stateMachineArn=waiting)
    cloud.call("StopExecution", executionArn=in_wait)
    cloud.ended(in_wait)
    cloud.until(lambda: cloud.call("ListStateMachines")["stateMachines"], lambda found: not found)


@pytest.mark.parametrize("mode", ["INLINE", "DISTRIBUTED"])
def test_a_map_of_a_deleted_machine_begins_no_further_iteration(mode: str) -> None:
    """An iteration that has begun finishes its state; all else is a transition."""
    cloud = Cloud()
    processor = {"ProcessorConfig": {"Mode": mode}, **TASK}
    if mode == "DISTRIBUTED":
        processor["ProcessorConfig"] = {"Mode": mode, "ExecutionType": "STANDARD"}
    arn = cloud.create(
        "m",
        {
            "StartAt": "M",
            "States": {"M": {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": processor, "End": True}},
        },
    )
    cloud.function.open.clear()
    running = cloud.start(arn, [1, 2, 3])
    cloud.until(lambda: cloud.function.calls, bool)
    cloud.call("DeleteStateMachine", stateMachineArn=arn)
    if mode == "DISTRIBUTED":
        execution = cloud.service.execution(running)._execution
        cloud.until(execution.root_stop.is_set, bool)
    cloud.function.open.set()
    ended = cloud.ended(running)
    assert (ended["status"], ended.get("error"), cloud.function.calls) == ("ABORTED", None, [1])


def test_machines_are_listed_in_pages() -> None:
    """In the order of their creation."""
    cloud = Cloud()
    arns = [cloud.create(f"m{number}") for number in range(5)]
    pages = cloud.all_pages("ListStateMachines", "stateMachines", maxResults=2)
    assert [[machine["stateMachineArn"] for machine in page] for page in pages] == [arns[:2], arns[2:4], arns[4:]]


def test_machines_last_beyond_the_process() -> None:
    """As they were changed last; deleted ones and deployed ones do not, and a broken one is told."""
    store = Store()
    first = Cloud(store=store)
    arn = first.create("m", PASS, tags=[{"key": "a", "value": "b"}])
    first.call("UpdateStateMachine", stateMachineArn=arn, definition=json.dumps(OTHER))
    first.call("DeleteStateMachine", stateMachineArn=first.create("gone"))
    first.service.create_state_machine(name="deployed", definition=json.dumps(PASS), kind="STANDARD")
    before = first.call("DescribeStateMachine", stateMachineArn=arn)
    store.kept[f"{PREFIX}:stateMachine:bad"] = json.dumps({**json.loads(store.kept[arn]), "definition": "{}"})
    later = Cloud(store=store)
    (problem,) = later.service.restore_machines()
    assert "bad" in problem
    after = later.call("DescribeStateMachine", stateMachineArn=arn)
    for dated in (before, after):
        dated["creationDate"] = dated["creationDate"].replace(microsecond=0)
    assert after == before
    assert [machine["name"] for machine in later.call("ListStateMachines")["stateMachines"]] == ["m"]
    assert later.call("ListTagsForResource", resourceArn=arn) == {"tags": [{"key": "a", "value": "b"}]}


def test_tags_are_added_and_taken_away() -> None:
    """At most 50."""
    cloud = Cloud()
    arn = cloud.create()
    cloud.call("TagResource", resourceArn=arn, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    cloud.call("UntagResource", resourceArn=arn, tagKeys=["a", "z"])
    assert cloud.call("ListTagsForResource", resourceArn=arn) == {"tags": [{"key": "b", "value": "2"}]}
    many = [{"key": str(number), "value": ""} for number in range(50)]
    assert cloud.refused("TagResource", resourceArn=arn, tags=many)[0] == "TooManyTags"
    gone = f"{PREFIX}:stateMachine:gone"
    assert cloud.refused("ListTagsForResource", resourceArn=gone)[0] == "ResourceNotFound"


def test_a_definition_is_validated_without_a_machine() -> None:
    """Every problem with its place, up to maxResults."""
    cloud = Cloud()
    good = cloud.call("ValidateStateMachineDefinition", definition=json.dumps(PASS))
    assert good == {"result": "OK", "diagnostics": [], "truncated": False}
    bad = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass"}, "B": {"Type": "Pass", "X": 1, "End": True}}})
    told = cloud.call("ValidateStateMachineDefinition", definition=bad)
    assert told["result"] == "FAIL"
    assert len(told["diagnostics"]) > 1
    assert {one["severity"] for one in told["diagnostics"]} == {"ERROR"}
    assert all(one["location"].startswith("/") and one["code"] for one in told["diagnostics"])
    cut = cloud.call("ValidateStateMachineDefinition", definition=bad, maxResults=1)
    assert (len(cut["diagnostics"]), cut["truncated"]) == (1, True)
    assert cloud.call("ValidateStateMachineDefinition", definition="nonsense")["result"] == "FAIL"
    assert cloud.call("ListStateMachines")["stateMachines"] == []


def test_a_state_is_tried_on_its_own() -> None:
    """TestState, with the local functions; a bad definition has the API's error."""
    cloud = Cloud()
    state = json.dumps(TASK["States"]["T"])  # type: ignore[index]
    told = cloud.call("TestState", definition=state, input='{"a":1}', inspectionLevel="TRACE")
    assert (told["status"], told["output"]) == ("SUCCEEDED", '{"a":1}')
    cloud.function.bad = {1}
    assert cloud.call("TestState", definition=state, input="1")["error"] == "Bad"
    assert cloud.refused("TestState", definition="{}")[0] == "InvalidDefinition"
