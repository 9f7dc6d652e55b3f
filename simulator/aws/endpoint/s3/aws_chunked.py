"""Bodies that an AWS client has cut into chunks: `Content-Encoding: aws-chunked`.

S3 API reference, "Signature calculations for the authorization header: transferring payload in multiple chunks" and
"Using trailing checksums". Chunk signatures are not checked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LONGEST_LINE = 16_384
_HEX = re.compile(rb"[0-9a-fA-F]{1,16}")


def is_aws_chunked(headers: Mapping[str, str]) -> bool:
    """Say whether a request's body has chunks."""
    return headers.get("x-amz-content-sha256", "").upper().startswith("STREAMING-") or "aws-chunked" in _codings(
        headers
    )


def plain_headers(headers: Mapping[str, str], trailers: Mapping[str, str]) -> dict[str, str | None]:
    """Return the changes to the headers of a request that make them those of the same request without chunks.

    None is for a header that goes away.
    """
    codings = [coding for coding in _codings(headers) if coding != "aws-chunked"]
    return {
        "Content-Encoding": ",".join(codings) or None,
        "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
        "x-amz-decoded-content-length": None,
        "x-amz-trailer": None,
        **{name: value for name, value in trailers.items() if name.startswith("x-amz-checksum-")},
    }


def _codings(headers: Mapping[str, str]) -> list[str]:
    return [one.strip() for one in headers.get("Content-Encoding", "").split(",") if one.strip()]


class ChunkReader:
    """Takes a body apart as it comes in.

    Args:
        take: called with each piece of what the chunks hold.
    """

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self._line = bytearray()
        self._left = 0
        self._state = self._size_line
        self.trailers: dict[str, str] = {}
        self.size = 0

    def feed(self, data: bytes) -> None:
        """Take the next piece of the body.

        Raises:
            ApiError: the body is not made of chunks.
        """
        rest = memoryview(data)
        while rest:
            rest = rest[self._state(rest) :]

    def end(self, declared: str | None) -> None:
        """Say that the body has ended.

        Args:
            declared: the header x-amz-decoded-content-length.

        Raises:
            ApiError: it ended within a chunk, or has another length.
        """
        if self._state != self._trailer_line or (declared is not None and declared != str(self.size)):
            raise ApiError(
                "IncompleteBody",
                "You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header",
            )

    def _size_line(self, data: memoryview) -> int:
        used, line = self._line_of(data)
        if line is not None:
            digits = line.partition(b";")[0].strip()
            if _HEX.fullmatch(digits) is None:
                raise _malformed()
            self._left = int(digits, 16)
            self._state = self._data if self._left else self._trailer_line
        return used

    def _data(self, data: memoryview) -> int:
        piece = data[: self._left]
        self._take(bytes(piece))
        self.size += len(piece)
        self._left -= len(piece)
        if not self._left:
            self._state = self._end_of_chunk
        return len(piece)

    def _end_of_chunk(self, data: memoryview) -> int:
        used, line = self._line_of(data)
        if line is not None:
            if line:
                raise _malformed()
            self._state = self._size_line
        return used

    def _trailer_line(self, data: memoryview) -> int:
        used, line = self._line_of(data)
        if line:
            name, _, value = line.decode("latin-1").partition(":")
            self.trailers[name.strip().lower()] = value.strip()
        return used

    def _line_of(self, data: memoryview) -> tuple[int, bytes | None]:
        """Return how much of the data belongs to the line, and the line once it is whole."""
        end = bytes(data[:_LONGEST_LINE]).find(b"\n")
        used = end + 1 if end >= 0 else min(len(data), _LONGEST_LINE)
        self._line += data[:used]
        if len(self._line) > _LONGEST_LINE:
            raise _malformed()
        if end < 0:
            return used, None
        line = bytes(self._line).rstrip(b"\r\n")
        self._line.clear()
        return used, line


def _malformed() -> ApiError:
    return ApiError("InvalidRequest", "The body is not in the form of aws-chunked")
