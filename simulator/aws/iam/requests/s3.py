"""S3: the actions that a request needs.

Service authorization reference, "Actions, resources, and condition keys for Amazon S3"; S3 user guide, "Required
permissions for Amazon S3 API operations".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote

from simulator.aws.iam.call import MULTIPART, Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HEADERS: Final = (
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-acl",
    "x-amz-storage-class",
    "x-amz-copy-source",
    "x-amz-metadata-directive",
)
_PARAMETERS: Final = {"prefix": "s3:prefix", "delimiter": "s3:delimiter", "max-keys": "s3:max-keys"}
# What a sub-resource is called in an action, after the verb: of an object, and of a bucket.
_OBJECT: Final = {
    "acl": "ObjectAcl",
    "attributes": "ObjectAttributes",
    "legal-hold": "ObjectLegalHold",
    "retention": "ObjectRetention",
    "tagging": "ObjectTagging",
    "torrent": "ObjectTorrent",
}
_BUCKET: Final = {
    "accelerate": "AccelerateConfiguration",
    "acl": "BucketAcl",
    "cors": "BucketCORS",
    "encryption": "EncryptionConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "notification": "BucketNotification",
    "object-lock": "BucketObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "replication": "ReplicationConfiguration",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
_VERSIONED: Final = ("Acl", "Tagging", "Attributes")
_VERBS: Final = {"GET": "Get", "HEAD": "Get", "PUT": "Put", "DELETE": "Delete", "POST": "Put"}
_DELETED = re.compile(rb"<Key>(?P<key>[^<]*)</Key>(\s*<VersionId>(?P<version>[^<]*)</VersionId>)?")


def s3_calls(caller: str, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Iterator[Call]:
    """Return the actions that a request needs, as calls.

    Args:
        caller: who asks.
        method: of the request line.
        target: path and query of the request line, percent-encoded.
        headers: the request's, by their names in lower case.
        body: of a request that deletes several objects.
    """
    path, _, query = target.partition("?")
    parameters = dict(parse_qsl(query, keep_blank_values=True))
    bucket, _, key = unquote(path.lstrip("/")).partition("/")
    context = {f"s3:{name}": headers[name] for name in _HEADERS if name in headers}
    arn = f"arn:aws:s3:::{bucket}"
    if not bucket:
        yield Call(caller=caller, action="s3:ListAllMyBuckets", resource="*")
    elif key:
        arn = f"{arn}/{key}"
        for action in _object_actions(method, parameters, headers):
            given = {**context, MULTIPART: "true"} if {"uploads", "uploadId"} & set(parameters) else context
            if "versionId" in parameters:
                given = {**given, "s3:versionid": parameters["versionId"]}
            yield Call(caller=caller, action=action, resource=arn, context=given)
        yield from _source(caller, headers)
    elif method == "POST" and "delete" in parameters:
        for found in _DELETED.finditer(body):
            action = "s3:DeleteObjectVersion" if found["version"] else "s3:DeleteObject"
            yield Call(caller=caller, action=action, resource=f"{arn}/{found['key'].decode(errors='replace')}")
    else:
        listed = {name: parameters[one] for one, name in _PARAMETERS.items() if one in parameters}
        yield Call(caller=caller, action=_bucket_action(method, parameters), resource=arn, context=listed)


def _object_actions(method: str, parameters: Mapping[str, str], headers: Mapping[str, str]) -> list[str]:
    verb = _VERBS.get(method, method.title())
    version = "Version" if "versionId" in parameters else ""
    part = next((_OBJECT[one] for one in parameters if one in _OBJECT), None)
    if part is not None:
        middle = part.replace("Object", "ObjectVersion") if version and part.endswith(_VERSIONED) else part
        return [f"s3:{verb}{middle}"]
    if method in {"GET", "HEAD"}:
        return ["s3:ListMultipartUploadParts"] if "uploadId" in parameters else [f"s3:GetObject{version}"]
    if method == "DELETE":
        return ["s3:AbortMultipartUpload"] if "uploadId" in parameters else [f"s3:DeleteObject{version}"]
    if "restore" in parameters:
        return ["s3:RestoreObject"]
    found = ["s3:PutObject"]
    if "x-amz-tagging" in headers:
        found.append("s3:PutObjectTagging")
    if any(name == "x-amz-acl" or name.startswith("x-amz-grant-") for name in headers):
        found.append("s3:PutObjectAcl")
    return found


def _source(caller: str, headers: Mapping[str, str]) -> Iterator[Call]:
    """Return the reading of the object that a request copies."""
    source = headers.get("x-amz-copy-source")
    if source is not None:
        path, _, version = unquote(source).lstrip("/").partition("?versionId=")
        action = "s3:GetObjectVersion" if version else "s3:GetObject"
        yield Call(caller=caller, action=action, resource=f"arn:aws:s3:::{path}")


def _bucket_action(method: str, parameters: Mapping[str, str]) -> str:
    part = next((_BUCKET[one] for one in parameters if one in _BUCKET), None)
    if part is not None:
        verb = (
            "Get" if method in {"GET", "HEAD"} else "Delete" if (method, part) == ("DELETE", "BucketPolicy") else "Put"
        )
        return f"s3:{verb}{part}"
    if method == "PUT":
        return "s3:CreateBucket"
    if method == "DELETE":
        return "s3:DeleteBucket"
    if "versions" in parameters:
        return "s3:ListBucketVersions"
    return "s3:ListBucketMultipartUploads" if "uploads" in parameters else "s3:ListBucket"
