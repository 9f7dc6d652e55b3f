"""Requests at which the engine fails, instead of saying what is wrong with them.

S3 API reference, "Error responses".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_KEY = 1024
_NAMESPACE = re.compile(r"^\{.*\}")


def check_key(key: str) -> None:
    """Refuse a key that is too long; the engine stores it.

    Raises:
        ApiError: KeyTooLongError.
    """
    size = len(key.encode("utf-8", "surrogateescape"))
    if size > LONGEST_KEY:
        members = {"Size": str(size), "MaxSizeAllowed": str(LONGEST_KEY)}
        raise ApiError("KeyTooLongError", "Your key is too long", status=400, members=members)


def explained(method: str, parameters: Mapping[str, str], body: bytes | None) -> ApiError | None:
    """Return what AWS says of a request at which the engine has failed; None if that is not known.

    Args:
        method: GET, PUT, ...
        parameters: those of the query.
        body: its body; None for one that is too large to look into.
    """
    if "continuation-token" in parameters:
        return ApiError("InvalidArgument", "The continuation token provided is incorrect", status=400)
    if "uploadId" not in parameters or method not in {"PUT", "POST"}:
        return None
    if method == "POST" and body is not None and not _completes(body):
        return ApiError(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
            status=400,
        )
    return ApiError(
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
        "completed.",
        status=404,
        members={"UploadId": parameters["uploadId"]},
    )


def _completes(body: bytes) -> bool:
    """Whether a body is a CompleteMultipartUpload with a part."""
    try:
        root = ET.fromstring(body)  # noqa: S314 - expat has refused entities that expand without end since 2.4.1
    except ET.ParseError:
        return False
    names = [_NAMESPACE.sub("", element.tag) for element in root.iter()]
    return names[0] == "CompleteMultipartUpload" and {"Part", "PartNumber", "ETag"} <= set(names)
