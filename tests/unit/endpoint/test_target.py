"""Which object an S3 request is about, and whether it stores one."""

from __future__ import annotations

import pytest

from simulator.aws.endpoint.s3.target import S3Target, stores


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("localhost", "/", ("/", "", "")),
        ("localhost", "/bucket", ("/bucket", "bucket", "")),
        ("localhost", "/bucket/", ("/bucket/", "bucket", "")),
        ("localhost", "/bucket/a/b%20c%2Bd", ("/bucket/a/b%20c%2Bd", "bucket", "a/b c+d")),
        ("127.0.0.1", "/bucket/a+b//..", ("/bucket/a+b//..", "bucket", "a+b//..")),
        ("bucket.localhost", "/key", ("/bucket/key", "bucket", "key")),
        ("my.bucket.s3.localhost", "/", ("/my.bucket/", "my.bucket", "")),
        ("bucket.s3.ap-northeast-1.localhost", "/bucket/key", ("/bucket/bucket/key", "bucket", "bucket/key")),
        ("bucket.s3-ap-northeast-1.localhost", "/k", ("/bucket/k", "bucket", "k")),
        ("s3.localhost", "/bucket/key", ("/bucket/key", "bucket", "key")),
        ("localhost", "/bucket/%E6%97%A5", ("/bucket/%E6%97%A5", "bucket", "日")),
    ],
)
def test_host_and_path_name_an_object(host: str, path: str, expected: tuple[str, str, str]) -> None:
    """In path style and in virtual-hosted style."""
    target = S3Target.of(host, path)
    assert (target.path, target.bucket, target.key) == expected


OBJECT = S3Target.of("localhost", "/bucket/key")


@pytest.mark.parametrize(
    ("method", "parameters", "headers", "reason"),
    [
        ("PUT", [], {}, "PutObject"),
        ("PUT", ["x-id", "X-Amz-Signature"], {}, "PutObject"),
        ("PUT", [], {"x-amz-copy-source": "/a/b"}, "CopyObject"),
        ("POST", ["uploadId"], {}, "CompleteMultipartUpload"),
        ("PUT", ["uploadId", "partNumber"], {}, None),
        ("PUT", ["uploadId", "partNumber"], {"x-amz-copy-source": "/a/b"}, None),
        ("POST", ["uploads"], {}, None),
        ("PUT", ["tagging"], {}, None),
        ("PUT", ["acl"], {}, None),
        ("PUT", ["legal-hold"], {}, None),
        ("PUT", ["retention"], {}, None),
        ("POST", ["restore"], {}, None),
        ("POST", ["select", "select-type"], {}, None),
        ("DELETE", [], {}, None),
        ("GET", [], {}, None),
        ("DELETE", ["uploadId"], {}, None),
    ],
)
def test_some_requests_store_an_object(
    method: str, parameters: list[str], headers: dict[str, str], reason: str | None
) -> None:
    """A part of an upload, tags and access rules are not objects."""
    assert stores(method, OBJECT, parameters, headers) == reason


def test_a_bucket_is_not_an_object() -> None:
    """PUT /bucket makes a bucket."""
    assert stores("PUT", S3Target.of("localhost", "/bucket/"), [], {}) is None
