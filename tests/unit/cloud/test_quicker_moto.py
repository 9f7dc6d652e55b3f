"""moto answers a DynamoDB request as it does by itself, though it takes a shorter way to the answer."""

from __future__ import annotations

import binascii
import copy
import gzip
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.moto_server.werkzeug_app import create_backend_app

from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.engine.moto import quicker
from simulator.aws.engine.moto.dynamodb_handler import answer_dynamodb
from simulator.aws.engine.requests import Caller

if TYPE_CHECKING:
    from collections.abc import Iterator

MOTOS_ITEM = Item.__init__
TABLE = {
    "TableName": "t",
    "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
REQUESTS: list[tuple[str, bytes]] = [
    ("CreateTable", orjson.dumps(TABLE)),
    ("CreateTable", orjson.dumps(TABLE)),
    ("PutItem", orjson.dumps({"TableName": "t", "Item": {"k": {"S": "一"}, "n": {"N": "1"}}})),
    ("PutItem", orjson.dumps({"TableName": "gone", "Item": {"k": {"S": "a"}}})),
    ("PutItem", orjson.dumps({"TableName": "t", "Item": {"k": {"S": ""}}})),
    ("PutItem", orjson.dumps({"TableName": "t", "Item": {"k": {"S": "a"}, "long": {"S": "x" * 410_000}}})),
    ("GetItem", orjson.dumps({"TableName": "t", "Key": {"k": {"S": "一"}}})),
    ("Query", orjson.dumps({"TableName": "t"})),
    ("BatchWriteItem", orjson.dumps({"RequestItems": {"t": [{"PutRequest": {"Item": {"k": {"S": "b"}}}}]}})),
    ("Scan", orjson.dumps({"TableName": "t"})),
    (
        "PutItem",
        orjson.dumps({"TableName": "t", "Item": {"k": {"S": "b"}}, "ConditionExpression": "attribute_not_exists(k)"}),
    ),
    ("BatchWriteItem", orjson.dumps({"RequestItems": {"t": [{"PutRequest": {"Item": {"k": {"S": "b"}}}}]}})),
    ("BatchWriteItem", orjson.dumps({"RequestItems": {"gone": [{"PutRequest": {"Item": {"k": {"S": "b"}}}}]}})),
    ("PutItem", orjson.dumps({"TableName": "t", "Item": {"k": {"S": "Action=PutItem&k=1"}}, "Unknown": 1})),
    ("PutItem", orjson.dumps({"TableName": "t", "Item": {"k": {"S": "c"}, "b": {"B": "AAE="}, "s": {"SS": ["a"]}}})),
    (
        "PutItem",
        orjson.dumps({"TableName": "t", "Item": {"k": {"S": "c"}}, "ReturnValues": "ALL_OLD"}),
    ),
    (
        "UpdateItem",
        orjson.dumps(
            {
                "TableName": "t",
                "Key": {"k": {"S": "c"}},
                "UpdateExpression": "SET n = :n",
                "ExpressionAttributeValues": {":n": {"N": "1.50"}},
                "ReturnValues": "ALL_NEW",
            }
        ),
    ),
    ("DeleteItem", orjson.dumps({"TableName": "t", "Key": {"k": {"S": "c"}}, "ReturnValues": "ALL_OLD"})),
    ("DeleteItem", orjson.dumps({"TableName": "t", "Key": {"k": {"S": "c"}}, "ReturnConsumedCapacity": "TOTAL"})),
    ("GetItem", orjson.dumps({"TableName": "t", "Key": {"k": {"S": "b"}}})),
    ("DeleteTable", orjson.dumps({"TableName": "t"})),
]
ZIPPED = {"content-encoding": "gzip"}


@pytest.fixture(autouse=True)
def _no_tables_left() -> Iterator[None]:
    yield
    dynamodb_backends[ACCOUNT][REGION].tables.clear()
    Item.__init__ = MOTOS_ITEM  # type: ignore[method-assign]


def answers(app: Any, more_headers: dict[str, str] | None = None) -> list[tuple[int, Any, str | None]]:
    """Return status, decoded body and checked media type of each request, one after another."""
    dynamodb_backends[ACCOUNT][REGION].tables.clear()
    found = []
    for operation, body in REQUESTS:
        answer = Caller(app).call(
            "POST",
            "/",
            scope=("dynamodb", REGION),
            headers={
                "x-amz-target": f"DynamoDB_20120810.{operation}",
                "content-type": "application/x-amz-json-1.0",
                **(more_headers or {}),
            },
            body=gzip.compress(body) if more_headers == ZIPPED else body,
        )
        value = orjson.loads(answer.body) if answer.body else None
        for part in ("TableDescription", "Table"):
            for changing in ("CreationDateTime", "TableId"):
                if isinstance(value, dict) and part in value:
                    value[part].pop(changing, None)
        assert "x-amzn-requestid" in answer.headers
        found.append((answer.status, value, answer.headers.get("content-type")))
    return found


def test_every_answer_is_the_one_that_flask_leads_to() -> None:
    """The way that moto goes and the short one say the same, errors too."""
    theirs = answers(create_backend_app("dynamodb"))
    quicker.hurry()
    ours = answers(answer_dynamodb)
    assert ours == theirs
    assert {status for status, _value, _type in ours} == {200, 400}


def test_a_body_that_is_compressed_is_answered_as_moto_answers_it() -> None:
    """What the short way does not know goes the long one."""
    assert answers(answer_dynamodb, ZIPPED) == answers(create_backend_app("dynamodb"), ZIPPED)


def test_an_answer_that_was_given_before_has_its_own_request_id() -> None:
    """The answers to equal writes are the same but for their ids."""
    app = Caller(answer_dynamodb)

    def ask(operation: str, body: Any) -> Any:
        headers = {"x-amz-target": f"DynamoDB_20120810.{operation}", "content-type": "application/x-amz-json-1.0"}
        return app.call("POST", "/", scope=("dynamodb", REGION), headers=headers, body=orjson.dumps(body))

    ask("CreateTable", TABLE)
    first, second = (ask("PutItem", {"TableName": "t", "Item": {"k": {"S": key}}}) for key in "ab")
    assert first.body == second.body
    assert first.headers.pop("x-amzn-requestid") != second.headers.pop("x-amzn-requestid")
    assert first.headers == second.headers


@pytest.mark.parametrize(
    ("operation", "body"),
    [("Nonsense", b"{}"), ("PutItem", b"no json"), ("PutItem", b"[1]"), ("PutItem", b""), ("PutItem", b"\xff")],
)
def test_a_request_that_is_wrong_ends_as_it_does_in_moto(operation: str, body: bytes) -> None:
    """Also where moto has no answer but an exception."""

    def ended(app: Any) -> Any:
        headers = {"x-amz-target": f"DynamoDB_20120810.{operation}", "content-type": "application/x-amz-json-1.0"}
        try:
            answer = Caller(app).call("POST", "/", scope=("dynamodb", REGION), headers=headers, body=body)
        except Exception as error:  # noqa: BLE001 - whichever
            return type(error).__name__, str(error)
        return answer.status, answer.body

    flask = create_backend_app("dynamodb")
    flask.testing = True
    assert ended(answer_dynamodb) == ended(flask)


def test_a_checksum_is_that_of_the_body() -> None:
    """What moto's decorators add is there."""
    answer = Caller(answer_dynamodb).call(
        "POST",
        "/",
        scope=("dynamodb", REGION),
        headers={"x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0"},
        body=b"{}",
    )

    assert answer.headers["x-amz-crc32"] == str(binascii.crc32(answer.body))
    assert answer.headers["content-length"] == str(len(answer.body))


@pytest.mark.parametrize("length", [404_990, 404_999, 405_000, 405_100])
def test_an_item_is_too_large_from_the_same_byte_on(length: int) -> None:
    """The size is summed up as moto does."""
    attributes = {"k": {"S": "a"}, "文": {"S": "x" * (length - 5)}}
    assert made(MOTOS_ITEM, attributes) == made(quicker._item, attributes)


def test_an_item_can_be_copied_and_changed_afterwards() -> None:
    """An item made in one go is like any other."""
    quicker.hurry()
    item = Item(DynamoType({"S": "a"}), None, {"k": {"S": "a"}})
    copied = copy.deepcopy(item)
    copied.attrs["more"] = DynamoType({"N": "1"})
    assert set(item.attrs) == {"k"}
    with pytest.raises(ItemSizeTooLarge):
        copied.attrs["long"] = DynamoType({"S": "x" * 405_000})


def made(construct: Any, attributes: dict[str, Any]) -> Any:
    """Return what a constructor makes of attributes, or the error's name."""
    item = object.__new__(Item)
    try:
        construct(item, DynamoType({"S": "a"}), None, attributes)
    except ItemSizeTooLarge as error:
        return type(error).__name__
    return {name: value.to_json() for name, value in item.attrs.items()}


def test_items_share_values_and_a_change_of_one_reaches_no_other() -> None:
    """Two items with the same short values have them once; each kind of update changes one item only."""
    quicker.hurry()
    app = Caller(answer_dynamodb)

    def ask(operation: str, body: Any) -> Any:
        headers = {"x-amz-target": f"DynamoDB_20120810.{operation}", "content-type": "application/x-amz-json-1.0"}
        return orjson.loads(
            app.call("POST", "/", scope=("dynamodb", REGION), headers=headers, body=orjson.dumps(body)).body
        )

    ask("CreateTable", TABLE)
    values = {"n": {"N": "7"}, "s": {"S": "same"}, "l": {"L": [{"S": "same"}]}, "m": {"M": {"s": {"S": "same"}}}}
    values["set"] = {"SS": ["same"]}
    for key in "ab":
        ask("PutItem", {"TableName": "t", "Item": {"k": {"S": key}, **values}})
    (table,) = (
        backend.tables["t"] for regions in dynamodb_backends.values() for backend in regions.values() if backend.tables
    )
    first, second = table.all_items()
    assert first.attrs["n"] is second.attrs["n"]
    assert first.attrs["s"] is second.attrs["s"]
    update = "SET s = :new, l[0] = :new, m.s = :new ADD n :one, #set :more"
    given = {":new": {"S": "new"}, ":one": {"N": "1"}, ":more": {"SS": ["more"]}}
    ask(
        "UpdateItem",
        {
            "TableName": "t",
            "Key": {"k": {"S": "a"}},
            "UpdateExpression": update,
            "ExpressionAttributeNames": {"#set": "set"},
            "ExpressionAttributeValues": given,
        },
    )
    changed = ask("GetItem", {"TableName": "t", "Key": {"k": {"S": "a"}}})["Item"]
    assert (changed["n"], changed["s"], changed["m"]) == ({"N": "8"}, {"S": "new"}, {"M": {"s": {"S": "new"}}})
    assert ask("GetItem", {"TableName": "t", "Key": {"k": {"S": "b"}}})["Item"] == {"k": {"S": "b"}, **values}
    ask("DeleteTable", {"TableName": "t"})
