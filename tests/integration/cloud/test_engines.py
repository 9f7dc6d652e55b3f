"""What a run asks of an AWS engine, of each engine: they are to answer alike."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

from simulator.aws.engine.clients import AwsClients, aws_clients
from simulator.aws.engine.options import ENGINES, ROTO, EngineOptions
from simulator.aws.engine.server import EngineServer
from simulator.pipeline.provisioning import Resources, provision
from simulator.pipeline.restoring import post_restore
from simulator.pipeline.servers import engine_options
from simulator.pipeline.settings import HomeFolder

Cloud = tuple[AwsClients, Resources, Path]


@pytest.fixture(scope="module", params=ENGINES)
def cloud(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Return the clients of a provisioned engine, the resources, and the runs' folder."""
    home = HomeFolder(tmp_path_factory.mktemp(request.param)).create()
    with EngineServer(engine_options(home, engine=request.param)) as server:
        clients = aws_clients(server.url)
        assert clients.s3.list_buckets()["Buckets"] == []
        yield clients, provision(clients), home.runs
        clients.close()


def _run_folder(runs: Path, name: str) -> Path:
    folder = runs / name
    folder.mkdir()
    return folder


def _item(run: str, time: str, **more: Any) -> dict[str, Any]:
    return {"executionName": {"S": run}, "timestamp": {"S": time}, **more}


def test_what_is_written_is_in_the_runs_folder_before_it_is_answered(cloud: Cloud) -> None:
    """Each kind of write, and none that was refused."""
    clients, resources, runs = cloud
    folder, table = _run_folder(runs, "written"), resources.table
    clients.dynamodb.put_item(TableName=table, Item=_item("written", "1", value={"N": "5"}))
    clients.dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": _item("written#03", "2")}}]})
    with pytest.raises(clients.dynamodb.exceptions.ConditionalCheckFailedException):
        clients.dynamodb.put_item(
            TableName=table, Item=_item("written", "1"), ConditionExpression="attribute_not_exists(executionName)"
        )
    clients.dynamodb.update_item(
        TableName=table,
        Key=_item("written", "1"),
        UpdateExpression="SET #v = #v + :one",
        ExpressionAttributeNames={"#v": "value"},
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    lines = [json.loads(line) for line in (folder / "audit.jsonl").read_text().splitlines()]
    assert [(line["executionName"], line["timestamp"], line.get("value")) for line in lines] == [
        ("written", "1", 5),
        ("written#03", "2", None),
        ("written", "1", 6),
    ]


def test_a_run_of_an_earlier_process_is_put_back(cloud: Cloud) -> None:
    """Its object under the version id that it had, beside a newer one; its items, the later of two with one key."""
    clients, resources, runs = cloud
    folder, bucket, key = _run_folder(runs, "earlier"), resources.input_bucket, "a b%25+ü.csv"
    (folder / "input.csv").write_bytes(b"earlier")
    items = [{"executionName": "earlier", "timestamp": str(n % 30), "n": n, "list": [1, "x", None]} for n in range(60)]
    (folder / "audit.jsonl").write_text("".join(f"{json.dumps(item)}\n" for item in items) + '{"executionName": "ea')
    objects = [{"bucket": bucket, "key": key, "versionId": "AbC.1_x", "path": str(folder / "input.csv")}]
    asked = {"objects": objects, "items": {"table": resources.table, "path": str(folder / "audit.jsonl")}}
    post_restore(clients.endpoint, asked)
    newer = clients.s3.put_object(Bucket=bucket, Key=key, Body=b"newer")["VersionId"]
    answer = clients.s3.get_object(Bucket=bucket, Key=key, VersionId="AbC.1_x")
    assert (answer["Body"].read(), answer["VersionId"]) == (b"earlier", "AbC.1_x")
    assert clients.s3.head_object(Bucket=bucket, Key=key, VersionId="AbC.1_x")["ContentLength"] == 7
    assert clients.s3.get_object(Bucket=bucket, Key=key)["VersionId"] == newer
    listed = clients.s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]
    assert {one["VersionId"] for one in listed} == {"AbC.1_x", newer}
    found = clients.dynamodb.query(
        TableName=resources.table,
        KeyConditionExpression="executionName = :run",
        ExpressionAttributeValues={":run": {"S": "earlier"}},
    )["Items"]
    assert {(item["timestamp"]["S"], item["n"]["N"]) for item in found} == {
        (str(n - 30), str(n)) for n in range(30, 60)
    }
    assert found[0]["list"] == {"L": [{"N": "1"}, {"S": "x"}, {"NULL": True}]}
    copied = {"Bucket": bucket, "Key": key, "VersionId": "AbC.1_x"}
    clients.s3.copy_object(Bucket=bucket, Key="copied", CopySource=copied)  # type: ignore[arg-type] # a dict will do
    assert clients.s3.get_object(Bucket=bucket, Key="copied")["Body"].read() == b"earlier"
    deleted = clients.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key, "VersionId": "AbC.1_x"}]})
    assert [one["VersionId"] for one in deleted["Deleted"]] == ["AbC.1_x"]
    with pytest.raises(ClientError):
        clients.s3.head_object(Bucket=bucket, Key=key, VersionId="AbC.1_x")


