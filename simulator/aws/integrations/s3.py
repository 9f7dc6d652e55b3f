"""`aws-sdk:s3:putObject`, `getObject`, `headObject` and `headBucket`, where boto3 or moto differ from AWS's SDK."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from simulator.aws.errors import ApiError
from simulator.aws.integrations.aws_action import AwsAction
from simulator.aws.integrations.shapes.dialect import S3_SDK

if TYPE_CHECKING:
    from botocore.client import BaseClient

    from simulator.aws.asl.runtime.ports import TaskRequest


class PutObject(AwsAction):
    """Writes `Body`, any JSON value, as JSON: a string too, in quotes (recorded by the ETags of five objects)."""

    def __init__(self, client: BaseClient) -> None:
        super().__init__(client, "putObject", S3_SDK, quoted=("Body",))

    def prepare(self, arguments: dict[str, Any], request: TaskRequest) -> None:
        """Ask for the checksum that the SDK sends if none is given."""
        del request
        if not any(name.startswith("Checksum") for name in arguments):
            arguments["ChecksumAlgorithm"] = "CRC32"

    def complete(self, result: dict[str, Any], arguments: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's shape
        """Add what S3 answers and moto does not: the object is encrypted, and its checksum covers all of it."""
        result.setdefault("ServerSideEncryption", "AES256")
        if any(name.startswith("Checksum") for name in result):
            result.setdefault("ChecksumType", "FULL_OBJECT")


class Head(AwsAction):
    """`headObject` or `headBucket`: what it does not find has no body to say so.

    AWS's SDK for Java makes of a 404 the exception that the other actions have, without a message.

    Args:
        client: S3's.
        action: headObject or headBucket.
        missing: the error code for what is not there: NoSuchKey or NoSuchBucket.
    """

    def __init__(self, client: BaseClient, action: str, missing: str) -> None:
        super().__init__(client, action, S3_SDK)
        self._missing = missing

    def failed(self, error: Exception) -> Exception:
        """Return the error that the SDK makes of it."""
        response = error.response if isinstance(error, ClientError) else {}
        metadata = response.get("ResponseMetadata", {})
        if metadata.get("HTTPStatusCode") != HTTPStatus.NOT_FOUND:
            return error
        request_id = metadata.get("RequestId")
        return ApiError(self._missing, "null", status=HTTPStatus.NOT_FOUND, request_id=request_id)


class GetObject(AwsAction):
    """Reads an object; `Body` is its text.

    Recorded on AWS: an object that was put with a key and a body only has exactly the fields AcceptRanges, Body,
    ContentLength, ContentType, ETag, LastModified, Metadata and ServerSideEncryption.
    """

    def __init__(self, client: BaseClient) -> None:
        super().__init__(client, "getObject", S3_SDK)

    def complete(self, result: dict[str, Any], arguments: dict[str, Any]) -> None:
        """Add the encryption, and take out the checksums that boto3 asked for and the Task did not."""
        result.setdefault("ServerSideEncryption", "AES256")
        if arguments.get("ChecksumMode") != "ENABLED":
            for name in [name for name in result if name.startswith("Checksum")]:
                del result[name]
