"""A Map Run from a CSV in S3 to result files in S3."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from simulator.aws.asl.errors import StateError
from simulator.aws.map_run.object_store import S3ObjectStore
from tests.unit.map_run.harness import run_map

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Aws


def reader(bucket: str, key: str, **more: Any) -> dict[str, Any]:
    """Return an ItemReader of a CSV with a header."""
    return {
        "Resource": "arn:aws:states:::s3:getObject",
        "Parameters": {"Bucket": bucket, "Key": key, **more},
        "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
    }


def test_every_row_of_the_named_version_stands_in_one_result_file(aws: Aws, tmp_path: Path) -> None:
    """Though the key has been overwritten; S3 and the local folder hold the same bytes, the manifest the true sizes."""
    source, target = aws.resources.input_bucket, aws.resources.output_bucket
    rows = [f"U{number},{number}" for number in range(300)]
    body = "ユーザーID,回数\r\n" + "".join(f"{row}\r\n" for row in rows)
    version = aws.s3.put_object(Bucket=source, Key="日本/a b.csv", Body=body.encode())["VersionId"]
    aws.s3.put_object(Bucket=source, Key="日本/a b.csv", Body=b"other\nrow\n")

    def function(item: Any) -> Any:
        if int(item["回数"]) % 10 == 3:
            raise StateError("Bad", "ends in three")
        return item

    result = run_map(
        {
            "MaxConcurrency": 5,
            "ToleratedFailurePercentage": 10,
            "ItemReader": reader(source, "日本/a b.csv", VersionId=version),
            "ResultWriter": {
                "Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": target, "Prefix": "results"},
            },
        },
        function=function,
        store=S3ObjectStore(aws.s3),
        folder=tmp_path,
    )
    assert result.ended.status == "SUCCEEDED"
    key = result.ended.output["ResultWriterDetails"]["Key"]
    files = json.loads(aws.s3.get_object(Bucket=target, Key=key)["Body"].read())["ResultFiles"]
    assert files["PENDING"] == []
    read: dict[str, list[str]] = {}
    for status in ("SUCCEEDED", "FAILED"):
        (listed,) = files[status]
        content = aws.s3.get_object(Bucket=target, Key=listed["Key"])["Body"].read()
        assert len(content) == listed["Size"]
        assert (tmp_path / listed["Key"].removeprefix("results/")).read_bytes() == content
        read[status] = [json.loads(record["Input"])["ユーザーID"] for record in json.loads(content)]
    assert len(read["FAILED"]) == 30
    assert sorted(read["SUCCEEDED"] + read["FAILED"]) == sorted(row.partition(",")[0] for row in rows)


@pytest.mark.parametrize(("more", "code"), [({}, "NoSuchKey"), ({"VersionId": "no-such-version"}, "NoSuchVersion")])
def test_an_object_that_is_not_there_fails_the_map_run(aws: Aws, more: dict[str, str], code: str) -> None:
    """States.ItemReaderFailed with S3's code, and the object's name for a person."""
    result = run_map({"ItemReader": reader(aws.resources.input_bucket, "no.csv", **more)}, store=S3ObjectStore(aws.s3))
    assert result.ended.error == "States.ItemReaderFailed"
    assert f"Error Code: {code}" in (result.ended.cause or "")
    assert f"s3://{aws.resources.input_bucket}/no.csv" in (result.ended.cause or "")


def test_a_bucket_that_is_not_there_fails_the_result_writer(aws: Aws) -> None:
    """States.ResultWriterFailed, once the children have run."""
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "no-such-bucket", "Prefix": "r"}}
    result = run_map({"ResultWriter": writer}, [1, 2], store=S3ObjectStore(aws.s3))
    assert result.ended.error == "States.ResultWriterFailed"
    assert "NoSuchBucket" in (result.ended.cause or "")
    assert result.counts["succeeded"] == 2
