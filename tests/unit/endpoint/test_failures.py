"""S3 requests at which moto fails get the error that AWS has for them."""

from __future__ import annotations

import pytest

from simulator.aws.endpoint.s3.failures import check_key, explained
from simulator.aws.errors import ApiError


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_an_upload_that_does_not_exist_is_named(method: str) -> None:
    """Whatever the request wanted with it."""
    error = explained(method, {"uploadId": "u1"})
    assert error is not None
    assert (error.name, error.status, error.members) == ("NoSuchUpload", 404, {"UploadId": "u1"})


def test_a_continuation_token_that_nobody_gave_is_refused() -> None:
    """Of ListObjectsV2."""
    error = explained("GET", {"list-type": "2", "continuation-token": "x"})
    assert error is not None
    assert (error.name, error.status) == ("InvalidArgument", 400)


@pytest.mark.parametrize(("method", "parameters"), [("POST", {"restore": ""}), ("GET", {"uploadId": "u1"})])
def test_nothing_is_made_up_of_other_failures(method: str, parameters: dict[str, str]) -> None:
    """Then the answer is that it is not simulated."""
    assert explained(method, parameters) is None


def test_a_key_is_measured_in_bytes() -> None:
    """1,024 of UTF-8."""
    check_key("あ" * 341 + "a")
    with pytest.raises(ApiError) as refused:
        check_key("あ" * 342)
    assert (refused.value.name, refused.value.status) == ("KeyTooLongError", 400)
