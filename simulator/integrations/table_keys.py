"""Which attributes of a table are keys, of the table itself and of its indexes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Key:
    """A key attribute: its name, its type (S, N or B), and whether it is the sort key."""

    name: str
    kind: str
    sort: bool


@dataclass(frozen=True, slots=True)
class TableKeys:
    """A table's own keys, and those of its indexes with the index's name."""

    own: tuple[Key, ...]
    indexes: tuple[tuple[str, Key], ...]


def read_table_keys(client: Any, table: str) -> TableKeys | None:
    """Ask DynamoDB for a table's keys; None where there is no such table.

    Args:
        client: a DynamoDB client.
        table: the table's name.
    """
    try:
        described: dict[str, Any] = client.describe_table(TableName=table)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return None
    kinds = {one["AttributeName"]: one["AttributeType"] for one in described["AttributeDefinitions"]}
    indexes = [*described.get("GlobalSecondaryIndexes", ()), *described.get("LocalSecondaryIndexes", ())]
    return TableKeys(
        _keys(described["KeySchema"], kinds),
        tuple((index["IndexName"], key) for index in indexes for key in _keys(index["KeySchema"], kinds)),
    )


def _keys(schema: list[dict[str, str]], kinds: dict[str, str]) -> tuple[Key, ...]:
    return tuple(
        Key(entry["AttributeName"], kinds[entry["AttributeName"]], entry["KeyType"] == "RANGE") for entry in schema
    )
