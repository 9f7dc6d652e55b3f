"""The workflow and its dispatcher, run with functions in place of the services."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.database import CONNECT_SECONDS
from lambdas.user_log_processor.jitter import ANSWER_SECONDS, JITTER_SECONDS
from lambdas.user_log_reporter.reasons import OUTAGE_ERRORS
from simulator.aws.asl.errors import StateError
from simulator.aws.asl.json_text import json_size
from simulator.aws.asl.quotas import MAX_PAYLOAD_BYTES
from simulator.aws.asl.states.retry import Retrier
from simulator.pipeline.provisioning import function_values, read_definition
from tests.rows import HEADER, event_values
from tests.unit.states.harness import FakeMaps, Result, execute

DEFINITIONS = Path(__file__).parents[3] / "cdk" / "definitions"
EXPRESS_SECONDS = 300
DESIGNED = {
    "CSVFileValidation",
    "CheckValidationResult",
    "UserLogDistributedMap",
    "ProcessingCompleted",
    "ValidationFailed",
    "ProcessingFailed",
}
EVENT = {
    "id": "17793124-05d4-b198-2fde-7ededc63b103",
    "time": "2025-08-02T09:30:00Z",
    "detail": {
        "bucket": {"name": "in"},
        "object": {"key": "ユーザー {1}.csv", "versionId": "v1", "etag": "e", "size": 1, "sequencer": "00ff"},
    },
}


def definition(name: str) -> dict[str, Any]:
    """Return a definition with its placeholders as they are, but for the numbers."""
    text = (DEFINITIONS / f"{name}.asl.json").read_text(encoding="utf-8")
    parsed: dict[str, Any] = json.loads(text.replace('"${MapConcurrency}"', "5"))
    return parsed


def dispatch(answer: Any = None) -> Result:
    """Run the dispatcher on the event."""

    def call(parameters: Any) -> Any:
        if "QueueUrl" in parameters:
            return {"MessageId": "1"}
        if isinstance(answer, StateError):
            raise answer
        return {"ExecutionArn": "arn", "StartDate": "now"}

    return execute(definition("dispatcher"), EVENT, function=call)


def test_the_run_is_named_after_the_upload() -> None:
    """`user-log-<yyyymmdd>-<hhmmss>-<sha-1>`: 65 of 80 characters, the time being the event's."""
    name = dispatch().tasks.requests[0].parameters["Name"]
    assert re.fullmatch(r"user-log-20250802-093000-[0-9a-f]{40}", name)


def test_the_same_event_gives_the_same_name_and_input() -> None:
    """Or a second delivery would be a second run, or refused."""
    first, second = (dispatch().tasks.requests[0].parameters for _ in range(2))
    assert first == second
    assert first["Input"] == EVENT


def test_a_run_that_exists_already_ends_the_dispatcher_quietly() -> None:
    """The duplicate check of the design document."""
    result = dispatch(StateError("StepFunctions.ExecutionAlreadyExistsException", "exists"))
    assert result.ended.status == "SUCCEEDED"
    assert len(result.tasks.requests) == 1


def test_any_other_failure_is_retried_and_then_goes_to_the_queue() -> None:
    """EventBridge would never know."""
    result = dispatch(StateError("StepFunctions.ThrottlingException", "slow down"))
    assert (result.ended.status, result.ended.error) == ("FAILED", "StepFunctions.ThrottlingException")
    *starts, message = result.tasks.requests
    assert len(starts) == 5
    assert message.parameters["MessageBody"]["error"]["Error"] == "StepFunctions.ThrottlingException"


def workflow(validation: Any, maps: FakeMaps | None = None) -> Result:
    """Run the workflow with a validator that answers, or fails with, `validation`."""

    def call(parameters: Any) -> Any:
        if "Body" in parameters:
            return {}
        if isinstance(validation, StateError):
            raise validation
        return validation

    return execute(definition("workflow"), EVENT, function=call, maps=maps)


def test_the_designs_states_are_there() -> None:
    """By the design document's names; LogError and ProcessUserLog inside the map."""
    states = definition("workflow")["States"]
    assert set(states) >= DESIGNED
    assert set(states["UserLogDistributedMap"]["ItemProcessor"]["States"]) >= {"ProcessUserLog", "LogError"}


