"""Where an ItemReader reads from and a ResultWriter writes to: the little of S3 that a Map Run needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class ObjectStoreError(Exception):
    """An object that cannot be read or written; `code` is S3's (`NoSuchKey`), the message S3's text."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class ObjectStore(Protocol):
    """Reads, lists and writes objects."""

    def open(self, parameters: dict[str, Any]) -> Iterator[bytes]:
        """Return an object's bytes in chunks; `parameters` are GetObject's (Bucket, Key, VersionId).

        Raises:
            ObjectStoreError: also while the chunks are read.
        """
        ...

    def list(self, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Return the entries of a listing (Bucket, Prefix) as items: `Etag, Key, LastModified, Size, StorageClass`.

        Raises:
            ObjectStoreError: also while they are read.
        """
        ...

    def put_multipart(self, bucket: str, key: str, path: Path) -> None:
        """Write a file as an object, by multipart upload.

        Raises:
            ObjectStoreError: if it cannot be written; nothing is left behind then.
        """
        ...

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object in one request.

        Raises:
            ObjectStoreError: if it cannot be written.
        """
        ...
