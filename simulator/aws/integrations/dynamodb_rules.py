"""Which attributes of a table and of its indexes are keys, and what DynamoDB refuses as their values, in its words.

DynamoDB developer guide, "Constraints": partition keys have 1 to 2,048 bytes, sort keys 1 to 1,024, those of indexes
too; an item without an index's key is just not in that index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.aws.integrations.integration import validation_error


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
    """Ask DynamoDB for a table's keys; None if there is no such table.

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


MAX_PARTITION_KEY_BYTES = 2048
MAX_SORT_KEY_BYTES = 1024
_INVALID = "One or more parameter values were invalid:"
_NOT_VALID = "One or more parameter values are not valid."
_EMPTY = "The AttributeValue for a key attribute cannot contain an empty string value."


def check_item(item: dict[str, Any], keys: TableKeys) -> None:
    """Check the keys of an item that is put.

    Raises:
        ApiError: ValidationException.
    """
    for key in keys.own:
        if key.name not in item:
            raise validation_error(f"{_INVALID} Missing the key {key.name} in the item")
        actual = _type(item[key.name])
        if actual != key.kind:
            raise validation_error(f"{_INVALID} Type mismatch for key {key.name} expected: {key.kind} actual: {actual}")
        _check_own(item[key.name], key)
    for index, key in keys.indexes:
        if key.name in item:
            _check_index(item[key.name], key, index)


def check_key(given: dict[str, Any], keys: TableKeys) -> None:
    """Check the `Key` of an item that is read, updated or deleted.

    Raises:
        ApiError: ValidationException.
    """
    kinds = {key.name: key.kind for key in keys.own}
    if kinds != {name: _type(value) for name, value in given.items()}:
        raise validation_error("The provided key element does not match the schema")
    for key in keys.own:
        _check_own(given[key.name], key)


def _check_own(value: dict[str, Any], key: Key) -> None:
    if value.get("S") == "":
        raise validation_error(f"{_NOT_VALID} {_EMPTY} Key: {key.name}")
    _check_size(value, key)


def _check_index(value: dict[str, Any], key: Key, index: str) -> None:
    if (actual := _type(value)) != key.kind:
        raise validation_error(
            f"{_INVALID} Type mismatch for Index Key {key.name} Expected: {key.kind} Actual: {actual} "
            f"IndexName: {index}"
        )
    if value.get("S") == "":
        raise validation_error(
            f"{_NOT_VALID} A value specified for a secondary index key is not supported. {_EMPTY} "
            f"IndexName: {index}, IndexKey: {key.name}"
        )
    _check_size(value, key)


def _check_size(value: dict[str, Any], key: Key) -> None:
    size = len(value.get("S", "").encode("utf-8", "surrogatepass"))
    if key.sort and size > MAX_SORT_KEY_BYTES:
        raise validation_error(
            f"{_INVALID} Aggregated size of all range keys has exceeded the size limit of {MAX_SORT_KEY_BYTES} bytes"
        )
    if not key.sort and size > MAX_PARTITION_KEY_BYTES:
        # "of2048" is how DynamoDB writes it.
        raise validation_error(
            f"{_INVALID} Size of hashkey has exceeded the maximum size limit of{MAX_PARTITION_KEY_BYTES} bytes"
        )


def _type(value: dict[str, Any]) -> str:
    return next(iter(value))
