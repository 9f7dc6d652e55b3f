"""The engine in its own process: what it stores, what it writes down, and when it ends."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from simulator.aws.engine.clients import aws_clients
from simulator.aws.engine.options import EngineOptions
from simulator.aws.engine.server import EngineServer
from simulator.pipeline.provisioning import provision

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.pipeline.settings import HomeFolder
    from tests.integration.conftest import Aws


@pytest.fixture
def audit_lines(session_home: HomeFolder, request: pytest.FixtureRequest) -> Callable[[], list[Any]]:
    """Return a function that reads the audit trail of the run named like the test."""
    folder = session_home.runs / request.node.name[:80]
    folder.mkdir()
    return lambda: [json.loads(line) for line in (folder / "audit.jsonl").read_text(encoding="utf-8").splitlines()]


def _item(run: str, key: str, **more: Any) -> dict[str, Any]:
    return {"executionName": {"S": run[:80]}, "timestamp": {"S": key}, **more}


def test_only_loopback_can_reach_it(aws: Aws) -> None:
    """One listening socket, bound to 127.0.0.1."""
    port = int(aws.endpoint.rpartition(":")[2])
    listening = [
        connection.laddr
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
    ]
    assert [address.ip for address in listening] == ["127.0.0.1"]


@pytest.mark.parametrize(
    "key",
    ["a b.csv", "quo\"te'.csv", "日本語/ファイル.csv", "a+b&c=d%20e.csv", "a//b.csv", "#?.csv", "é.csv", "a/../b.csv"],
)
def test_an_object_keeps_its_key_and_its_versions(aws: Aws, key: str) -> None:
    """Whatever characters are in the key: each version can be read by its id."""
    bucket = aws.resources.input_bucket
    versions = [aws.s3.put_object(Bucket=bucket, Key=key, Body=body)["VersionId"] for body in (b"one", b"two")]
    assert [listed["Key"] for listed in aws.s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    bodies = [aws.s3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read() for version in versions]
    assert bodies == [b"one", b"two"]


def test_puts_of_every_kind_are_in_the_audit_trail(
    aws: Aws, audit_lines: Callable[[], list[Any]], request: pytest.FixtureRequest
) -> None:
    """PutItem, BatchWriteItem, and UpdateItem with the whole item that results; a failed condition is not."""
    run, table, dynamodb = request.node.name, aws.resources.table, aws.dynamodb
    dynamodb.put_item(TableName=table, Item=_item(run, "1", newValue={"N": "5"}))
    dynamodb.batch_write_item(
        RequestItems={table: [{"PutRequest": {"Item": _item(run, key, userId={"S": "名"})}} for key in ("2", "3")]}
    )
    dynamodb.update_item(
        TableName=table,
        Key=_item(run, "1"),
        UpdateExpression="SET #s = :s",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":s": {"S": "success"}},
    )
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.put_item(
            TableName=table, Item=_item(run, "1"), ConditionExpression="attribute_not_exists(executionName)"
        )
    lines = audit_lines()
    for line in lines:
        assert line.pop("executionName") == run[:80]
    assert lines == [
        {"timestamp": "1", "newValue": 5},
        {"timestamp": "2", "userId": "名"},
        {"timestamp": "3", "userId": "名"},
        {"timestamp": "1", "newValue": 5, "status": "success"},
    ]


def test_writes_at_the_same_time_are_all_kept(
    aws: Aws, audit_lines: Callable[[], list[Any]], request: pytest.FixtureRequest
) -> None:
    """Five writers: every item is in the table and once in the trail, and is there when its call returns."""
    run = request.node.name[:80]

    def write(worker: int) -> None:
        for row in range(20):
            key = f"{worker}-{row}"
            items = [{"PutRequest": {"Item": _item(run, f"{key}-{kind}")}} for kind in ("login", "post")]
            aws.dynamodb.batch_write_item(RequestItems={aws.resources.table: items})
            assert sum(line["timestamp"].startswith(f"{key}-") for line in audit_lines()) == 2

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({line["timestamp"] for line in audit_lines()}) == len(audit_lines()) == 200
    assert aws.dynamodb.scan(TableName=aws.resources.table, Select="COUNT")["Count"] == 200


def test_it_stops_when_told_and_its_port_is_free_again(tmp_path: Path, engine: str) -> None:
    """Nothing of it is left; a second one beside it has a port and contents of its own."""
    with (
        EngineServer(EngineOptions(engine=engine, restore_from=tmp_path)) as first,
        EngineServer(EngineOptions(engine=engine, restore_from=tmp_path)) as second,
    ):
        assert first.url != second.url
        clients = aws_clients(first.url)
        provision(clients)
        assert aws_clients(second.url).s3.list_buckets()["Buckets"] == []
        pid, port = first.pid, int(first.url.rpartition(":")[2])
        clients.close()
    assert not psutil.pid_exists(pid)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_second_close_does_nothing(tmp_path: Path, engine: str) -> None:
    """Closing is for `finally` blocks."""
    server = EngineServer(EngineOptions(engine=engine, restore_from=tmp_path))
    assert server.url
    server.close()
    server.close()


def test_it_is_quick_to_stop_while_clients_are_connected(aws: Aws, tmp_path: Path, engine: str) -> None:
    """Open keep-alive connections do not hold it up."""
    server = EngineServer(EngineOptions(engine=engine, restore_from=tmp_path))
    aws_clients(server.url).s3.list_buckets()
    began = time.monotonic()
    server.close()
    assert time.monotonic() - began < 1
