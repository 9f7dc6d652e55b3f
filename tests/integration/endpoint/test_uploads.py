"""Each way to store an object: its event is known before the client hears of it."""

from __future__ import annotations

import base64
import hashlib
import io
import time
import zlib
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from urllib3 import PoolManager, encode_multipart_formdata

from tests.integration.endpoint.conftest import Served

KEY = "uploads/日本 a+b%2F.csv"
PART = 5 * 2**20


@pytest.fixture
def bucket(served: Served) -> str:
    """Return a bucket with versions."""
    return served.aws.resources.input_bucket


def _http(method: str, url: str, body: bytes = b"", **headers: str) -> Any:
    return PoolManager(retries=False).request(
        method, url, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def test_put_object(served: Served, bucket: str) -> None:
    """The event has what the client is answered."""
    s3 = served.client("s3")
    put = s3.put_object(Bucket=bucket, Key=KEY, Body=b"hello", Metadata={"who": "me"})
    (created,) = served.created
    assert (created.bucket, created.key, created.size, created.reason) == (bucket, KEY, 5, "PutObject")
    assert (created.version_id, f'"{created.etag}"') == (put["VersionId"], put["ETag"])
    assert created.request_id == put["ResponseMetadata"]["RequestId"]
    assert created.source_ip == "127.0.0.1"
    stored = s3.get_object(Bucket=bucket, Key=KEY)
    assert (stored["Body"].read(), stored["Metadata"]) == (b"hello", {"who": "me"})


def test_a_multipart_upload_is_one_object(served: Served, bucket: str) -> None:
    """Its parts are none; in a bucket without versions, too."""
    s3 = served.client("s3")
    s3.create_bucket(Bucket="plain-bucket", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    config = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART)
    for name in (bucket, "plain-bucket"):
        s3.upload_fileobj(io.BytesIO(bytes(2 * PART + 1)), name, "big", Config=config)
    versioned, plain = served.created
    assert (versioned.reason, versioned.size) == ("CompleteMultipartUpload", 2 * PART + 1)
    assert versioned.version_id == s3.head_object(Bucket=bucket, Key="big")["VersionId"]
    assert (plain.size, plain.version_id, plain.etag) == (2 * PART + 1, None, versioned.etag)
    assert plain.etag.endswith("-3")


def test_a_copy_is_an_object(served: Served, bucket: str) -> None:
    """With its own size and version; a copied part of an upload is none."""
    s3 = served.client("s3")
    s3.put_object(Bucket=bucket, Key="from", Body=b"12345")
    copied = s3.copy_object(Bucket=bucket, Key="to", CopySource={"Bucket": bucket, "Key": "from"})
    created = served.created[-1]
    assert (created.key, created.reason, created.size) == ("to", "CopyObject", 5)
    assert created.version_id == copied["VersionId"]
    upload = s3.create_multipart_upload(Bucket=bucket, Key="x")["UploadId"]
    source = {"Bucket": bucket, "Key": "from"}
    s3.upload_part_copy(Bucket=bucket, Key="x", UploadId=upload, PartNumber=1, CopySource=source)
    assert len(served.created) == 2


def test_a_presigned_put_needs_nothing_else(served: Served, bucket: str) -> None:
    """As long as it is valid."""
    s3 = served.client("s3")
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": KEY})
    assert _http("PUT", url, b"abc").status == 200
    assert [(one.key, one.size, one.reason) for one in served.created] == [(KEY, 3, "PutObject")]
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": KEY}, ExpiresIn=-1)
    refused = _http("PUT", url, b"abc")
    assert (refused.status, b"Request has expired" in refused.data) == (403, True)
    assert len(served.created) == 1


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("body", ["ユーザーID,1\n".encode(), b"Action=SendMessage&Version=2012-11-05", b"\xff=\xfe"])
def test_a_body_that_calls_itself_a_form_is_stored_as_it_is(
    served: Served, bucket: str, kind: str, body: bytes
) -> None:
    """Tools such as curl call every body one; presigned or signed."""
    s3 = served.client("s3")
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": KEY})
    assert _http("PUT", url, body, Content_Type=kind).status == 200
    s3.put_object(Bucket=bucket, Key="signed", Body=body, ContentType=kind)
    for key in (KEY, "signed"):
        stored = s3.get_object(Bucket=bucket, Key=key)
        assert (stored["Body"].read(), stored["ContentType"]) == (body, kind)


def test_an_upload_that_does_not_exist_is_an_error_of_s3(served: Served, bucket: str) -> None:
    """The engine fails at it."""
    s3 = served.client("s3")
    parts = {"Parts": [{"PartNumber": 1, "ETag": '"x"'}]}
    with pytest.raises(s3.exceptions.NoSuchUpload):
        s3.upload_part(Bucket=bucket, Key=KEY, UploadId="none", PartNumber=1, Body=b"x")
    with pytest.raises(s3.exceptions.NoSuchUpload):
        s3.complete_multipart_upload(Bucket=bucket, Key=KEY, UploadId="none", MultipartUpload=parts)
    assert served.created == []


@pytest.mark.engine_differs("roto", reason="it takes no completion twice")
def test_an_upload_is_only_good_for_its_own_key(served: Served, bucket: str) -> None:
    """And a completion that comes twice stores nothing more, so that it has one event."""
    s3 = served.client("s3")
    upload = s3.create_multipart_upload(Bucket=bucket, Key=KEY)["UploadId"]
    etag = s3.upload_part(Bucket=bucket, Key=KEY, UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
    parts: Any = {"UploadId": upload, "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": etag}]}}
    with pytest.raises(s3.exceptions.NoSuchUpload):
        s3.complete_multipart_upload(Bucket=bucket, Key="other", **parts)
    with pytest.raises(s3.exceptions.NoSuchUpload):
        s3.upload_part(Bucket=bucket, Key="other", UploadId=upload, PartNumber=1, Body=b"y")
    with pytest.raises(s3.exceptions.NoSuchUpload):
        s3.abort_multipart_upload(Bucket=bucket, Key="other", UploadId=upload)
    done = [s3.complete_multipart_upload(Bucket=bucket, Key=KEY, **parts)["VersionId"] for _ in range(2)]
    assert done[0] == done[1]
    assert [(one.key, one.size) for one in served.created] == [(KEY, 1)]


