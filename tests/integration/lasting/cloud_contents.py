"""A lasting moto that is killed and started again, and everything that a client sees in it."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from simulator.aws.engine.clients import aws_clients
from simulator.aws.engine.server import EngineServer
from simulator.pipeline.provisioning import provision
from simulator.pipeline.servers import engine_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.aws.engine.clients import AwsClients
    from simulator.pipeline.provisioning import Resources
    from simulator.pipeline.settings import HomeFolder

_VERSION_FIELDS = ("Key", "VersionId", "ETag", "IsLatest", "LastModified")
_OBJECT_FIELDS = (
    *("ContentType", "Metadata", "ETag", "LastModified", "ContentLength", "CacheControl", "ContentEncoding"),
    *("StorageClass", "ChecksumCRC32", "TagCount"),
)


@contextmanager
def lasting_cloud(home: HomeFolder) -> Iterator[tuple[AwsClients, Resources]]:
    """Start moto over a home, and kill it at the end with SIGKILL."""
    with EngineServer(engine_options(home, lasting=True)) as server:
        clients = aws_clients(server.url)
        try:
            yield clients, provision(clients)
        finally:
            os.kill(server.pid, signal.SIGKILL)
            clients.close()


def contents(aws: AwsClients) -> dict[str, Any]:
    """Return what a client sees of S3 and DynamoDB."""
    buckets = {bucket["Name"]: bucket["CreationDate"] for bucket in aws.s3.list_buckets()["Buckets"]}
    return {
        "buckets": {name: (made, _bucket(aws, name)) for name, made in buckets.items()},
        "tables": {name: _table(aws, name) for name in aws.dynamodb.list_tables()["TableNames"]},
    }


def _bucket(aws: AwsClients, bucket: str) -> dict[str, Any]:
    versions: list[Any] = []
    for page in aws.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        markers = [{**entry, "ETag": "marker"} for entry in page.get("DeleteMarkers", [])]
        versions += [tuple(entry[name] for name in _VERSION_FIELDS) for entry in (*page.get("Versions", []), *markers)]
    found = {}
    for key, version, etag, *_ in versions:
        if etag == "marker":
            continue
        which: dict[str, str] = {"Bucket": bucket, "Key": key}
        if version != "null":
            which["VersionId"] = version
        got = aws.s3.get_object(**which)
        found[key, version] = (
            got["Body"].read(),
            {name: got.get(name) for name in _OBJECT_FIELDS},
            sorted((tag["Key"], tag["Value"]) for tag in aws.s3.get_object_tagging(**which)["TagSet"]),
        )
    uploads = aws.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    parts = {
        one["UploadId"]: [
            (part["PartNumber"], part["ETag"], part["Size"])
            for part in aws.s3.list_parts(Bucket=bucket, Key=one["Key"], UploadId=one["UploadId"]).get("Parts", [])
        ]
        for one in uploads
    }
    return {
        "versions": versions,
        "objects": found,
        "versioning": aws.s3.get_bucket_versioning(Bucket=bucket).get("Status"),
        "uploads": parts,
    }


def _table(aws: AwsClients, table: str) -> dict[str, Any]:
    described = aws.dynamodb.describe_table(TableName=table)["Table"]
    items = [item for page in aws.dynamodb.get_paginator("scan").paginate(TableName=table) for item in page["Items"]]
    keys = [part["AttributeName"] for part in described["KeySchema"]]
    return {
        "keys": described["KeySchema"],
        "items": {str([item[key] for key in keys]): _sorted_sets(item) for item in items},
        "count": len(items),
    }


def _sorted_sets(item: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {kind: sorted(value) if kind in ("SS", "NS", "BS") else value for kind, value in typed.items()}
        for name, typed in item.items()
    }
