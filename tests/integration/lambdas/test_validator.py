"""The validator's handler against S3."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from lambdas.shared.errors import ValidationError
from tests.rows import HEADER as COLUMNS
from tests.rows import MORE
from tests.rows import upload as rows

CONTEXT = SimpleNamespace(function_name="user-log-csv-validator", aws_request_id="r")
HEADER = f"{COLUMNS}\n"


@pytest.fixture
def validator(cold_start: Callable[..., ModuleType]) -> ModuleType:
    """Return the handler module, in an environment where ten rows are the most."""
    return cold_start("csv_validator", MAX_ROWS="10")


def upload(aws: Any, body: str, key: str = "a.csv") -> dict[str, Any]:
    """Put an object and return the event that validates it."""
    put = aws.s3.put_object(Bucket=aws.resources.input_bucket, Key=key, Body=body.encode())
    return {
        "bucket": aws.resources.input_bucket,
        "key": key,
        "versionId": put["VersionId"],
        "uploadedAt": "2025-08-02T09:30:00Z",
        "executionName": "user-log-1",
    }


def test_a_good_file_is_valid_and_expires_six_months_after_its_upload(validator: ModuleType, aws: Any) -> None:
    """The whole answer, as the state machine reads it."""
    answer = validator.lambda_handler(upload(aws, rows("U1,1,1", "U2,2,2")), CONTEXT)
    assert answer == {"isValid": True, "rowCount": 2, "errors": [], "ttlTimestamp": "1770024600"}


def test_a_bad_file_is_an_answer_and_no_error(validator: ModuleType, aws: Any) -> None:
    """With line and message; MAX_ROWS is the environment's."""
    answer = validator.lambda_handler(
        upload(aws, HEADER + "U1,1\n" + "".join(f"V{n},1,1{MORE}\n" for n in range(10))), CONTEXT
    )
    assert (answer["isValid"], answer["rowCount"]) == (False, 11)
    assert [error["line"] for error in answer["errors"]] == [2, 12]
    assert "more than 10 rows" in answer["errors"][1]["message"]


def test_the_version_that_the_event_names_is_validated(validator: ModuleType, aws: Any) -> None:
    """Not the one that lies there meanwhile; without a version it is that one."""
    first = upload(aws, rows("U1,1,1"))
    upload(aws, "something else\n")
    assert validator.lambda_handler(first, CONTEXT)["isValid"] is True
    assert validator.lambda_handler({**first, "versionId": ""}, CONTEXT)["isValid"] is False
    del first["versionId"]
    assert validator.lambda_handler(first, CONTEXT)["isValid"] is False


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"key": "gone.csv", "versionId": ""}, "NoSuchKey"),
        ({"bucket": "no-such-bucket", "versionId": ""}, "NoSuchBucket"),
    ],
)
def test_an_object_that_cannot_be_fetched_is_a_validation_error(
    validator: ModuleType, aws: Any, changes: dict[str, str], words: str
) -> None:
    """The message says which, and why."""
    event = {**upload(aws, HEADER), **changes}
    with pytest.raises(ValidationError, match=words) as caught:
        validator.lambda_handler(event, CONTEXT)
    assert f"s3://{event['bucket']}/{event['key']}" in str(caught.value)


def test_keys_are_taken_as_they_are(validator: ModuleType, aws: Any) -> None:
    """Spaces, quotes, Japanese, slashes, percent signs."""
    event = upload(aws, rows("U1,1,1"), 'a b/"利用者"+100%25.csv')
    assert validator.lambda_handler(event, CONTEXT)["isValid"] is True


@pytest.mark.parametrize(
    ("uploaded", "expires"),
    [
        ("2025-08-31T00:00:00Z", "2026-02-28T00:00:00+00:00"),
        ("2027-08-31T23:59:59Z", "2028-02-29T23:59:59+00:00"),
        ("2025-08-02T09:30:15.123Z", "2026-02-02T09:30:15+00:00"),
        ("2025-03-31T08:00:00+09:00", "2025-09-30T23:00:00+00:00"),
    ],
)
def test_six_months_are_calendar_months_in_utc(validator: ModuleType, uploaded: str, expires: str) -> None:
    """The last day of August becomes the last of February."""
    assert validator.ttl_timestamp(uploaded) == str(int(datetime.fromisoformat(expires).timestamp()))
