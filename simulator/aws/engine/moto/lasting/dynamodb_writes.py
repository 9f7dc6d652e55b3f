"""Journal entries of DynamoDB's writes: the requests that make and change tables, and the items as they read.

API reference of DynamoDB. Items of the kept table that belong to a run lie in its folder (see `table_log`); of those
only what the folder's file cannot say is journaled: deletions, and values that plain JSON does not have.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.aws.engine.moto.lasting.journal import Journal
    from simulator.aws.engine.moto.lasting.kept_partitions import KeptPartitions
    from simulator.aws.engine.requests import Answer, Caller, Request

    Item = dict[str, Any]
    Touched = Iterable[tuple[str, Item, Item | None]]

TARGET: Final = "DynamoDB_20120810."
_TABLE_REQUESTS: Final = frozenset(
    {"UpdateTable", "UpdateTimeToLive", "TagResource", "UntagResource", "UpdateContinuousBackups"}
    | {"PutResourcePolicy", "DeleteResourcePolicy"}
)
_STATEMENTS: Final = frozenset({"ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"})
_RESTORES: Final = frozenset({"RestoreTableFromBackup", "RestoreTableToPointInTime"})
_ITEM_WRITES: Final = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})
_WRITES: Final = _TABLE_REQUESTS | _STATEMENTS | _RESTORES | _ITEM_WRITES | {"CreateTable", "DeleteTable"}
_DESCRIBED: Final = ("AttributeDefinitions", "KeySchema")


class DynamoDbWrites:
    """Passes writes on, and journals what they did before they are answered.

    Args:
        caller: the application.
        journal: takes the lines.
        kept: the items that lie in run folders; None for none.
    """

    def __init__(self, caller: Caller, journal: Journal, kept: KeptPartitions | None) -> None:
        self._caller = caller
        self._journal = journal
        self._kept = kept
        self._lock = threading.Lock()
        self._keys: dict[tuple[str, str], tuple[str, ...]] = {}

    @staticmethod
    def writes(operation: str) -> bool:
        """Tell whether an operation may change what is kept."""
        return operation in _WRITES

    def answer(self, request: Request, operation: str) -> Answer:
        """Carry out an operation, and journal what it changed.

        Raises:
            OSError: the disk is full.
        """
        region = request.scope[1]
        content = request.content()
        with self._lock:
            self._journal.check_room(len(content))
            answer = self._caller.answer(request.environ)
            if answer.status == 200:  # noqa: PLR2004 - HTTP's
                self._changed(region, operation, content, answer.body)
        return answer

    def _changed(self, region: str, operation: str, content: bytes, body: bytes) -> None:
        asked = orjson.loads(content)
        if operation in _ITEM_WRITES:
            self._items(region, _touched(operation, asked, body))
        elif operation in _STATEMENTS:
            for table in _tables_of_statements(asked):
                if self._is_kept(region, table):
                    self._items(region, self._named_in(region, table, content))
                else:
                    self._snapshot(region, table)
        elif operation == "DeleteTable":
            table = _name(asked["TableName"])
            self._keys.pop((region, table), None)
            self._journal.forget(["dynamodb", region, table])
        elif operation in _RESTORES:
            self._snapshot(region, _name(asked["TargetTableName"]))
        else:
            table = _name(asked.get("TableName") or asked.get("ResourceArn") or "")
            about = ["dynamodb", region, table]
            if operation != "CreateTable":  # of one that changes a table, the order is what counts
                about += ["request", f"{operation} {time.time_ns()}"]
            elif self._is_kept(region, table):
                return  # it is made anew from its definition
            self._journal.write({"about": about, "operation": operation, "request": asked, "at": time.time()})

    def _is_kept(self, region: str, table: str) -> bool:
        return self._kept is not None and self._kept.is_table(region, table)

    def _items(self, region: str, touched: Touched) -> None:
        """Journal items as they are now; of one whose content is not known from the request, it is read."""
        lines: list[dict[str, Any]] = []
        plain: list[Item] = []
        for table, key_or_item, item in touched:
            key = {name: key_or_item[name] for name in self._key_names(region, table)}
            now = item if item is not None else self._read(region, table, key)
            if self._is_kept(region, table) and self._kept is not None and self._kept.has_folder(key):
                if now is not None:
                    plain.append(now)
                if now is None or not self._kept.is_plain(now):
                    self._append(plain)
                    plain = []
                    lines.append(self._kept.override(key, now))
                continue
            lines.append(_item_line(region, table, key, now))
        self._append(plain)
        self._journal.write(*lines)

    def _append(self, items: list[Item]) -> None:
        if not items or self._kept is None:
            return
        try:
            self._kept.append(items)
        except OSError:
            if not self._journal.give_reserve():
                raise
            self._kept.append(items)  # of two lines with the same key the later counts

    def _snapshot(self, region: str, table: str) -> None:
        """Journal a whole table: what a statement or a restore did to it does not stand in the request."""
        described = orjson.loads(self._call(region, "DescribeTable", {"TableName": table}).body)["Table"]
        lines: list[dict[str, Any]] = [
            {"forget": ["dynamodb", region, table]},
            {
                "about": ["dynamodb", region, table],
                "operation": "CreateTable",
                "request": _create_request(described),
                "at": time.time(),
            },
        ]
        names = self._key_names(region, table)
        lines += [
            _item_line(region, table, {name: item[name] for name in names}, item) for item in self._scan(region, table)
        ]
        self._journal.write(*lines)

    def _named_in(self, region: str, table: str, content: bytes) -> Touched:
        """Yield the items that a statement may have written, of runs whose names it gives: it must give whole keys."""
        if self._kept is None:
            return
        names = self._key_names(region, table)
        for name in self._kept.names():
            if name.encode() in content:
                keys = {orjson.dumps(key): key for key in self._kept.keys(name)}
                there: dict[str, Any] = {"TableName": table, "KeyConditionExpression": "#h = :h"}
                there |= {
                    "ExpressionAttributeNames": {"#h": names[0]},
                    "ExpressionAttributeValues": {":h": {"S": name}},
                }
                for item in self._pages(region, "Query", there):
                    key = {one: item[one] for one in names}
                    keys[orjson.dumps(key)] = key
                for key in keys.values():
                    yield table, key, None

    def _scan(self, region: str, table: str) -> list[Item]:
        return self._pages(region, "Scan", {"TableName": table})

    def _pages(self, region: str, operation: str, request: dict[str, Any]) -> list[Item]:
        found: list[Item] = []
        request = {**request, "ConsistentRead": True}
        while True:
            page = orjson.loads(self._call(region, operation, request).body)
            found += page["Items"]
            if not page.get("LastEvaluatedKey"):
                return found
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _read(self, region: str, table: str, key: Item) -> Item | None:
        answer = self._call(region, "GetItem", {"TableName": table, "Key": key, "ConsistentRead": True})
        found: Item | None = orjson.loads(answer.body).get("Item")
        return found

    def _key_names(self, region: str, table: str) -> tuple[str, ...]:
        names = self._keys.get((region, table))
        if names is None:
            described = orjson.loads(self._call(region, "DescribeTable", {"TableName": table}).body)["Table"]
            names = tuple(part["AttributeName"] for part in described["KeySchema"])
            self._keys[region, table] = names
        return names

    def _call(self, region: str, operation: str, request: dict[str, Any]) -> Answer:
        return call_dynamodb(self._caller, region, operation, request)


def call_dynamodb(caller: Caller, region: str, operation: str, request: dict[str, Any]) -> Answer:
    """Make a request of DynamoDB's (JSON 1.0)."""
    return caller.call(
        "POST",
        "/",
        scope=("dynamodb", region),
        headers={"x-amz-target": TARGET + operation, "content-type": "application/x-amz-json-1.0"},
        body=orjson.dumps(request),
    )