def test_a_presigned_completion_that_is_not_xml_is_an_error_of_s3(served: Served, bucket: str) -> None:
    """In S3's own form, though urllib and curl call the body a form."""
    s3 = served.client("s3")
    upload = s3.create_multipart_upload(Bucket=bucket, Key=KEY)["UploadId"]
    named = {"Bucket": bucket, "Key": KEY, "UploadId": upload}
    url = s3.generate_presigned_url("complete_multipart_upload", Params=named)
    answer = _http("POST", url, b"<a", Content_Type="application/x-www-form-urlencoded")
    assert answer.status == 400
    assert b"<Error><Code>MalformedXML</Code>" in answer.data
    assert b"ErrorResponse" not in answer.data
    assert served.created == []


def test_a_part_of_a_missing_object_is_an_error_that_says_so(served: Served, bucket: str) -> None:
    """The engine, moto, answers a bare 404."""
    s3 = served.client("s3")
    upload = s3.create_multipart_upload(Bucket=bucket, Key=KEY)["UploadId"]
    source = {"Bucket": bucket, "Key": "missing"}
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.upload_part_copy(Bucket=bucket, Key=KEY, UploadId=upload, PartNumber=1, CopySource=source)
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.copy_object(Bucket=bucket, Key=KEY, CopySource=source)
    assert served.created == []


