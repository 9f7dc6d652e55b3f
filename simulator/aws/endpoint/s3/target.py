"""Which bucket and object a request is about, and whether it stores an object."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from simulator.aws.integrations.shapes.api_model import api_model

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_SERVICE_LABELS = re.compile(r"(?:^|\.)s3(?:[.-][a-z0-9-]+)?$")


@dataclass(frozen=True, slots=True)
class S3Target:
    """The place that a request names.

    Args:
        path: percent-encoded and in path style (`/bucket/key`), whichever style the request had.
        bucket: its name; empty for the service itself.
        key: the object's key as it is; empty for the bucket itself.
    """

    path: str
    bucket: str
    key: str

    @classmethod
    def of(cls, host: str, path: str) -> S3Target:
        """Read a request's place.

        Args:
            host: the name in its Host header, such as `my-bucket.localhost` or `localhost`.
            path: its path, percent-encoded.
        """
        bucket = _bucket_of(host)
        if bucket:
            path = f"/{quote(bucket)}{path}"
        _, first, *rest = path.split("/", 2)
        return cls(path, unquote(first), unquote(rest[0]) if rest else "")


def stores(method: str, target: S3Target, parameters: Collection[str], headers: Mapping[str, str]) -> str | None:
    """Return the `reason` of the event that a request causes if it succeeds, None if it stores no object.

    A form that is posted to a bucket is not told apart here (see `form`).
    """
    if not target.key:
        return None
    if method == "PUT" and not _subresources().intersection(parameters):
        return "CopyObject" if "x-amz-copy-source" in headers else "PutObject"
    if method == "POST" and "uploadId" in parameters:
        return "CompleteMultipartUpload"
    return None


@cache
def _subresources() -> frozenset[str]:
    """Return the parameters that make a request one about something else than the object: `acl`, `tagging`, a part."""
    model = api_model("s3")
    if model is None:
        raise LookupError("botocore has no service s3")
    names = {"uploadId", "partNumber", "versionId"}
    for name in model.operation_names:
        uri = model.operation_model(name).http["requestUri"]
        if "{Key+}" in uri:
            names.update(part.partition("=")[0] for part in uri.partition("?")[2].split("&") if part)
    return frozenset(names)


def _bucket_of(host: str) -> str:
    """Return the bucket of a name such as `bucket.localhost`, `bucket.s3.localhost` or `bucket.s3.REGION.localhost`."""
    if not host.endswith(".localhost"):
        return ""
    return _SERVICE_LABELS.sub("", host.removesuffix(".localhost"))
