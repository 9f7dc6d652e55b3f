"""The table FileGate: which executions have their turn, and which files wait for theirs.

All items share one partition: `#turns` holds the set of executions that have their turn, every other item is a file
that waits, and the sort key is the order of arrival. Each change is one conditional write, so no lock is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

_PARTITION = {"S": "files"}
_TURNS = {"gate": _PARTITION, "place": {"S": "#turns"}}
_REFUSED = "ConditionalCheckFailedException"
SEQUENCER_DIGITS = 32
FIRST = 20
"""So many of the files that wait are read beside the turns: a decision needs only those at the front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFile:
    """A file that waits.

    Args:
        place: its sort key, by which the files are ordered: see `place_of`.
        execution_arn: its execution.
        token: what SendTaskSuccess answers it with.
        since: when it asked first, in seconds since 1970.
    """

    place: str
    execution_arn: str
    token: str
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the gate stands: the executions that have their turn, and the first files that wait, in their order."""

    turns: frozenset[str]
    waiting: tuple[WaitingFile, ...]


def place_of(uploaded_at: str, sequencer: str, execution_arn: str) -> str:
    """Return a file's place: by the upload event's time, then by S3's sequencer.

    S3 events tell the time in whole seconds. A sequencer is a hexadecimal number of any length.
    """
    return f"{uploaded_at}#{sequencer.upper().rjust(SEQUENCER_DIGITS, '0')}#{execution_arn}"


class Turns:
    """Reads and changes the table. Each method raises ClientError if DynamoDB does not do it.

    Args:
        dynamodb: the client.
        table: the table's name.
    """

    def __init__(self, dynamodb: DynamoDBClient, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def standing(self, max_files: int) -> Standing:
        """Return how the gate stands, with more files than can have their turn."""
        items = self._dynamodb.query(**self._all(), Limit=1 + max_files + FIRST)["Items"]
        turns: frozenset[str] = frozenset()
        waiting: list[WaitingFile] = []
        for item in items:
            if item["place"] == _TURNS["place"]:
                turns = frozenset(item.get("executions", {}).get("SS", ()))
            else:
                waiting.append(_file(item))
        return Standing(turns=turns, waiting=tuple(waiting))

    def waiting_of(self, execution_arn: str) -> Iterator[WaitingFile]:
        """Yield the places that an execution waits at: one at most, unless it was given other times by hand."""
        pages = self._dynamodb.get_paginator("query").paginate(
            **self._all({":arn": {"S": execution_arn}}), FilterExpression="executionArn = :arn"
        )
        for page in pages:
            yield from map(_file, page["Items"])

    def wait(self, file: WaitingFile) -> None:
        """Let a file wait; one that waits already is answered by its newest token, and keeps its `since`."""
        self._dynamodb.update_item(
            TableName=self._table,
            Key=_key(file),
            UpdateExpression="SET executionArn = :arn, taskToken = :token, since = if_not_exists(since, :now)",
            ExpressionAttributeValues={
                ":arn": {"S": file.execution_arn},
                ":token": {"S": file.token},
                ":now": {"N": str(file.since)},
            },
        )

    def forget(self, file: WaitingFile) -> None:
        """Let a file wait no more, unless it has asked again with another token since it was read."""
        self._conditionally(
            self._dynamodb.delete_item,
            Key=_key(file),
            ConditionExpression="taskToken = :token",
            ExpressionAttributeValues={":token": {"S": file.token}},
        )

    def take(self, execution_arn: str, max_files: int) -> bool:
        """Give an execution its turn if fewer than `max_files` have theirs; return whether it was given now."""
        return self._conditionally(
            self._dynamodb.update_item,
            Key=_TURNS,
            UpdateExpression="ADD executions :these",
            ConditionExpression=(
                "attribute_not_exists(executions) OR (size(executions) < :most AND NOT contains(executions, :arn))"
            ),
            ExpressionAttributeValues={
                ":these": {"SS": [execution_arn]},
                ":arn": {"S": execution_arn},
                ":most": {"N": str(max_files)},
            },
        )

    def take_anyway(self, execution_arn: str) -> None:
        """Give an execution its turn, however many have theirs."""
        self._dynamodb.update_item(
            TableName=self._table,
            Key=_TURNS,
            UpdateExpression="ADD executions :these",
            ExpressionAttributeValues={":these": {"SS": [execution_arn]}},
        )

    def give_back(self, execution_arn: str) -> bool:
        """Take an execution's turn away; return whether it had one."""
        return self._conditionally(
            self._dynamodb.update_item,
            Key=_TURNS,
            UpdateExpression="DELETE executions :these",
            ConditionExpression="contains(executions, :arn)",
            ExpressionAttributeValues={":these": {"SS": [execution_arn]}, ":arn": {"S": execution_arn}},
        )

    def _all(self, values: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "KeyConditionExpression": "gate = :gate",
            "ExpressionAttributeValues": {":gate": _PARTITION, **(values or {})},
            "ConsistentRead": True,
        }

    def _conditionally(self, write: Any, **request: Any) -> bool:
        """Write, and return whether the condition held."""
        try:
            write(TableName=self._table, **request)
        except ClientError as error:
            if error.response["Error"]["Code"] != _REFUSED:
                raise
            return False
        return True


def _key(file: WaitingFile) -> dict[str, Any]:
    return {"gate": _PARTITION, "place": {"S": file.place}}


def _file(item: dict[str, Any]) -> WaitingFile:
    return WaitingFile(
        place=item["place"]["S"],
        execution_arn=item["executionArn"]["S"],
        token=item["taskToken"]["S"],
        since=int(item["since"]["N"]),
    )