def test_a_valid_file_goes_through_the_map_to_the_designs_result() -> None:
    """The reader gets that very version, the children what they need of their parent."""
    maps = FakeMaps()
    result = workflow({"isValid": True, "rowCount": 1, "errors": [], "ttlTimestamp": "1740787815"}, maps)
    assert result.output == {"status": "SUCCESS", "message": "CSV processing completed successfully"}
    (request,) = maps.requests
    assert request.reader is not None
    assert request.reader.parameters == {"Bucket": "in", "Key": "ユーザー {1}.csv", "VersionId": "v1"}
    assert request.select is not None
    taken = event_values("U1", "2", "3")
    row = request.select(7, dict(zip(HEADER.split(","), taken.values(), strict=True)), None, "s3://in/k")
    assert {name: row[name] for name in (*taken, "rowIndex", "ttlTimestamp")} == {
        **taken,
        "rowIndex": 7,
        "ttlTimestamp": "1740787815",
    }
    assert row["executionName"] == "run"
    assert row["executionArn"].endswith(":machine:run")
    assert (request.max_concurrency, request.tolerated_count, request.tolerated_percentage) == (5, 50, 5)


def test_a_rejected_file_leaves_its_findings_and_fails() -> None:
    """`rejected/<execution name>.json`, then an execution that shows as failed."""
    errors = [{"line": 3, "message": "two columns"}]
    result = workflow({"isValid": False, "rowCount": 2, "errors": errors, "ttlTimestamp": "1"})
    assert (result.ended.status, result.ended.error) == ("FAILED", "ValidationFailed")
    assert json.loads(result.ended.cause or "") == errors
    saved = result.tasks.requests[-1].parameters
    assert (saved["Key"], saved["Body"]["errors"]) == ("rejected/run.json", errors)
    assert "ValidationFailed" in [details["name"] for details in result.details("PassStateEntered")]


def test_a_validator_that_cannot_fetch_the_object_fails_the_run() -> None:
    """ValidationError goes to ValidationFailed, anything else to ProcessingFailed."""
    result = workflow(StateError("ValidationError", "no such object"))
    assert (result.ended.error, result.ended.cause) == ("ValidationError", "no such object")
    other = workflow(StateError("Lambda.Unknown", "?"))
    assert other.ended.error == "Lambda.Unknown"
    assert "ProcessingFailed" in [details["name"] for details in other.details("PassStateEntered")]


ROW = {
    "userId": "U1",
    "rowIndex": 0,
    "mapEnteredAt": "t",
    "executionName": "n",
    "executionArn": "a",
    "ttlTimestamp": "1",
}


def children(*failures: StateError | None, refused: bool = False, row: dict[str, Any] = ROW) -> Result:
    """Run the row's machine with a processor that fails in turn; `refused`: DynamoDB refuses items with a userId."""
    left = list(failures)

    def call(parameters: Any) -> Any:
        if "TableName" in parameters:
            if refused and "userId" in parameters["Item"]:
                raise StateError("DynamoDB.AmazonDynamoDBException", "empty key")
            return {}
        failure = left.pop(0) if left else None
        if failure is not None:
            raise failure
        return {"status": "success"}

    processor = dict(definition("workflow")["States"]["UserLogDistributedMap"]["ItemProcessor"])
    del processor["ProcessorConfig"]
    return execute(processor, row, function=call)


def test_a_row_that_fails_is_logged_with_error_and_cause_and_fails() -> None:
    """So that the tolerance means what it says."""
    result = children(StateError("UserNotFoundError", "no U1"))
    assert (result.ended.status, result.ended.error, result.ended.cause) == ("FAILED", "UserNotFoundError", "no U1")
    item = result.tasks.requests[-1].parameters["Item"]
    assert item["errorMessage"] == {"S": "UserNotFoundError"}
    assert item["errorCause"] == {"S": "no U1"}
    assert item["timestamp"] == {"S": "t#0#user_update"}
    assert item["ttl"] == {"N": "1"}


