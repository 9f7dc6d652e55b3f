"""The map that every peer runs: five at a time, each child a Pass state that does nothing."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

import boto3

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS: Final = 3
"""After one that warms up."""
LONGEST: Final = 120.0
REGION: Final = "ap-northeast-1"
BUCKET: Final = "peers"
_ROLE: Final = "arn:aws:iam::123456789012:role/peers"
_POLL: Final = 0.005


class NotRun(Exception):
    """A peer does not run the map; the message says why."""


def items(count: int) -> list[dict[str, str]]:
    """Return the items of a map."""
    return [{"id": f"U{index:05}", "count": str(index % 90)} for index in range(count)]


def csv(count: int) -> str:
    """Return the same items as a file."""
    return "".join(f"{line}\n" for line in ("id,count", *(",".join(item.values()) for item in items(count))))


def definition(config: dict[str, str], key: str | None) -> dict[str, Any]:
    """Return the state machine.

    Args:
        config: its ProcessorConfig.
        key: the file with the items; None for the items of the input.
    """
    read: dict[str, Any] = {"ItemsPath": "$.items"}
    if key is not None:
        read = {
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
                "Parameters": {"Bucket": BUCKET, "Key": key},
            }
        }
    child = {"ProcessorConfig": config, "StartAt": "Nothing", "States": {"Nothing": {"Type": "Pass", "End": True}}}
    return {
        "StartAt": "Map",
        "States": {"Map": {"Type": "Map", "MaxConcurrency": 5, **read, "ItemProcessor": child, "End": True}},
    }


INLINE: Final = {"Mode": "INLINE"}
EXPRESS: Final = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
STANDARD: Final = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}


def clients(url: str) -> Callable[[str], Any]:
    """Return what makes the clients of an endpoint."""
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
    return lambda service: session.client(service, endpoint_url=url)


def seconds_of(url: str, config: dict[str, str], count: int) -> list[float]:
    """Run the map through the APIs of an endpoint, and return the seconds of each round, from start to end.

    Raises:
        NotRun: it is refused, fails, or takes too long.
    """
    client = clients(url)
    s3, functions = client("s3"), client("stepfunctions")
    name = f"map-{config.get('ExecutionType', 'inline').lower()}-{count}"
    key = None if config is INLINE else f"{count}.csv"
    if key is not None:
        if BUCKET not in (bucket["Name"] for bucket in s3.list_buckets()["Buckets"]):
            s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=BUCKET, Key=key, Body=csv(count).encode())
    given = json.dumps({"items": items(count)} if key is None else {})
    try:
        made = functions.create_state_machine(name=name, definition=json.dumps(definition(config, key)), roleArn=_ROLE)
    except functions.exceptions.ClientError as error:
        raise NotRun(str(error)) from error
    found = [
        _round(functions, made["stateMachineArn"], f"round-{number}", given, count) for number in range(ROUNDS + 1)
    ]
    return found[1:]


def _round(functions: Any, machine: str, name: str, given: str, count: int) -> float:
    began = time.perf_counter()
    execution = functions.start_execution(stateMachineArn=machine, name=name, input=given)["executionArn"]
    while True:
        shown = functions.describe_execution(executionArn=execution)
        seconds = time.perf_counter() - began
        if shown["status"] != "RUNNING" and (shown["status"] != "SUCCEEDED" or "output" in shown):
            break  # moto says SUCCEEDED a moment before it has the output
        if seconds > LONGEST:
            raise NotRun(f"it takes longer than {LONGEST:g} s")
        time.sleep(_POLL)
    if shown["status"] != "SUCCEEDED" or len(json.loads(shown["output"])) != count:
        raise NotRun(f"{shown['status']} {shown.get('error', '')}: {shown.get('cause', '')}")
    return seconds
