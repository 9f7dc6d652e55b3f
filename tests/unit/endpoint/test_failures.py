"""S3 requests at which moto fails get the error that AWS has for them."""

from __future__ import annotations

import pytest

from simulator.aws.endpoint.s3.failures import check_key, explained
from simulator.aws.errors import ApiError

COMPLETE = b"""<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<Part><PartNumber>1</PartNumber><ETag>"e"</ETag></Part></CompleteMultipartUpload>"""


@pytest.mark.parametrize(("method", "body"), [("PUT", b"a part"), ("POST", COMPLETE), ("POST", None)])
def test_an_upload_that_does_not_exist_is_named(method: str, body: bytes | None) -> None:
    """Whatever the request wanted with it."""
    error = explained(method, {"uploadId": "u1"}, body)
    assert error is not None
    assert (error.name, error.status, error.members) == ("NoSuchUpload", 404, {"UploadId": "u1"})


@pytest.mark.parametrize("body", [b"", b"<a", b"<a/>", b"<CompleteMultipartUpload/>", b"\xff\xfe"])
def test_a_completion_without_parts_is_malformed(body: bytes) -> None:
    """The body is looked at before the upload."""
    error = explained("POST", {"uploadId": "u1"}, body)
    assert error is not None
    assert (error.name, error.status) == ("MalformedXML", 400)


def test_a_continuation_token_that_nobody_gave_is_refused() -> None:
    """Of ListObjectsV2."""
    error = explained("GET", {"list-type": "2", "continuation-token": "x"}, b"")
    assert error is not None
    assert (error.name, error.status) == ("InvalidArgument", 400)


@pytest.mark.parametrize(("method", "parameters"), [("POST", {"restore": ""}), ("GET", {"uploadId": "u1"})])
def test_nothing_is_made_up_of_other_failures(method: str, parameters: dict[str, str]) -> None:
    """Then the answer is that it is not simulated."""
    assert explained(method, parameters, b"") is None


def test_a_key_is_measured_in_bytes() -> None:
    """1,024 of UTF-8."""
    check_key("あ" * 341 + "a")
    with pytest.raises(ApiError) as refused:
        check_key("あ" * 342)
    assert (refused.value.name, refused.value.status) == ("KeyTooLongError", 400)
