"""`presign KEY`: a URL for one upload into a deployed stack's input bucket, for a sender without an AWS account."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from simulator.cli.commands.deployed.stack_options import REGION
from simulator.cli.exits import UsageError
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal

MOST_HOURS = 7 * 24
MOST_KEY_BYTES = 1024
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def presign_command(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The upload's key; it ends in .csv.")],
    bucket: Annotated[str, typer.Option("--bucket", help="The input bucket: the stack's output InputBucketName.")],
    hours: Annotated[
        int, typer.Option("--hours", min=1, max=MOST_HOURS, help="How long the URL is good; at most seven days.")
    ] = 12,
    region: Annotated[str, typer.Option("--region", help="The bucket's region.")] = REGION,
    json: Json = None,
) -> None:
    """Print a URL to which one file can be sent with PUT, signed with your AWS credentials (the AWS CLI's).

    Nothing is asked of AWS: whether the credentials may upload is found out by the upload. A URL ends with the
    credentials that signed it, if they end sooner.
    """
    with terminal(json=json) as term:
        url = _signed(key, bucket, hours, region)
        if json:
            term.document({"url": url, "method": "PUT", "hours": hours, "bucket": bucket, "key": key})
            return
        # As it is: a wrapped URL cannot be pasted.
        typer.echo(url)
        typer.echo(f"Good for {hours} h. The sender: curl --fail --upload-file FILE 'URL'", err=True)


def _signed(key: str, bucket: str, hours: int, region: str) -> str:
    """Return the URL.

    Raises:
        UsageError: the key would start no run, or nothing can be signed.
    """
    if not key.endswith(".csv"):
        raise UsageError(f"The key {key!r} does not end in .csv, in lower case: the upload would start no run.")
    if len(key.encode()) > MOST_KEY_BYTES:
        raise UsageError(f"The key has {len(key.encode())} bytes; S3 takes at most {MOST_KEY_BYTES}.")
    if not BUCKET.fullmatch(bucket):
        raise UsageError(f"{bucket!r} is not a bucket's name. Take the stack's output InputBucketName.")
    import boto3  # noqa: PLC0415 - loaded only if it is needed
    from botocore.config import Config  # noqa: PLC0415 - as above
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - as above

    try:
        client = boto3.Session().client(
            "s3",
            region_name=region,
            # Named, or the shell's endpoint (the local cloud's, after `env`) would be signed.
            endpoint_url=f"https://s3.{region}.amazonaws.com",
            config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}),
        )
        url: str = client.generate_presigned_url(
            "put_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=hours * 3600, HttpMethod="PUT"
        )
        return url  # noqa: TRY300 - the signing is what may fail
    except (BotoCoreError, ValueError, OSError) as error:
        raise UsageError(f"No URL can be signed: {str(error).rstrip('.')}. Try: aws sts get-caller-identity") from None
