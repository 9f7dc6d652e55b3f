"""Requests are compared with the models that botocore ships, in AWS's words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.model import StructureShape

from simulator.aws.endpoint.wire.patterns import java_pattern
from simulator.aws.endpoint.wire.validation import validate
from simulator.aws.endpoint.wire.values import from_text, members_of
from simulator.aws.errors import ApiError
from simulator.aws.integrations.shapes.api_model import api_model


def _input(service: str, operation: str) -> StructureShape:
    model = api_model(service)
    assert model is not None
    shape = model.operation_model(operation).input_shape
    assert shape is not None
    return shape


def _refusal(service: str, operation: str, values: dict[str, Any]) -> ApiError:
    shape = _input(service, operation)
    with pytest.raises(ApiError) as refused:
        validate(service, members_of(values, shape), shape)
    return refused.value


STATUSES = "RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE"


@pytest.mark.parametrize(
    ("service", "operation", "values", "failures"),
    [
        ("stepfunctions", "DescribeExecution", {}, ["null at 'executionArn'|not be null"]),
        (
            "stepfunctions",
            "ListExecutions",
            {"maxResults": 1001, "statusFilter": "LOST"},
            [
                f"'LOST' at 'statusFilter'|satisfy enum value set: [{STATUSES}]",
                "'1001' at 'maxResults'|have value less than or equal to 1000",
            ],
        ),
        (
            "stepfunctions",
            "StartExecution",
            {"stateMachineArn": "a", "input": "x" * 262145},
            ["at 'input'|have length less than or equal to 262144"],
        ),
        (
            "events",
            "PutTargets",
            {"Rule": "r", "Targets": [{"Id": "a b", "Arn": "x"}, {"Id": "i"}]},
            [
                r"'a b' at 'targets.1.member.id'|satisfy regular expression pattern: [\.\-_A-Za-z0-9]+",
                "null at 'targets.2.member.arn'|not be null",
            ],
        ),
    ],
)
def test_what_the_model_forbids_is_refused(
    service: str, operation: str, values: dict[str, Any], failures: list[str]
) -> None:
    """All failures at once; the value of a sensitive member is not shown."""
    refused = _refusal(service, operation, values)
    assert refused.name == "ValidationException"
    count, _, words = refused.message.partition(" detected: ")
    assert count == f"{len(failures)} validation error{'s' * (len(failures) > 1)}"
    expected = [f"Value {one.replace('|', ' failed to satisfy constraint: Member must ')}" for one in failures]
    assert sorted(words.split("; ")) == sorted(expected)


def test_cloudwatch_logs_has_another_name_for_it() -> None:
    """InvalidParameterException."""
    assert _refusal("logs", "FilterLogEvents", {"limit": 0}).name == "InvalidParameterException"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"maxResults": "5"}, "STRING_VALUE can not be converted to an Integer"),
        ({"maxResults": 1.5}, "NUMBER_VALUE can not be converted to an Integer"),
        ({"maxResults": True}, "TRUE_VALUE can not be converted to an Integer"),
        ({"maxResults": 2**31}, "2147483648 is out of the range of Integer"),
        ({"nextToken": 5}, "NUMBER_VALUE can not be converted to a String"),
        ({"nextToken": ["a"]}, "Start of list found where not expected"),
        ({"nextToken": {}}, "Start of structure or map found where not expected."),
        ([], "Start of list found where not expected"),
        ("x", "Unexpected value type in payload"),
    ],
)
def test_a_value_of_another_type_is_refused(values: Any, message: str) -> None:
    """As the JSON readers of AWS's services do."""
    with pytest.raises(ApiError) as refused:
        members_of(values, _input("stepfunctions", "ListExecutions"))
    assert (refused.value.name, refused.value.message) == ("SerializationException", message)


def test_values_arrive_as_boto3_takes_them() -> None:
    """Times are aware, blobs are bytes, unknown and null members are left out."""
    shape = _input("events", "PutEvents")
    found = members_of({"Entries": [{"Time": 1.5, "Detail": "{}", "Unknown": 1, "Source": None}], "More": 2}, shape)
    assert found == {"Entries": [{"Time": datetime(1970, 1, 1, 0, 0, 1, 500000, tzinfo=UTC), "Detail": "{}"}]}
    code = members_of({"FunctionName": "f", "ZipFile": "aGk="}, _input("lambda", "UpdateFunctionCode"))
    assert code == {"ZipFile": b"hi"}  # the name is in the path


@pytest.mark.parametrize("time", ["2026-13-40", float("inf"), 1e30, True, "soon"])
def test_a_time_that_is_none_is_refused(time: Any) -> None:
    """Whatever it is written as."""
    with pytest.raises(ApiError, match="Timestamp"):
        members_of({"Entries": [{"Time": time}]}, _input("events", "PutEvents"))


def test_the_url_has_numbers_too() -> None:
    """They are texts there."""
    shape = _input("lambda", "ListFunctions").members["MaxItems"]
    assert from_text("5", shape) == 5
    with pytest.raises(ApiError, match="'five' can not be converted to an Integer"):
        from_text("five", shape)


@pytest.mark.parametrize("service", ["stepfunctions", "lambda", "events", "logs", "sts"])
def test_every_pattern_of_the_models_is_understood(service: str) -> None:
    """They are Java's; one that Python cannot read would be an error at its first use."""
    model = api_model(service)
    assert model is not None
    patterns = {model.shape_for(name).metadata.get("pattern") for name in model.shape_names} - {None}
    assert patterns
    for pattern in patterns:
        java_pattern(pattern)


def test_java_patterns_mean_what_they_mean_in_java() -> None:
    r"""`\w` is ASCII, `\p{L}` any letter."""
    assert java_pattern(r"[\w-_]*").fullmatch("a-b_c")
    assert not java_pattern(r"\w+").fullmatch("é")
    assert java_pattern(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)").fullmatch("日本 é-1")
    assert not java_pattern(r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)").fullmatch("a!")
    assert java_pattern(r"\p{ASCII}*").fullmatch("aZ9~")
    assert not java_pattern(r"\p{ASCII}*").fullmatch("é")
