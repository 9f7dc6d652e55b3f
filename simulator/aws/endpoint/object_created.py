"""An object that a client has stored."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectCreated:
    """An object that S3 has stored and that its client has not been told of yet.

    Whether the bucket sends events to EventBridge is for the receiver to find out.

    Args:
        bucket: the bucket's name.
        key: the object's key as it is, not URL-encoded.
        version_id: its version; None in a bucket that has no versions.
        size: its size in bytes.
        etag: its ETag without quotes.
        reason: PutObject, "POST Object", CopyObject or CompleteMultipartUpload.
        request_id: the id of the request, which its client gets as well.
        source_ip: where the request came from.
    """

    bucket: str
    key: str
    version_id: str | None
    size: int
    etag: str
    reason: str
    request_id: str
    source_ip: str
