"""What was acknowledged before kill -9 is there after the next start."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from simulator.pipeline.settings import HomeFolder
from tests.integration.lasting.cloud_contents import contents, lasting_cloud

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.aws.engine.clients import AwsClients
    from simulator.pipeline.provisioning import Resources

pytestmark = pytest.mark.only_engine("moto", reason="only moto is kept and restored")


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    """Return an empty home."""
    return HomeFolder(tmp_path / "home").create()


def _versions_of_every_kind(aws: AwsClients, resources: Resources) -> None:
    s3, bucket = aws.s3, resources.input_bucket
    s3.put_object(Bucket=bucket, Key="a/あ +%25?.csv", Body=b"one", ContentType="text/csv", Metadata={"x": "1"})
    s3.put_object(Bucket=bucket, Key="a/あ +%25?.csv", Body=b"two", Tagging="k=v&l=w", CacheControl="no-store")
    s3.put_object(Bucket=bucket, Key="gone", Body=b"3")
    s3.delete_object(Bucket=bucket, Key="gone")
    first = s3.put_object(Bucket=bucket, Key="first", Body=b"4")["VersionId"]
    s3.put_object(Bucket=bucket, Key="first", Body=b"5")
    s3.delete_object(Bucket=bucket, Key="first", VersionId=first)
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "first"})
    s3.put_object(Bucket=bucket, Key="empty", Body=b"", ChecksumAlgorithm="CRC32")


def _unversioned_objects(aws: AwsClients, resources: Resources) -> None:
    s3, bucket = aws.s3, resources.output_bucket
    for body in (b"old", b"new"):
        s3.put_object(Bucket=bucket, Key="one", Body=body, Metadata={"body": body.decode()})
    for key in ("x", "y", "z"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "x"}, {"Key": "y"}]})
    s3.delete_object(Bucket=bucket, Key="one")
    s3.put_object(Bucket=bucket, Key="one", Body=b"again")
    s3.put_object_tagging(Bucket=bucket, Key="z", Tagging={"TagSet": [{"Key": "t", "Value": "あ"}]})


def _buckets(aws: AwsClients, _resources: Resources) -> None:
    s3 = aws.s3
    made: Any = {"CreateBucketConfiguration": {"LocationConstraint": "ap-northeast-1"}}
    for name in ("mine", "not-mine"):
        s3.create_bucket(Bucket=name, **made)
    s3.put_object(Bucket="mine", Key="before", Body=b"unversioned")
    s3.put_bucket_versioning(Bucket="mine", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="mine", Key="before", Body=b"versioned")
    s3.put_bucket_tagging(Bucket="mine", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.delete_bucket(Bucket="not-mine")


def _parts(aws: AwsClients, resources: Resources) -> None:
    s3, where = aws.s3, {"Bucket": resources.input_bucket, "Key": "parts"}
    for complete in (True, False):
        upload = s3.create_multipart_upload(**where, Metadata={"p": "q"})["UploadId"]
        parts: list[Any] = []
        for number, body in enumerate((b"a" * 5_242_880, b"b"), 1):
            etag = s3.upload_part(**where, UploadId=upload, PartNumber=number, Body=body)["ETag"]
            parts.append({"ETag": etag, "PartNumber": number})
        if complete:
            s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})


def _presigned(aws: AwsClients, resources: Resources) -> None:
    s3, bucket = aws.s3, resources.input_bucket
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "presigned"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(urllib.request.Request(url, b"by url", method="PUT")).close()  # noqa: S310 - moto's
    form = s3.generate_presigned_post(bucket, "form/あ.csv")
    lines = [
        part
        for name, value in form["fields"].items()
        for part in ("--b", f'Content-Disposition: form-data; name="{name}"', "", value)
    ]
    lines += ["--b", 'Content-Disposition: form-data; name="file"; filename="f"', "", "by form", "--b--", ""]
    body = "\r\n".join(lines).encode()
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    opener.open(urllib.request.Request(form["url"], body, kind)).close()  # noqa: S310 - moto's


def _items(aws: AwsClients, _resources: Resources) -> None:
    db = aws.dynamodb
    db.create_table(
        TableName="own",
        KeySchema=[{"AttributeName": "h", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "h", "AttributeType": "S"},
            {"AttributeName": "r", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    kinds: Any = {"b": {"B": b"\x00\xff"}, "s": {"SS": ["x", "y"]}, "n": {"N": "1.50"}, "m": {"M": {"l": {"L": []}}}}
    for number in range(5):
        db.put_item(TableName="own", Item={"h": {"S": "あ"}, "r": {"N": str(number)}, **kinds})
    key: Any = {"h": {"S": "あ"}, "r": {"N": "1"}}
    added: Any = {":n": {"N": "2"}}
    db.update_item(TableName="own", Key=key, UpdateExpression="ADD n :n", ExpressionAttributeValues=added)
    db.delete_item(TableName="own", Key={"h": {"S": "あ"}, "r": {"N": "2"}})
    gone: Any = {"own": [{"DeleteRequest": {"Key": {"h": {"S": "あ"}, "r": {"N": "3"}}}}]}
    db.batch_write_item(RequestItems=gone)
    put: Any = {"Put": {"TableName": "own", "Item": {"h": {"S": "t"}, "r": {"N": "9"}}}}
    db.transact_write_items(TransactItems=[put])
    db.execute_statement(Statement="INSERT INTO \"own\" VALUE {'h': 'p', 'r': 1}")


def _kept_items(aws: AwsClients, resources: Resources) -> None:
    db, table = aws.dynamodb, resources.table
    for name in ("run-1", "no-folder"):
        for number in range(4):
            item: Any = {"executionName": {"S": name}, "timestamp": {"S": f"t{number}"}, "userId": {"S": "u"}}
            db.put_item(TableName=table, Item={**item, "newValue": {"N": str(number)}})
        key: Any = {"executionName": {"S": name}, "timestamp": {"S": "t0"}}
        db.delete_item(TableName=table, Key=key)
        db.put_item(TableName=table, Item={**key, "again": {"BOOL": True}})
        db.delete_item(TableName=table, Key={**key, "timestamp": {"S": "t1"}})
        odd: Any = {"s": {"NS": ["1", "2"]}, "f": {"N": "0.1"}, "b": {"B": b"\x01"}}
        db.put_item(TableName=table, Item={**key, "timestamp": {"S": "t2"}, **odd})


_WRITES = (
    _versions_of_every_kind,
    _kept_items,
    *(
        pytest.param(one, marks=pytest.mark.slow)
        for one in (_unversioned_objects, _buckets, _parts, _presigned, _items)
    ),
)


@pytest.mark.parametrize("write", _WRITES, ids=lambda one: one.__name__)
def test_writes_of_every_kind_are_there_after_two_kills(home: HomeFolder, write: Any) -> None:
    """The second start reads the journal that the first has compacted."""
    (home.runs / "run-1").mkdir()
    with lasting_cloud(home) as (aws, resources):
        write(aws, resources)
        before = contents(aws)
    for _ in range(2):
        with lasting_cloud(home) as (aws, _):
            assert contents(aws) == before


@pytest.mark.slow
def test_an_upload_of_parts_goes_on_after_a_kill(home: HomeFolder) -> None:
    """Under the id that the client knows."""
    with lasting_cloud(home) as (aws, resources):
        where: Any = {"Bucket": resources.input_bucket, "Key": "parts"}
        upload = aws.s3.create_multipart_upload(**where)["UploadId"]
        etag = aws.s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"whole")["ETag"]
    parts: Any = {"Parts": [{"ETag": etag, "PartNumber": 1}]}
    with lasting_cloud(home) as (aws, resources):
        version = aws.s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload=parts)["VersionId"]
    with lasting_cloud(home) as (aws, resources):
        assert aws.s3.get_object(**where)["Body"].read() == b"whole"
        again = aws.s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload=parts)
        assert again["VersionId"] == version
        with pytest.raises(ClientError, match="NoSuchUpload"):
            aws.s3.list_parts(**where, UploadId=upload)
