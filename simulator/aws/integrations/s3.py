"""`aws-sdk:s3:putObject` and `aws-sdk:s3:getObject`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
