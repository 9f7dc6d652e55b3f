"""Uploads of parts: what the engine takes, and S3 does not.

S3 API reference, UploadPart, UploadPartCopy, CompleteMultipartUpload, "Error responses".
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_PARTS: Final = 10_000
_MOST_BYTES: Final = 8 * 2**20
_REMEMBERED: Final = 10_000
_NUMBER = re.compile(r"[0-9]{1,9}")
_NAMESPACE = re.compile(r"^\{.*\}")


def check_part_number(parameters: Mapping[str, str]) -> None:
    """Refuse a part whose number is none.

    Raises:
        ApiError: InvalidArgument.
    """
    if "uploadId" in parameters and "partNumber" in parameters:
        _number(parameters["partNumber"])


def check_completion(body: bytes) -> None:
    """Refuse a list of parts that is not one.

    Raises:
        ApiError: MalformedXML, InvalidArgument, InvalidPartOrder.
    """
    numbers = [_number(text) for text in _listed(body)]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise ApiError(
            "InvalidPartOrder",
            "The list of parts was not in ascending order. Parts must be ordered by part number.",
            status=400,
        )


def no_such_upload(upload: str) -> ApiError:
    """Return what S3 says of an upload that it does not have, or not for that key."""
    return ApiError(
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
        "completed.",
        status=404,
        members={"UploadId": upload},
    )


class OpenUploads:
    """Which object each upload is for, and which were completed already; the latest ones."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}
        self._completed: dict[str, None] = {}

    def key(self, upload: str) -> str | None:
        """Return the key of an upload; None if it is not known."""
        return self._keys.get(upload)

    def learn(self, listing: bytes) -> None:
        """Take over an answer of ListMultipartUploads."""
        try:
            root = ET.fromstring(listing)  # noqa: S314 - the engine's
        except ET.ParseError:  # a key that XML cannot hold
            return
        for upload in root.iter():
            if _plain(upload.tag) == "Upload":
                fields = {_plain(one.tag): one.text or "" for one in upload}
                self._keys[fields["UploadId"]] = fields["Key"]
        while len(self._keys) > _REMEMBERED:
            del self._keys[next(iter(self._keys))]

    def complete(self, upload: str) -> None:
        """Take note of a completion."""
        self._completed[upload] = None
        while len(self._completed) > _REMEMBERED:
            del self._completed[next(iter(self._completed))]

    def is_completed(self, upload: str) -> bool:
        """Say whether an upload was completed already."""
        return upload in self._completed


def _listed(body: bytes) -> list[str]:
    """Return the texts of the part numbers of a CompleteMultipartUpload."""
    numbers = []
    try:
        if len(body) > _MOST_BYTES:
            raise _malformed()
        root = ET.fromstring(body)  # noqa: S314 - expat has refused entities that expand without end since 2.4.1
    except (ET.ParseError, ValueError):
        raise _malformed() from None
    if _plain(root.tag) != "CompleteMultipartUpload":
        raise _malformed()
    for part in root:
        fields = {_plain(one.tag): (one.text or "").strip() for one in part}
        if _plain(part.tag) != "Part" or not fields.get("ETag") or not _NUMBER.fullmatch(fields.get("PartNumber", "")):
            raise _malformed()
        numbers.append(fields["PartNumber"])
    if not numbers:
        raise _malformed()
    return numbers


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= MOST_PARTS:
        raise ApiError(
            "InvalidArgument",
            f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive",
            status=400,
            members={"ArgumentName": "partNumber", "ArgumentValue": text},
        )
    return int(text)


def _malformed() -> ApiError:
    return ApiError(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
        status=400,
    )


def _plain(tag: str) -> str:
    return _NAMESPACE.sub("", tag)
