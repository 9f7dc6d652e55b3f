"""Puts objects and items into roto, over its own protocol."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.aws.engine.environment import REGION
from simulator.aws.engine.table_log import items_of

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.aws.engine.requests import Answer, Caller
    from simulator.aws.engine.roto.version_ids import VersionIds

_BATCH: Final = 25
_S3: Final = ("s3", REGION)


class RotoRestore:
    """A `Restore` of roto.

    Args:
        caller: makes requests of roto.
        version_ids: told how clients know the versions that are put.
    """

    def __init__(self, caller: Caller, version_ids: VersionIds) -> None:
        self._caller = caller
        self._version_ids = version_ids

    def objects(self, entries: list[dict[str, Any]], *, complete: bool) -> int:  # noqa: ARG002 - it has none to forget
        """Put files as objects, under their version ids if they had one."""
        for entry in entries:
            path = f"/{entry['bucket']}/{entry['key']}"
            answer = _good(self._caller.call("PUT", path, scope=_S3, body=entry["path"].read_bytes()), path)
            made = answer.headers.get("x-amz-version-id")
            if made and entry.get("versionId"):
                self._version_ids.add(entry["versionId"], made)
        return len(entries)

    def items(self, table: str, path: Path) -> int:
        """Put the items of a table's log."""
        count = 0
        items = items_of(path)
        while batch := list(islice(items, _BATCH)):
            asked = {"RequestItems": {table: [{"PutRequest": {"Item": item}} for item in batch]}}
            answer = self._dynamodb("BatchWriteItem", asked)
            if not answer.good or orjson.loads(answer.body).get("UnprocessedItems"):
                for item in batch:  # two of one key, which no batch may have: the later counts
                    _good(self._dynamodb("PutItem", {"TableName": table, "Item": item}), table)
            count += len(batch)
        return count

    def _dynamodb(self, operation: str, asked: dict[str, Any]) -> Answer:
        headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"}
        return self._caller.call("POST", "/", scope=("dynamodb", REGION), headers=headers, body=orjson.dumps(asked))


def _good(answer: Answer, what: str) -> Answer:
    if not answer.good:
        raise OSError(f"roto did not take {what}: {answer.body.decode(errors='replace')}")
    return answer
