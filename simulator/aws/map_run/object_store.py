"""The object store of a Map Run: the little of S3 that an ItemReader and a ResultWriter need."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from simulator.aws.iam.call import acting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

Found = TypeVar("Found")


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


class S3ObjectStore:
    """Reads and writes S3 objects a piece at a time, so that memory does not grow with them.

    Args:
        client: the S3 client.
    """

    CHUNK = 1024 * 1024
    PART = 8 * 1024 * 1024

    def __init__(self, client: S3Client) -> None:
        self._client = client

    def open(self, parameters: dict[str, Any]) -> Iterator[bytes]:
        """Return an object's bytes in chunks, all of the object as it is now.

        Each chunk is a request of its own: a Map Run can take hours over its rows, and no connection stays open, or is
        waited for by a server, so long. An object replaced meanwhile is an error (PreconditionFailed), never a mixture.
        """
        wanted = {name: value for name, value in parameters.items() if value is not None}
        first, etag, size = self._first(wanted)
        return self._chunks(wanted, etag, size, first)

    def _first(self, wanted: dict[str, Any]) -> tuple[bytes, str, int]:
        """Return the first chunk, and the object's ETag and size."""
        try:
            with _store_errors():
                part = self._client.get_object(**wanted, Range=f"bytes=0-{self.CHUNK - 1}")
                with part["Body"] as body:
                    return body.read(), part["ETag"], int(part["ContentRange"].rpartition("/")[2])
        except ObjectStoreError as error:
            if error.code == "InvalidRange":  # what S3 says to any range of an empty object
                return b"", "", 0
            raise

    def _chunks(self, wanted: dict[str, Any], etag: str, size: int, first: bytes) -> Iterator[bytes]:
        yield first
        for start in range(len(first), size, self.CHUNK):
            with _store_errors():
                part = self._client.get_object(**wanted, IfMatch=etag, Range=f"bytes={start}-{start + self.CHUNK - 1}")
                with part["Body"] as body:
                    chunk = body.read()
            yield chunk

    def list(self, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Return the entries of a listing, a page of a thousand at a time."""
        wanted = {name: value for name, value in parameters.items() if value is not None}
        with _store_errors():
            for page in self._client.get_paginator("list_objects_v2").paginate(**wanted):
                for entry in page.get("Contents", []):
                    yield {
                        "Etag": entry["ETag"],
                        "Key": entry["Key"],
                        "LastModified": float(int(entry["LastModified"].timestamp())),  # recorded: a double
                        "Size": entry["Size"],
                        "StorageClass": entry.get("StorageClass", "STANDARD"),
                    }

    def put_multipart(self, bucket: str, key: str, path: Path) -> None:
        """Write a file as an object; its ETag ends in the number of parts, as that of ResultWriter's files."""
        where: dict[str, Any] = {"Bucket": bucket, "Key": key}
        with _store_errors():
            upload = self._client.create_multipart_upload(**where, ContentType="binary/octet-stream")["UploadId"]
            try:
                parts = self._put_parts(where, upload, path)
                self._client.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})
            except BaseException:
                self._client.abort_multipart_upload(**where, UploadId=upload)
                raise

    def _put_parts(self, where: dict[str, Any], upload: str, path: Path) -> Any:
        parts: list[dict[str, Any]] = []
        with path.open("rb") as file:
            while chunk := file.read(self.PART):
                number = len(parts) + 1
                part = self._client.upload_part(**where, UploadId=upload, PartNumber=number, Body=chunk)
                parts.append({"ETag": part["ETag"], "PartNumber": number})
        return parts

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object in one request."""
        with _store_errors():
            self._client.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/octet-stream")


class CallersObjectStore:
    """An object store whose requests are made by a caller (see simulator.aws.iam.call).

    Args:
        store: makes them.
        caller: who asks.
    """

    def __init__(self, store: ObjectStore, caller: str) -> None:
        self._store = store
        self._caller = caller

    def open(self, parameters: dict[str, Any]) -> Iterator[bytes]:
        """Return an object's bytes (see ObjectStore)."""
        with acting(self._caller):
            chunks = self._store.open(parameters)
        return self._each(chunks)

    def list(self, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Return the entries of a listing (see ObjectStore)."""
        with acting(self._caller):
            entries = self._store.list(parameters)
        return self._each(entries)

    def _each(self, found: Iterator[Found]) -> Iterator[Found]:
        """Ask for one after the other: between two, the thread does other work."""
        while True:
            with acting(self._caller):
                try:
                    one = next(found)
                except StopIteration:
                    return
            yield one

    def put_multipart(self, bucket: str, key: str, path: Path) -> None:
        """Write a file as an object (see ObjectStore)."""
        with acting(self._caller):
            self._store.put_multipart(bucket, key, path)

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object in one request (see ObjectStore)."""
        with acting(self._caller):
            self._store.put(bucket, key, body)


@contextmanager
def _store_errors() -> Iterator[None]:
    """Turn what S3, the network or the disk raises into an ObjectStoreError."""
    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {})
        raise ObjectStoreError(said.get("Code", "Unknown"), said.get("Message", str(error))) from error
    except (BotoCoreError, OSError) as error:
        raise ObjectStoreError(type(error).__name__, str(error)) from error
