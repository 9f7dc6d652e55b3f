"""Bodies that an AWS client has cut into chunks."""

from __future__ import annotations

import pytest

from simulator.aws.endpoint.s3.aws_chunked import ChunkReader, is_aws_chunked, plain_headers
from simulator.aws.errors import ApiError

SIGNED = b"5;chunk-signature=ab\r\nhello\r\n6;chunk-signature=cd\r\n world\r\n0;chunk-signature=ef\r\n\r\n"
WITH_TRAILER = b"b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\nx-amz-trailer-signature:ab\r\n\r\n"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("body", [SIGNED, WITH_TRAILER])
def test_the_chunks_are_put_together(body: bytes, size: int) -> None:
    """However the body arrives."""
    found = bytearray()
    reader = ChunkReader(found.extend)
    for start in range(0, len(body), size):
        reader.feed(body[start : start + size])
    reader.end("11")
    assert bytes(found) == b"hello world"


def test_the_trailer_becomes_a_header() -> None:
    """The checksum stays with the object; what is about the chunks goes away."""
    reader = ChunkReader(lambda _data: None)
    reader.feed(WITH_TRAILER)
    headers = {"Content-Encoding": "gzip,aws-chunked", "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}
    assert is_aws_chunked(headers)
    assert plain_headers(headers, reader.trailers) == {
        "Content-Encoding": "gzip",
        "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
        "x-amz-decoded-content-length": None,
        "x-amz-trailer": None,
        "x-amz-checksum-crc32": "DUoRhQ==",
    }


@pytest.mark.parametrize("body", [SIGNED[:-30], SIGNED[:10], b""])
def test_a_body_that_ends_early_is_refused(body: bytes) -> None:
    """Within a chunk, or before the last one."""
    reader = ChunkReader(lambda _data: None)
    reader.feed(body)
    with pytest.raises(ApiError) as refused:
        reader.end(None)
    assert refused.value.name == "IncompleteBody"


def test_a_body_of_another_length_is_refused() -> None:
    """The client says how long it is without its chunks."""
    reader = ChunkReader(lambda _data: None)
    reader.feed(SIGNED)
    with pytest.raises(ApiError, match="x-amz-decoded-content-length"):
        reader.end("12")


@pytest.mark.parametrize(
    "body",
    [b"zz\r\n", b"-1\r\n", b"\r\n", b"5\r\nhello, more\r\n", b"f" * 17 + b"\r\n", b"5" * 20_000, b"0x5\r\nhello\r\n"],
)
def test_a_body_that_is_not_made_of_chunks_is_refused(body: bytes) -> None:
    """At once, whatever it is."""
    with pytest.raises(ApiError, match="not in the form of aws-chunked"):
        ChunkReader(lambda _data: None).feed(body)
