"""Where an ItemReader reads from and a ResultWriter writes to: the little of S3 that a Map Run needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

CHUNK = 256 * 1024


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
        """Return the entries of a listing, as ListObjectsV2 gives them (Bucket, Prefix).

        Raises:
            ObjectStoreError: also while they are read.
        """
        ...

    def put_multipart(self, bucket: str, key: str, path: Path) -> None:
        """Write a file as an object, by multipart upload."""
        ...

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object."""
        ...


class S3ObjectStore:
    """The object store behind a boto3 S3 client."""

    PART = 64 * 1024 * 1024

    def __init__(self, client: S3Client) -> None:
        self._client = client

    def open(self, parameters: dict[str, Any]) -> Iterator[bytes]:
        """Return an object's bytes in chunks."""
        wanted = {name: value for name, value in parameters.items() if value not in (None, "")}
        try:
            body = self._client.get_object(**wanted)["Body"]
        except (ClientError, BotoCoreError) as error:
            raise _store_error(error) from error
        return self._chunks(body)

    @staticmethod
    def _chunks(body: Any) -> Iterator[bytes]:
        try:
            yield from body.iter_chunks(CHUNK)
        except (BotoCoreError, OSError) as error:
            raise _store_error(error) from error
        finally:
            body.close()

    def list(self, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Return the entries of a listing."""
        try:
            for page in self._client.get_paginator("list_objects_v2").paginate(**parameters):
                for entry in page.get("Contents", []):
                    yield {
                        "Etag": entry["ETag"],
                        "Key": entry["Key"],
                        "LastModified": int(entry["LastModified"].timestamp()),
                        "Size": entry["Size"],
                        "StorageClass": entry.get("StorageClass", "STANDARD"),
                    }
        except (ClientError, BotoCoreError) as error:
            raise _store_error(error) from error

    def put_multipart(self, bucket: str, key: str, path: Path) -> None:
        """Write a file as an object; its ETag ends in the number of parts, as ResultWriter's do."""
        where: dict[str, Any] = {"Bucket": bucket, "Key": key}
        try:
            upload = self._client.create_multipart_upload(**where, ContentType="binary/octet-stream")["UploadId"]
            parts: list[dict[str, Any]] = []
            with path.open("rb") as file:
                while chunk := file.read(self.PART):
                    number = len(parts) + 1
                    part = self._client.upload_part(**where, UploadId=upload, PartNumber=number, Body=chunk)
                    parts.append({"ETag": part["ETag"], "PartNumber": number})
            self._client.complete_multipart_upload(
                **where,
                UploadId=upload,
                MultipartUpload={"Parts": parts},  # type: ignore[typeddict-item]
            )
        except (ClientError, BotoCoreError) as error:
            raise _store_error(error) from error

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object in one request."""
        try:
            self._client.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/octet-stream")
        except (ClientError, BotoCoreError) as error:
            raise _store_error(error) from error


def _store_error(error: Exception) -> ObjectStoreError:
    if isinstance(error, ClientError):
        said = error.response.get("Error", {})
        return ObjectStoreError(said.get("Code", "Unknown"), said.get("Message", str(error)))
    return ObjectStoreError(type(error).__name__, str(error))