def _post(served: Served, bucket: str, content: bytes, *, key: str = "in/${filename}", **fields: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    conditions: list[Any] = [{name: value} for name, value in named.items()]
    post = served.client("s3").generate_presigned_post(
        bucket, key, Fields=named, Conditions=[*conditions, ["content-length-range", 1, 2_000_000]]
    )
    body, kind = encode_multipart_formdata([*post["fields"].items(), ("file", ("a b.csv", content, "text/html"))])
    return PoolManager(retries=False).request(
        "POST", post["url"], body=body, headers={"Content-Type": kind}, redirect=False
    )


@pytest.mark.parametrize("size", [1, 2_000_000])
def test_a_presigned_post_stores_an_object(served: Served, bucket: str, size: int) -> None:
    """In memory or not; the fields before the file describe it."""
    answer = _post(served, bucket, b"x" * size, Content_Type="text/csv", x_amz_meta_who="me")
    assert answer.status == 204
    (created,) = served.created
    assert (created.key, created.size, created.reason) == ("in/a b.csv", size, "POST Object")
    head = served.client("s3").head_object(Bucket=bucket, Key="in/a b.csv")
    assert (head["ContentType"], head["Metadata"], head["ContentLength"]) == ("text/csv", {"who": "me"}, size)
    assert head["VersionId"] == created.version_id == answer.headers["x-amz-version-id"]
    assert head["ETag"] == answer.headers["ETag"]


def test_a_form_says_how_it_wants_to_be_answered(served: Served, bucket: str) -> None:
    """With XML, or sent on to another page."""
    url = f"{served.url}/{bucket}"
    for fields, status in (
        ({"success_action_status": "201"}, 201),
        ({"success_action_status": "200"}, 200),
        ({"success_action_status": "404"}, 204),
        ({"success_action_redirect": "http://localhost:1/done?a=1"}, 303),
    ):
        body, kind = encode_multipart_formdata([("key", "k"), *fields.items(), ("file", ("f", b"abc", "text/csv"))])
        answer = PoolManager(retries=False).request(
            "POST", url, body=body, headers={"Content-Type": kind}, redirect=False
        )
        assert answer.status == status
        if status == 201:
            assert b"<Key>k</Key>" in answer.data
        if status == 303:
            assert answer.headers["Location"].startswith(f"http://localhost:1/done?a=1&bucket={bucket}&key=k&etag=")


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([("file", ("f", b"abc", "text/csv"))], b"Bucket POST must contain a field named 'key'"),
        ([("key", "k")], b"POST requires exactly one file upload per request."),
        ([("key", "k" * 30_000), ("file", ("f", b"", "text/csv"))], b"MaxPostPreDataLengthExceeded"),
    ],
)
def test_a_form_that_is_not_complete_is_refused(
    served: Served, bucket: str, parts: list[tuple[str, Any]], code: bytes
) -> None:
    """And stores nothing."""
    body, kind = encode_multipart_formdata(parts)
    answer = _http("POST", f"{served.url}/{bucket}", body, Content_Type=kind)
    assert (answer.status, code in answer.data) == (400, True), answer.data
    assert served.created == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"garbage", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\nno name\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=key\r\n\r\nk\r\n--x", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename=f\r\n\r\nhalf',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_a_form_that_is_none_is_refused(served: Served, bucket: str, body: bytes, kind: str) -> None:
    """Without a traceback, and without an object."""
    answer = _http("POST", f"{served.url}/{bucket}", body, Content_Type=kind)
    assert (answer.status, b"<Error>" in answer.data) == (400, True), answer.data
    assert served.created == []


def test_what_stores_no_object_has_no_event(served: Served, bucket: str) -> None:
    """Tags, a refused upload, a bucket that does not exist, and a deletion."""
    s3 = served.client("s3")
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    s3.put_object_tagging(Bucket=bucket, Key="a", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=bucket, Key="a", Body=b"2", IfNoneMatch="*")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.put_object(Bucket="no-such-bucket", Key="a", Body=b"2")
    s3.delete_object(Bucket=bucket, Key="a")
    assert len(served.created) == 1


def test_chunks_of_newer_clients_are_taken_apart(served: Served, bucket: str) -> None:
    """Java, Go, JavaScript and the second AWS CLI send them."""
    crc = base64.b64encode(zlib.crc32(b"hello").to_bytes(4, "big")).decode()
    url = f"{served.url}/{bucket}/chunked"
    headers = {
        "Content_Encoding": "aws-chunked",
        "x_amz_content_sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x_amz_decoded_content_length": "5",
        "x_amz_trailer": "x-amz-checksum-crc32",
    }
    body = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n"
    assert _http("PUT", url, body % crc.encode(), **headers).status == 200
    stored = served.client("s3").get_object(Bucket=bucket, Key="chunked")
    assert (stored["Body"].read(), stored.get("ContentEncoding")) == (b"hello", None)
    assert [one.size for one in served.created] == [5]
    refused = _http("PUT", url, body % b"AAAAAA==", **headers)
    assert (refused.status, b"BadDigest" in refused.data) == (400, True)
    assert len(served.created) == 1


@pytest.mark.parametrize(
    ("header", "right", "wrong"),
    [
        ("Content_MD5", base64.b64encode(hashlib.md5(b"hi", usedforsecurity=False).digest()).decode(), "AAAA"),
        ("x_amz_content_sha256", hashlib.sha256(b"hi").hexdigest(), "0" * 64),
        ("x_amz_checksum_sha256", base64.b64encode(hashlib.sha256(b"hi").digest()).decode(), "AAAA"),
    ],
)
def test_a_body_that_was_changed_on_its_way_is_refused(
    served: Served, bucket: str, header: str, right: str, wrong: str
) -> None:
    """The client says what it has sent."""
    url = f"{served.url}/{bucket}/digest"
    assert _http("PUT", url, b"hi", **{header: right}).status == 200
    assert _http("PUT", url, b"hi", **{header: wrong}).status == 400
    assert len(served.created) == 1


