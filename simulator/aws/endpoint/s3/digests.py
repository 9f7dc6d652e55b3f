"""Checks that what arrived is what the client sent: Content-MD5, the signed SHA-256, and the checksums Python can make.

S3 API reference, "Checking object integrity". CRC32C and CRC64NVME are kept and not checked.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from typing import TYPE_CHECKING, Protocol

from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHA256_HEX = re.compile(r"[0-9a-f]{64}")
_CHECKED = ("crc32", "sha1", "sha256")


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes, /) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


class Digests:
    """Reads along with a body.

    Args:
        headers: the request's; they say what the body's digests should be.
    """

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._md5 = headers.get("Content-MD5")
        signed = headers.get("x-amz-content-sha256", "").lower()
        self._signed = signed if _SHA256_HEX.fullmatch(signed) else None
        trailing = headers.get("x-amz-trailer", "").lower()
        wanted = {name for name in _CHECKED if f"x-amz-checksum-{name}" in headers or f"checksum-{name}" in trailing}
        if self._signed:
            wanted.add("sha256")
        self._made: dict[str, _Digest] = {name: _digest(name) for name in wanted}
        if self._md5 is not None:
            self._made["md5"] = _digest("md5")

    def update(self, data: bytes) -> None:
        """Take the next piece of the body."""
        for digest in self._made.values():
            digest.update(data)

    def check(self, headers: Mapping[str, str]) -> None:
        """Compare, once the body is there.

        Args:
            headers: the request's, or those of its trailer.

        Raises:
            ApiError: BadDigest or XAmzContentSHA256Mismatch.
        """
        if self._md5 is not None and base64.b64encode(self._made["md5"].digest()).decode() != self._md5:
            raise ApiError("BadDigest", "The Content-MD5 you specified did not match what we received.")
        if self._signed is not None and self._made["sha256"].digest().hex() != self._signed:
            raise ApiError(
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
            )
        for name in _CHECKED:
            given = headers.get(f"x-amz-checksum-{name}")
            made = self._made.get(name)
            if given is not None and made is not None and base64.b64encode(made.digest()).decode() != given:
                raise ApiError("BadDigest", f"The {name.upper()} you specified did not match the calculated checksum.")


def _digest(name: str) -> _Digest:
    return _Crc32() if name == "crc32" else hashlib.new(name, usedforsecurity=False)
