"""What DynamoDB refuses in items and keys."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.errors import ApiError
from simulator.aws.integrations.dynamodb_rules import Key, TableKeys, check_attributes, check_item, check_key

KEYS = TableKeys(
    (Key("run", "S", sort=False), Key("at", "S", sort=True)),
    (("UserIdIndex", Key("userId", "S", sort=False)), ("UserIdIndex", Key("at", "S", sort=True))),
)


def item(**changes: dict[str, Any]) -> dict[str, Any]:
    """Return a good item with changes."""
    return {"run": {"S": "r"}, "at": {"S": "t"}, "userId": {"S": "U1"}, **changes}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"run": {"S": ""}},
            (
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
                "empty string value. Key: run"
            ),
        ),
        (
            {"userId": {"S": ""}},
            (
                "One or more parameter values are not valid. A value specified for a secondary index key is not "
                "supported. The AttributeValue for a key attribute cannot contain an empty string value. "
                "IndexName: UserIdIndex, IndexKey: userId"
            ),
        ),
        (
            {"userId": {"S": "あ" * 683}},
            (
                "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit "
                "of2048 bytes"
            ),
        ),
        (
            {"at": {"S": "x" * 1025}},
            (
                "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size "
                "limit of 1024 bytes"
            ),
        ),
        (
            {"run": {"N": "1"}},
            "One or more parameter values were invalid: Type mismatch for key run expected: S actual: N",
        ),
        (
            {"userId": {"N": "1"}},
            (
                "One or more parameter values were invalid: Type mismatch for Index Key userId Expected: S Actual: N "
                "IndexName: UserIdIndex"
            ),
        ),
        (
            {"userId": {"NULL": True}},
            (
                "One or more parameter values were invalid: Type mismatch for Index Key userId Expected: S "
                "Actual: NULL IndexName: UserIdIndex"
            ),
        ),
    ],
)
def test_a_key_that_is_not_as_its_table_wants_it_is_refused(changes: dict[str, Any], message: str) -> None:
    """In DynamoDB's words, for the table's keys and those of its index."""
    with pytest.raises(ApiError) as refused:
        check_item(item(**changes), KEYS)
    assert (refused.value.name, refused.value.message, refused.value.status) == ("ValidationException", message, 400)


def test_an_item_needs_the_tables_keys_and_not_those_of_an_index() -> None:
    """An item without a user is just not in UserIdIndex: what the workflow relies on for a blank user ID."""
    without_user = item()
    del without_user["userId"]
    check_item(without_user, KEYS)
    with pytest.raises(ApiError, match="Missing the key at in the item"):
        check_item({"run": {"S": "r"}}, KEYS)


@pytest.mark.parametrize("user", ["a", "あ" * 682, "x" * 2048])
def test_keys_up_to_the_limit_are_taken(user: str) -> None:
    """Bytes of UTF-8 count."""
    check_item(item(userId={"S": user}, at={"S": "x" * 1024}), KEYS)


@given(st.text(max_size=3000))
def test_a_partition_key_is_refused_exactly_where_it_has_no_or_too_many_bytes(user: str) -> None:
    """For any text."""
    refused = False
    try:
        check_item(item(userId={"S": user}), KEYS)
    except ApiError:
        refused = True
    assert refused == (not 1 <= len(user.encode()) <= 2048)


@pytest.mark.parametrize(
    "key",
    [
        {"run": {"S": "r"}},
        {"run": {"S": "r"}, "at": {"N": "1"}},
        {"run": {"S": "r"}, "at": {"S": "t"}, "x": {"S": "x"}},
        {},
    ],
)
def test_a_key_that_names_no_item_does_not_match_the_schema(key: dict[str, Any]) -> None:
    """For reading, updating and deleting."""
    with pytest.raises(ApiError, match="The provided key element does not match the schema"):
        check_key(key, KEYS)


def test_a_key_with_an_empty_value_is_refused() -> None:
    """Not a key that matches nothing."""
    with pytest.raises(ApiError, match=r"cannot contain an empty string value\. Key: at"):
        check_key({"run": {"S": "r"}, "at": {"S": ""}}, KEYS)
    check_key({"run": {"S": "r"}, "at": {"S": "t"}}, KEYS)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({}, "Supplied AttributeValue is empty"),
        ({"S": "a", "N": "1"}, "more than one datatypes set"),
        ({"L": [{"S": "a"}, {}]}, "Supplied AttributeValue is empty"),
        ({"M": {"a": {"L": [{"S": "a", "N": "1"}]}}}, "more than one datatypes set"),
    ],
)
def test_a_value_has_exactly_one_type_at_any_depth(value: dict[str, Any], words: str) -> None:
    """Moto answers such a value with a server error."""
    with pytest.raises(ApiError, match=words):
        check_attributes([{"S": "fine"}, value])