def test_a_large_object_comes_back_as_it_was(cloud: Cloud) -> None:
    """Whole, a range of it, and put together from parts."""
    clients, resources, _ = cloud
    bucket, content = resources.input_bucket, os.urandom(6 << 20)
    clients.s3.put_object(Bucket=bucket, Key="large", Body=content)
    assert clients.s3.get_object(Bucket=bucket, Key="large")["Body"].read() == content
    part = clients.s3.get_object(Bucket=bucket, Key="large", Range="bytes=1048570-3145738")
    assert part["Body"].read() == content[1048570:3145739]
    upload = clients.s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    named: Any = {"Bucket": bucket, "Key": "parts", "UploadId": upload}
    etags = [
        clients.s3.upload_part(**named, PartNumber=number, Body=piece)["ETag"]
        for number, piece in enumerate((content[: 5 << 20], content[5 << 20 :]), 1)
    ]
    parts: Any = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
    clients.s3.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
    assert clients.s3.get_object(Bucket=bucket, Key="parts")["Body"].read() == content


def test_what_ends_early_disturbs_nothing(cloud: Cloud) -> None:
    """A client that goes in the middle of an answer leaves a good connection, or none, behind."""
    clients, resources, _ = cloud
    clients.s3.put_object(Bucket=resources.input_bucket, Key="long", Body=bytes(6 << 20))
    for _ in range(30):  # more than there are threads
        body = clients.s3.get_object(Bucket=resources.input_bucket, Key="long")["Body"]
        body.read(1000)
        body.close()
    assert clients.s3.head_object(Bucket=resources.input_bucket, Key="long")["ContentLength"] == 6 << 20


def test_a_queue_that_is_not_there_has_its_exception(cloud: Cloud) -> None:
    """As AWS's JSON protocol names it."""
    clients, _, _ = cloud
    with pytest.raises(clients.sqs.exceptions.QueueDoesNotExist):
        clients.sqs.get_queue_attributes(QueueUrl=f"{clients.endpoint}/123456789012/none")


def test_conditions_of_several_items_hold_for_all_or_none(cloud: Cloud) -> None:
    """TransactWriteItems, and a PutObject that must not replace."""
    clients, resources, _ = cloud
    put = {"TableName": resources.table, "Item": _item("together", "1")}
    new = {**put, "ConditionExpression": "attribute_not_exists(executionName)"}
    clients.dynamodb.transact_write_items(TransactItems=[{"Put": new}])  # type: ignore[list-item] # a dict will do
    other = {**put, "Item": _item("together", "2")}
    with pytest.raises(clients.dynamodb.exceptions.TransactionCanceledException) as refused:
        clients.dynamodb.transact_write_items(TransactItems=[{"Put": other}, {"Put": new}])  # type: ignore[list-item] # as above
    reasons: Any = refused.value.response
    assert [reason["Code"] for reason in reasons["CancellationReasons"]] == ["None", "ConditionalCheckFailed"]
    assert "Item" not in clients.dynamodb.get_item(TableName=resources.table, Key=_item("together", "2"))
    clients.s3.put_object(Bucket=resources.input_bucket, Key="once", Body=b"1", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        clients.s3.put_object(Bucket=resources.input_bucket, Key="once", Body=b"2", IfNoneMatch="*")


def test_what_nobody_has_signed_is_refused(cloud: Cloud) -> None:
    """Objects are private."""
    clients, resources, _ = cloud
    clients.s3.put_object(Bucket=resources.input_bucket, Key="private", Body=b"1")
    address = f"{clients.endpoint}/{resources.input_bucket}/private"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError, match="403"):
        opener.open(address)
    url = clients.s3.generate_presigned_url("get_object", Params={"Bucket": resources.input_bucket, "Key": "private"})
    with opener.open(url) as answer:
        assert answer.read() == b"1"


def _eventually(gone: psutil.Process) -> bool:
    deadline = time.monotonic() + 10
    while gone.is_running() and gone.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.02)
    return not gone.is_running() or gone.status() == psutil.STATUS_ZOMBIE


def _roto_below(server: EngineServer) -> psutil.Process:
    below = psutil.Process(server.pid).children(recursive=True)
    return next(process for process in below if process.name() == "roto-server")


def test_roto_ends_with_the_process_that_started_it_however_that_ends(tmp_path: Path) -> None:
    """Closed, and killed."""
    options = EngineOptions(engine=ROTO, restore_from=tmp_path)
    with EngineServer(options) as closed:
        assert closed.url
        roto = _roto_below(closed)
    assert _eventually(roto)
    with EngineServer(options) as killed:
        assert killed.url
        roto = _roto_below(killed)
        os.kill(killed.pid, signal.SIGKILL)
        assert _eventually(roto)


def test_if_roto_is_killed_the_engine_has_ended(tmp_path: Path) -> None:
    """Nobody waits for an answer that never comes."""
    with EngineServer(EngineOptions(engine=ROTO, restore_from=tmp_path)) as server:
        assert server.url
        _roto_below(server).kill()
        deadline = time.monotonic() + 10
        while server.lives and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not server.lives
