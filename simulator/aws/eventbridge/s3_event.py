"""The "Object Created" event that S3 sends to EventBridge.

Amazon S3 user guide, "EventBridge event message structure".
"""

from __future__ import annotations

import secrets
import string
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

_REQUEST_ID_LETTERS = string.ascii_uppercase + string.digits
_NANOSECONDS = 1_000_000_000


class S3Events:
    """Makes the events of one account's buckets in one region; safe to share between threads.

    Args:
        region: the region the buckets are in.
        account: the account that owns them, and that uploads.
    """

    def __init__(self, *, region: str, account: str) -> None:
        self._region = region
        self._account = account
        self._lock = threading.Lock()
        self._last = 0

    def object_created(
        self,
        *,
        bucket: str,
        key: str,
        size: int,
        etag: str,
        version_id: str | None = None,
        reason: str = "PutObject",
        at: datetime | None = None,
        request_id: str | None = None,
        source_ip: str = "127.0.0.1",
    ) -> dict[str, Any]:
        """Return the event of one upload: each call is one upload, with its own id and sequencer.

        Args:
            bucket: the bucket's name.
            key: the object's key as it is, not URL-encoded.
            size: its size in bytes.
            etag: its ETag, with or without the quotes of the HTTP header (the event has none).
            version_id: its version in a versioned bucket; None leaves the field out of the event.
            reason: PutObject, "POST Object", CopyObject or CompleteMultipartUpload.
            at: when it was stored, an aware datetime (default: now); the event has whole seconds.
            request_id: the request's id (default: made up, 16 characters).
            source_ip: where the request came from.
        """
        stored: dict[str, Any] = {"key": key, "size": size, "etag": etag.strip('"')}
        if version_id is not None:
            stored["version-id"] = version_id
        stored["sequencer"] = self._sequencer()
        moment = (at or datetime.now(UTC)).astimezone(UTC)
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Object Created",
            "source": "aws.s3",
            "account": self._account,
            "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._region,
            "resources": [f"arn:aws:s3:::{bucket}"],
            "detail": {
                "version": "0",
                "bucket": {"name": bucket},
                "object": stored,
                "request-id": request_id or "".join(secrets.choice(_REQUEST_ID_LETTERS) for _ in range(16)),
                "requester": self._account,
                "source-ip-address": source_ip,
                "reason": reason,
            },
        }

    def _sequencer(self) -> str:
        """Return 16 hex digits that compare greater than all before: seconds, then nanoseconds.

        Taken from the time, so that it grows from one process to the next as well.
        """
        with self._lock:
            self._last = max(self._last + 1, time.time_ns())
            seconds, nanoseconds = divmod(self._last, _NANOSECONDS)
        return f"{seconds:08x}{nanoseconds:08x}"
