"""Lists of parts and part numbers are checked as S3 checks them."""

from __future__ import annotations

import pytest

from simulator.aws.endpoint.s3.parts import OpenUploads, check_completion, check_part_number
from simulator.aws.errors import ApiError


def _list(*numbers: object) -> bytes:
    parts = "".join(f'<Part><PartNumber>{number}</PartNumber><ETag>"e"</ETag></Part>' for number in numbers)
    space = "http://s3.amazonaws.com/doc/2006-03-01/"
    return f'<CompleteMultipartUpload xmlns="{space}">{parts}</CompleteMultipartUpload>'.encode()


@pytest.mark.parametrize("body", [_list(1), _list(1, 2, 10_000), _list(2, 7).replace(b" xmlns=", b" x=")])
def test_a_list_in_order_is_taken(body: bytes) -> None:
    """With gaps, and with the namespace or without."""
    check_completion(body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        *((body, "MalformedXML") for body in (b"", b"<a", b"<a/>", b"<CompleteMultipartUpload/>", b"\xff\xfe")),
        (_list(""), "MalformedXML"),
        (_list("x"), "MalformedXML"),
        (_list("-1"), "MalformedXML"),
        (_list(1).replace(b'"e"', b""), "MalformedXML"),
        (_list(1).replace(b"Part>", b"Pert>"), "MalformedXML"),
        (_list(0), "InvalidArgument"),
        (_list(10_001), "InvalidArgument"),
        (_list(2, 1), "InvalidPartOrder"),
        (_list(1, 1), "InvalidPartOrder"),
    ],
)
def test_a_list_that_is_none_or_out_of_order_is_refused(body: bytes, code: str) -> None:
    """Before the upload is looked for."""
    with pytest.raises(ApiError) as refused:
        check_completion(body)
    assert (refused.value.name, refused.value.status) == (code, 400)


@pytest.mark.parametrize("number", ["0", "10001", "-1", "x", "", "1.0", "٣", "1" * 5000])
def test_a_part_number_is_from_1_to_10000(number: str) -> None:
    """And nothing else."""
    check_part_number({"uploadId": "u", "partNumber": "10000"})
    check_part_number({"partNumber": number})  # of GetObject
    with pytest.raises(ApiError) as refused:
        check_part_number({"uploadId": "u", "partNumber": number})
    assert refused.value.members == {"ArgumentName": "partNumber", "ArgumentValue": number}


def test_an_upload_is_known_by_the_listing() -> None:
    """With the key as it is; a listing that is not XML is left."""
    uploads = OpenUploads()
    uploads.learn(b"<a")
    uploads.learn(b"<L><Upload><Key>a &amp; b</Key><UploadId>u</UploadId></Upload></L>")
    assert (uploads.key("u"), uploads.key("v")) == ("a & b", None)
    uploads.complete("u")
    assert (uploads.is_completed("u"), uploads.is_completed("v")) == (True, False)