def _item_line(region: str, table: str, key: Item, item: Item | None) -> dict[str, Any]:
    about = ["dynamodb", region, table, "item", orjson.dumps(key, option=orjson.OPT_SORT_KEYS).decode()]
    return {"forget": about} if item is None else {"about": about, "item": item}


def _touched(  # noqa: C901 - a case per operation
    operation: str, asked: dict[str, Any], body: bytes
) -> Touched:
    """Yield (table, key or more, the item if the request says all of it) for each item that was written."""
    if operation == "PutItem":
        yield _name(asked["TableName"]), asked["Item"], asked["Item"]
    elif operation == "BatchWriteItem":
        unprocessed = orjson.loads(body).get("UnprocessedItems") or {}
        for table, requests in asked["RequestItems"].items():
            for entry in requests:
                if entry in unprocessed.get(table, ()):
                    continue
                if "PutRequest" in entry:
                    item = entry["PutRequest"]["Item"]
                    yield _name(table), item, item
                else:
                    yield _name(table), entry["DeleteRequest"]["Key"], None
    elif operation == "TransactWriteItems":
        for entry in asked["TransactItems"]:
            for kind, one in entry.items():
                if kind != "ConditionCheck":
                    yield _name(one["TableName"]), one.get("Item") or one["Key"], None
    else:
        yield _name(asked["TableName"]), asked["Key"], None


def _tables_of_statements(asked: dict[str, Any]) -> list[str]:
    """Return the tables that PartiQL statements write to: `INSERT INTO "t"`, `UPDATE "t"`, `DELETE FROM "t"`."""
    entries = asked.get("Statements") or asked.get("TransactStatements") or [asked]
    tables = []
    for entry in entries:
        words = str(entry.get("Statement", "")).replace('"', ' " ').split()
        names = [word for word in words if word != '"']
        kind = names[0].upper() if names else ""
        place = {"INSERT": 2, "DELETE": 2, "UPDATE": 1}.get(kind)
        if place is not None and len(names) > place:
            tables.append(_name(names[place].strip("'")))
    return list(dict.fromkeys(tables))


def _name(table: str) -> str:
    """Return a table's name, also of one that is named by its ARN."""
    return table.rpartition(":table/")[2].partition("/")[0] if ":table/" in table else table


def _create_request(described: dict[str, Any]) -> dict[str, Any]:
    """Return the CreateTable that makes a table like one that is described."""
    request = {"TableName": described["TableName"], **{name: described[name] for name in _DESCRIBED}}
    mode = described.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    request["BillingMode"] = mode
    throughput = ("ReadCapacityUnits", "WriteCapacityUnits")
    if mode == "PROVISIONED":
        request["ProvisionedThroughput"] = {name: described["ProvisionedThroughput"][name] for name in throughput}
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if described.get(kind):
            request[kind] = [_index(index, throughput if mode == "PROVISIONED" else ()) for index in described[kind]]
    return request


def _index(index: dict[str, Any], throughput: tuple[str, ...]) -> dict[str, Any]:
    made = {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
    if throughput and "ProvisionedThroughput" in index:
        made["ProvisionedThroughput"] = {name: index["ProvisionedThroughput"][name] for name in throughput}
    return made