def test_a_bucket_may_be_named_by_the_host(served: Served, bucket: str) -> None:
    """`bucket.localhost`, as many tools write it."""
    port = served.url.rpartition(":")[2]
    assert _http("PUT", f"{served.url}/deep/key", b"abc", Host=f"{bucket}.localhost:{port}").status == 200
    assert [(one.bucket, one.key) for one in served.created] == [(bucket, "deep/key")]
    assert served.client("s3").get_object(Bucket=bucket, Key="deep/key")["Body"].read() == b"abc"


def test_keys_arrive_as_they_are(served: Served, bucket: str) -> None:
    """Dots, slashes, signs that mean something in a URL."""
    s3 = served.client("s3", s3={"addressing_style": "path"})
    keys = [
        "a//b",
        "../up",
        "./x",
        "q?x=1#f",
        "100%25.csv",
        "plus+space ",
        "日本語/ファイル.csv",
        "tilde~'(!*)",
        "a\nb",
    ]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() == key
    assert [one.key for one in served.created] == keys


def test_an_event_that_cannot_be_sent_is_not_hidden(served: Served, bucket: str) -> None:
    """The client is not told that all is well."""
    served.fail = True
    with pytest.raises(ClientError, match="its event could not be sent"):
        served.client("s3").put_object(Bucket=bucket, Key="a", Body=b"1")


def test_answers_of_s3_pass_unchanged(served: Served, bucket: str) -> None:
    """HEAD, ranges, conditions, compressed bodies, paging and S3's errors."""
    s3 = served.client("s3")
    for number in range(5):
        s3.put_object(Bucket=bucket, Key=f"k{number}", Body=b"0123456789", ContentEncoding="gzip")
    assert s3.head_object(Bucket=bucket, Key="k0")["ContentLength"] == 10
    part = s3.get_object(Bucket=bucket, Key="k0", Range="bytes=2-4")
    assert (part["Body"].read(), part["ContentRange"], part["ContentEncoding"]) == (b"234", "bytes 2-4/10", "gzip")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 2})
    assert [one["Key"] for page in pages for one in page["Contents"]] == [f"k{number}" for number in range(5)]
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=bucket, Key="none")
    with pytest.raises(ClientError) as missing:
        s3.head_object(Bucket=bucket, Key="none")
    assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    s3.get_waiter("object_exists").wait(Bucket=bucket, Key="k0")
    assert _http("GET", f"{served.url}/{bucket}/k0").status == 403  # not signed, and not public


@pytest.mark.parametrize("path", ["/moto-api/reset", "/%6Doto-api/reset", "/simulator/restore", "/latest/api/token"])
def test_the_engines_own_paths_are_closed(served: Served, bucket: str, path: str) -> None:
    """Nobody empties the cloud by an S3 request."""
    served.client("s3").put_object(Bucket=bucket, Key="a", Body=b"1")
    assert _http("POST", f"{served.url}{path}").status == 400
    assert served.client("s3").get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"


def test_what_moto_does_not_know_is_not_taken_for_something_else(served: Served, bucket: str) -> None:
    """Moto would answer with the bucket's list."""
    with pytest.raises(ClientError, match=r"NotImplemented.*with '\?metrics' is not simulated"):
        served.client("s3").get_bucket_metrics_configuration(Bucket=bucket, Id="x")


def test_the_answer_does_not_wait_for_anything_else(served: Served, bucket: str) -> None:
    """A small upload takes milliseconds (here: 50 of them within 5 seconds on a busy machine)."""
    s3 = served.client("s3")
    began = time.monotonic()
    for number in range(50):
        s3.put_object(Bucket=bucket, Key=str(number), Body=b"x")
    assert time.monotonic() - began < 5
    assert len({one.request_id for one in served.created}) == 50


def test_large_objects_pass_in_pieces(served: Served, bucket: str) -> None:
    """Their first bytes are there at once, and a client that reads slowly or leaves keeps nobody waiting."""
    s3 = served.client("s3")
    content = bytes(range(256)) * (20 * 4096)
    s3.put_object(Bucket=bucket, Key="large", Body=content)
    assert s3.get_object(Bucket=bucket, Key="large")["Body"].read() == content
    slow = [s3.get_object(Bucket=bucket, Key="large")["Body"] for _ in range(15)]
    assert all(body.read(10) == content[:10] for body in slow)
    s3.put_object(Bucket=bucket, Key="small", Body=b"x")
    for body in slow[1:]:
        body.close()
    assert slow[0].read() == content[10:]
    part = s3.get_object(Bucket=bucket, Key="large", Range="bytes=5000000-")["Body"].read()
    assert part == content[5_000_000:]
