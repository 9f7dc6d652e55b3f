"""The engine's process refuses requests; real clients meet it, and retry as they do on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from simulator.aws.engine.clients import AwsClients, aws_clients
from simulator.aws.engine.options import ENGINES
from simulator.aws.engine.server import EngineServer
from simulator.aws.map_run.object_store import ObjectStoreError, S3ObjectStore
from simulator.fault_injection.refused_by_aws import RefusedByAws
from simulator.fault_injection.spec import FaultPlan, parse_fault
from simulator.pipeline.provisioning import provision
from simulator.pipeline.servers import engine_options
from simulator.pipeline.settings import HomeFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THROTTLE = "dynamodb=throttle,after=1,count=3"
RESULTS = "s3=fail-results,count=3"
ATTEMPTS = 3
"""What a client of the simulator makes before it gives up."""


@pytest.fixture(params=ENGINES)
def refusing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AwsClients]:
    """Clients of each engine that refuses."""
    plan = FaultPlan(specs=[parse_fault(THROTTLE), parse_fault(RESULTS)])
    with EngineServer(engine_options(HomeFolder(tmp_path).create(), plan, engine=request.param)) as server:
        clients = aws_clients(server.url)
        yield clients
        clients.close()


def happened(clients: AwsClients, spec: str) -> int:
    """What is told at the end of the run."""
    fault = RefusedByAws(parse_fault(spec), clients.endpoint)
    fault.close()
    assert fault.trouble is None
    return fault.happened


def test_dynamodb_throttles_until_a_client_gives_up_and_then_no_more(refusing: AwsClients, tmp_path: Path) -> None:
    """What was refused is not in the table, nor in the audit trail."""
    table = provision(refusing).table

    def put(number: str) -> None:
        item = {"executionName": {"S": "run"}, "timestamp": {"S": number}}
        refusing.dynamodb.put_item(TableName=table, Item=item)

    put("1")
    with pytest.raises(ClientError) as error:
        put("2")
    assert error.value.response["Error"]["Code"] == "ProvisionedThroughputExceededException"
    put("3")
    kept = {item["timestamp"]["S"] for item in refusing.dynamodb.scan(TableName=table)["Items"]}
    assert kept == {"1", "3"}
    orphans = (tmp_path / "audit-orphans.jsonl").read_text()
    assert orphans.count("\n") == 2
    assert happened(refusing, THROTTLE) == ATTEMPTS


def test_s3_fails_on_results_and_on_nothing_else(refusing: AwsClients, tmp_path: Path) -> None:
    """The error that the ResultWriter reports has S3's code."""
    bucket = provision(refusing).output_bucket
    store = S3ObjectStore(refusing.s3)
    file = tmp_path / "SUCCEEDED_0.json"
    file.write_bytes(b"[]")
    store.put(bucket, "rejected/a.json", b"{}")
    with pytest.raises(ObjectStoreError) as error:
        store.put_multipart(bucket, "results/m/SUCCEEDED_0.json", file)
    assert error.value.code == "SlowDown"
    store.put_multipart(bucket, "results/m/SUCCEEDED_0.json", file)
    assert b"".join(store.open({"Bucket": bucket, "Key": "results/m/SUCCEEDED_0.json"})) == b"[]"
    assert happened(refusing, RESULTS) == ATTEMPTS


def test_an_engine_that_was_asked_for_nothing_has_nothing_of_it(tmp_path: Path, engine: str) -> None:
    """Not even the address for the counts."""
    with EngineServer(engine_options(HomeFolder(tmp_path).create(), engine=engine)) as server:
        fault = RefusedByAws(parse_fault(RESULTS), server.url)
        fault.close()
        assert fault.trouble is not None