def test_an_item_refused_for_its_user_id_is_kept_without_it() -> None:
    """A blank user ID cannot be an index key."""
    result = children(StateError("InvalidRecordError", "blank"), refused=True)
    assert result.ended.error == "InvalidRecordError"
    assert [("userId" in request.parameters["Item"]) for request in result.tasks.requests[1:]] == [True, False]


TRANSIENT = sorted(OUTAGE_ERRORS)


def test_what_is_told_as_an_outage_is_what_a_row_is_tried_again_for() -> None:
    """A row that was given up was not found wrong."""
    task = definition("workflow")["States"]["UserLogDistributedMap"]["ItemProcessor"]["States"]["ProcessUserLog"]
    (retrier,) = task["Retry"]
    assert sorted(retrier["ErrorEquals"]) == TRANSIENT


@pytest.mark.parametrize("name", TRANSIENT)
def test_a_row_waits_for_longer_than_an_outage_of_a_minute(name: str) -> None:
    """Though each attempt fails at once: the waits alone last 75 seconds, none is longer than a quarter of a minute."""
    error = StateError(name, "gone")
    result = children(*[error] * 8)
    assert result.ended.status == "SUCCEEDED"
    assert result.clock.skipped_seconds == 75
    assert children(*[error] * 9).ended.error == name


@given(st.lists(st.sampled_from(TRANSIENT), min_size=9, max_size=9))
def test_an_outage_may_show_as_now_this_error_and_now_that(names: list[str]) -> None:
    """All count together: eight retries, 75 seconds, whatever the mixture."""
    result = children(*[StateError(name, "gone") for name in names])
    assert (result.ended.error, result.clock.skipped_seconds) == (names[-1], 75)


@pytest.mark.parametrize("field", ["userId", "loginCount"])
def test_a_row_as_large_as_an_input_may_be_fails_by_its_own_error_and_is_logged(field: str) -> None:
    """Neither its error nor the item makes a payload that is too large."""
    row = {**ROW, field: ""}
    row[field] = "x" * (MAX_PAYLOAD_BYTES - json_size(row))
    result = children(StateError("InvalidRecordError", "y" * 1000), row=row)
    assert result.ended.error == "InvalidRecordError"
    item = result.tasks.requests[-1].parameters["Item"]
    assert item["errorMessage"] == {"S": "InvalidRecordError"}
    assert ("userId" in item) == (field != "userId")


def test_what_stays_wrong_is_not_tried_again() -> None:
    """The row is at fault."""
    for name in ("InvalidRecordError", "UserNotFoundError", "KeyError"):
        assert children(StateError(name, "bad")).clock.skipped_seconds == 0


def test_all_attempts_of_a_row_stay_under_the_five_minutes_of_an_express_child() -> None:
    """Every timeout, every retry's longest wait, added up along the longest way through the row's machine."""
    states = definition("workflow")["States"]["UserLogDistributedMap"]["ItemProcessor"]["States"]
    assert sum(longest(state) for state in states.values() if state["Type"] == "Task") < EXPRESS_SECONDS


def test_an_attempt_that_cannot_connect_tells_so_before_its_function_and_its_task_time_out() -> None:
    """Connection, then the pause before the answer, then Lambda's timeout, then the Task's."""
    functions = json.loads(read_definition("functions.json", function_values()))
    (timeout,) = [each["timeoutSeconds"] for each in functions if each["name"] == "user-log-processor"]
    task = definition("workflow")["States"]["UserLogDistributedMap"]["ItemProcessor"]["States"]["ProcessUserLog"]
    assert CONNECT_SECONDS + JITTER_SECONDS + ANSWER_SECONDS < timeout < task["TimeoutSeconds"]


def longest(state: dict[str, Any]) -> float:
    """Return the seconds a Task can take: each retrier counts for itself."""
    total: float = state["TimeoutSeconds"]
    for entry in state["Retry"]:
        retrier = Retrier(
            entry["ErrorEquals"],
            entry.get("IntervalSeconds", 1),
            entry.get("MaxAttempts", 3),
            entry.get("BackoffRate", 2.0),
            entry.get("MaxDelaySeconds"),
            jitter=False,
        )
        total += sum(state["TimeoutSeconds"] + retrier.delay(n) for n in range(1, retrier.max_attempts + 1))
    return total
