"""The rules that DynamoDB enforces and moto does not, in the words of DynamoDB: for values, keys and expressions.

DynamoDB developer guide, "Data types", "Constraints" and "Using expressions"; API reference, "AttributeValue". Keys:
partition keys have 1 to 2,048 bytes, sort keys 1 to 1,024, those of indexes too. An item without an index's key is
just not in that index.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulator.aws.errors import ApiError, validation_error
from simulator.aws.iam.call import acting

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DIGITS = 38
LEAST_EXPONENT, MOST_EXPONENT = -130, 125
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]*)\.?(?P<part>[0-9]*)(?:[eE](?P<exponent>[+-]?[0-9]+))?")
_INVALID = "One or more parameter values were invalid:"
_SETS = {"SS": "An string set ", "NS": "An number set ", "BS": "Binary sets"}
MAX_PARTITION_KEY_BYTES = 2048
MAX_SORT_KEY_BYTES = 1024
_NOT_VALID = "One or more parameter values are not valid."
_EMPTY = "The AttributeValue for a key attribute cannot contain an empty string value."
_EXPRESSIONS = ("UpdateExpression", "ConditionExpression", "ProjectionExpression")
_PLACEHOLDER = re.compile(r"[#:][A-Za-z0-9_]+")


def check_attributes(values: Iterable[dict[str, Any]]) -> None:
    """Check attribute values, in lists and maps as well, and write their numbers as DynamoDB stores them.

    Args:
        values: each as `{"N": "007"}`; changed in place, to `{"N": "7"}`.

    Raises:
        ApiError: ValidationException: a value has not exactly one type, a number is beyond DynamoDB's, or a set is
            empty or has a value twice.
    """
    for value in values:
        if not value:
            raise validation_error(
                "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
            )
        if len(value) > 1:
            raise validation_error(
                "Supplied AttributeValue has more than one datatypes set, "
                "must contain exactly one of the supported datatypes"
            )
        if "N" in value:
            value["N"] = stored_number(value["N"])
        for kind in _SETS.keys() & value.keys():
            value[kind] = _stored_set(kind, value[kind])
        check_attributes(value.get("M", {}).values())
        check_attributes(value.get("L", ()))


def stored_number(text: str) -> str:
    """Return a number as DynamoDB stores it: without leading and trailing zeros, and without an exponent.

    Example:
        >>> [stored_number(text) for text in ("00012", "1.50", "-0", "1e3", ".5", "-1E-3")]
        ['12', '1.5', '0', '1000', '0.5', '-0.001']

    Raises:
        ApiError: ValidationException: it is not a number in ASCII digits, has more than 38 significant digits, or is
            out of 1E-130 to 9.99...E+125.
    """
    match = _NUMBER.fullmatch(text)
    if match is None or not (match["whole"] or match["part"]):
        shown = f": {text}" if text else ""
        raise validation_error(f"The parameter cannot be converted to a numeric value{shown}")
    written = match["whole"] + match["part"]
    digits = written.lstrip("0")
    first = len(match["whole"]) - 1 - (len(written) - len(digits)) + _exponent(match["exponent"])
    digits = digits.rstrip("0")
    if not digits:
        return "0"
    if len(digits) > MAX_DIGITS:
        raise validation_error(f"Attempting to store more than {MAX_DIGITS} significant digits in a Number")
    if first > MOST_EXPONENT:
        raise _beyond("overflow", "larger")
    if first < LEAST_EXPONENT:
        raise _beyond("underflow", "smaller")
    exponent = first - len(digits) + 1
    return format(Decimal((int(match["sign"] == "-"), tuple(map(int, digits)), exponent)), "f")


def _exponent(text: str | None) -> int:
    digits = (text or "0").lstrip("+-0") or "0"
    # What has more digits is out of range in any case, and Python would not read thousands of them.
    number = int(digits) if len(digits) <= 9 else 10**9  # noqa: PLR2004
    return -number if text is not None and text.startswith("-") else number


def _beyond(name: str, word: str) -> ApiError:
    return validation_error(f"Number {name}. Attempting to store a number with magnitude {word} than supported range")


def _stored_set(kind: str, entries: list[str]) -> list[str]:
    if not entries:
        raise validation_error(f"{_INVALID} {_SETS[kind]} may not be empty")
    stored = [stored_number(entry) for entry in entries] if kind == "NS" else entries
    if len(set(stored)) < len(stored):
        raise validation_error(f"{_INVALID} Input collection [{', '.join(entries)}] contains duplicates.")
    return stored


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
        with acting(""):  # the simulator asks for itself
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


def check_expressions(arguments: dict[str, Any]) -> None:
    """Check an action's expressions, `ExpressionAttributeNames` and `ExpressionAttributeValues`.

    Args:
        arguments: the API call's.

    Raises:
        ApiError: ValidationException: one is empty, a name or value is not used or has no `#` or `:`.
    """
    written = {name: arguments[name] for name in _EXPRESSIONS if name in arguments}
    for name, text in written.items():
        if not text.strip():
            raise validation_error(f"Invalid {name}: The expression can not be empty;")
    used = {found for text in written.values() for found in _PLACEHOLDER.findall(text)}
    for field, mark in (("ExpressionAttributeNames", "#"), ("ExpressionAttributeValues", ":")):
        if field in arguments:
            _check_placeholders(field, mark, arguments[field], used, any_expression=bool(written))


def _check_placeholders(field: str, mark: str, given: dict[str, Any], used: set[str], *, any_expression: bool) -> None:
    if not any_expression:
        raise validation_error(f"{field} can only be specified when using expressions")
    if not given:
        raise validation_error(f"{field} must not be empty")
    for key, value in given.items():
        if not key.startswith(mark) or not _PLACEHOLDER.fullmatch(key):
            raise validation_error(f'{field} contains invalid key: Syntax error; key: "{key}"')
        if value == "":
            raise validation_error(f"{field} contains invalid value: an attribute name must not be empty for key {key}")
    if unused := sorted(given.keys() - used):
        raise validation_error(f"Value provided in {field} unused in expressions: keys: {{{', '.join(unused)}}}")
