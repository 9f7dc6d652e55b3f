"""The object store against moto's S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.aws.engine.environment import local_aws
from simulator.aws.map_run.object_store import ObjectStoreError, S3ObjectStore

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Aws


class SmallChunks(S3ObjectStore):
    """The store with chunks of ten bytes."""

    CHUNK = 10


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 20, 25])
def test_an_object_is_read_in_chunks_of_bounded_size(aws: Aws, size: int) -> None:
    """Whole, whatever its size is to the chunk's; an empty object is empty."""
    body = bytes(range(size))
    aws.s3.put_object(Bucket=aws.resources.input_bucket, Key="日本/a b.csv", Body=body)
    chunks = list(SmallChunks(aws.s3).open({"Bucket": aws.resources.input_bucket, "Key": "日本/a b.csv"}))
    assert b"".join(chunks) == body
    assert max(map(len, chunks)) <= 10


def test_the_version_named_is_the_one_read_whatever_is_uploaded_meanwhile(aws: Aws) -> None:
    """VersionId pins every chunk."""
    where = {"Bucket": aws.resources.input_bucket, "Key": "k"}
    version = aws.s3.put_object(**where, Body=b"old" * 10)["VersionId"]
    chunks = SmallChunks(aws.s3).open({**where, "VersionId": version})
    first = next(chunks)
    aws.s3.put_object(**where, Body=b"new" * 10)
    assert first + b"".join(chunks) == b"old" * 10


def test_an_object_replaced_while_it_is_read_is_an_error_not_a_mixture(aws: Aws) -> None:
    """Without a VersionId the ETag of the first chunk pins the rest."""
    where = {"Bucket": aws.resources.input_bucket, "Key": "k"}
    aws.s3.put_object(**where, Body=b"old" * 10)
    chunks = SmallChunks(aws.s3).open(where)
    next(chunks)
    aws.s3.put_object(**where, Body=b"new" * 10)
    with pytest.raises(ObjectStoreError) as caught:
        list(chunks)
    assert caught.value.code == "PreconditionFailed"


@pytest.mark.parametrize(
    ("bucket", "key", "code"), [(None, "no.csv", "NoSuchKey"), ("no-such-bucket", "k", "NoSuchBucket")]
)
def test_what_is_not_there_is_named_by_its_code(aws: Aws, bucket: str | None, key: str, code: str) -> None:
    """S3's own code, at once."""
    with pytest.raises(ObjectStoreError) as caught:
        S3ObjectStore(aws.s3).open({"Bucket": bucket or aws.resources.input_bucket, "Key": key})
    assert caught.value.code == code


def test_parameters_that_boto3_refuses_are_an_error_of_the_store() -> None:
    """A number where a name belongs gives no traceback."""
    import boto3  # noqa: PLC0415 - only here

    with local_aws("http://127.0.0.1:1"):
        client = boto3.Session().client("s3", region_name="ap-northeast-1")
    with pytest.raises(ObjectStoreError) as caught:
        S3ObjectStore(client).open({"Bucket": "b", "Key": 5})
    assert caught.value.code == "ParamValidationError"


def test_a_listing_gives_the_entries_as_items(aws: Aws) -> None:
    """With the spelling and types of ItemReader's pages: Etag, and epoch seconds."""
    where = aws.resources.input_bucket
    for key in ("in/1", "in/2", "out/3"):
        aws.s3.put_object(Bucket=where, Key=key, Body=b"abc")
    entries = list(S3ObjectStore(aws.s3).list({"Bucket": where, "Prefix": "in/"}))
    assert [entry["Key"] for entry in entries] == ["in/1", "in/2"]
    assert sorted(entries[0]) == ["Etag", "Key", "LastModified", "Size", "StorageClass"]
    assert (entries[0]["Etag"], entries[0]["Size"]) == ('"900150983cd24fb0d6963f7d28e17f72"', 3)
    assert isinstance(entries[0]["LastModified"], float)


def test_result_files_are_written_by_multipart_upload_and_the_manifest_is_not(aws: Aws, tmp_path: Path) -> None:
    """As recorded: the ETag ends in `-1`, and the content types differ."""
    file = tmp_path / "SUCCEEDED_0.json"
    file.write_bytes(b"[1]")
    store, bucket = S3ObjectStore(aws.s3), aws.resources.output_bucket
    store.put_multipart(bucket, "r/SUCCEEDED_0.json", file)
    store.put(bucket, "r/manifest.json", b"{}")
    result = aws.s3.get_object(Bucket=bucket, Key="r/SUCCEEDED_0.json")
    manifest = aws.s3.get_object(Bucket=bucket, Key="r/manifest.json")
    assert result["ETag"].endswith('-1"')
    assert (result["Body"].read(), result["ContentType"]) == (b"[1]", "binary/octet-stream")
    assert "-" not in manifest["ETag"]
    assert manifest["ContentType"] == "application/octet-stream"


def test_a_large_result_file_is_uploaded_in_parts(aws: Aws, tmp_path: Path) -> None:
    """More than one part, in order."""
    file = tmp_path / "SUCCEEDED_0.json"
    body = bytes(range(256)) * (S3ObjectStore.PART // 256 + 1)
    file.write_bytes(body)
    S3ObjectStore(aws.s3).put_multipart(aws.resources.output_bucket, "k", file)
    found = aws.s3.get_object(Bucket=aws.resources.output_bucket, Key="k")
    assert found["ETag"].endswith('-2"')
    assert found["Body"].read() == body


def test_an_upload_that_fails_leaves_no_parts_behind(aws: Aws, tmp_path: Path) -> None:
    """Parts of a multipart upload cost money until they are aborted."""
    with pytest.raises(ObjectStoreError) as caught:
        S3ObjectStore(aws.s3).put_multipart(aws.resources.output_bucket, "k", tmp_path / "missing")
    assert caught.value.code == "FileNotFoundError"
    assert "Uploads" not in aws.s3.list_multipart_uploads(Bucket=aws.resources.output_bucket)
