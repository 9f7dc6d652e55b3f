"""Kill -9 at random moments: what was acknowledged is there after the next start, once, and runs can be redriven."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from simulator.aws.asl.runtime.resume import INTERRUPTED_ERROR
from simulator.pipeline.redriving.redrive import redrive
from simulator.pipeline.settings import PROJECT_ROOT
from simulator.runs.recovery import recovered
from simulator.runs.redrive_plan import NotRedrivable, plan_redrive
from tests.integration.lasting.busy_cloud import BUCKET, TABLE, lasting_session

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.pipeline.session import Session

pytestmark = pytest.mark.only_engine("moto", reason="only moto is kept and restored")

KILLS = 10


def _busy_until_killed(home: Path, first: int, seconds: float) -> list[list[str]]:
    """Start a busy cloud, kill it so many seconds after it is ready, and return what it had acknowledged."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.lasting.busy_cloud", str(home), str(first)],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    written, _ = process.communicate()
    lines = written.splitlines(keepends=True)
    return [line.split() for line in lines if line.endswith("\n")]


def _versions(session: Session) -> dict[str, list[tuple[str, int]]]:
    """Return (version id, number in its body) of each key's versions, oldest first."""
    found: dict[str, list[tuple[str, int]]] = {}
    for page in session.aws.s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET):
        for entry in page.get("Versions", []):
            got = session.aws.s3.get_object(Bucket=BUCKET, Key=entry["Key"], VersionId=entry["VersionId"])
            number = int(got["Body"].read())
            assert got["Metadata"] == {"n": str(number)}
            found.setdefault(entry["Key"], []).insert(0, (entry["VersionId"], number))
    return found


def _check_objects(session: Session, acknowledged: list[list[str]]) -> None:
    versions = _versions(session)
    for key, there in versions.items():
        expected = [(version, int(number)) for _, one, number, version in acknowledged if one == key]
        assert [entry for entry in there if entry in expected] == expected
        numbers = [number for _, number in there]
        assert numbers == sorted(set(numbers)), "out of order, or twice"
    assert {key for _, key, _, _ in acknowledged} <= versions.keys()


def _check_uploads(session: Session, acknowledged: list[list[str]]) -> None:
    sample = (PROJECT_ROOT / "sample_data" / "sample.csv").read_bytes()
    bucket = session.resources.input_bucket
    for _, key, version in acknowledged:
        got = session.aws.s3.get_object(Bucket=bucket, Key=key, VersionId=version)
        assert got["Body"].read() == sample
        assert [
            entry["VersionId"] for entry in session.aws.s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]
        ] == [version]


def _redrive_interrupted(session: Session) -> int:
    """Redrive what can be redriven; afterwards each row has its items once, and its results are in the bucket once."""
    count = 0
    for info in list(session.archive.executions(session.resources.workflow_arn)):
        folder = session.store.folder(info.name)
        if info.error == INTERRUPTED_ERROR:
            assert info.status == "ABORTED"
            try:
                plan = plan_redrive(folder, recovered(folder))
            except NotRedrivable:
                continue  # it had not begun to process rows
            running = redrive(session, folder, plan)
            assert running.wait(60)
            assert running.info.status == "SUCCEEDED"
            count += 1
        items = session.aws.dynamodb.query(
            TableName=session.resources.table,
            KeyConditionExpression="executionName = :n",
            ExpressionAttributeValues={":n": {"S": info.name}},
        )["Items"]
        rows: Any = Counter(item["timestamp"]["S"] for item in items)
        assert rows
        assert set(rows.values()) == {1}
        for map_run in session.archive.map_runs(info.arn):
            prefix = f"results/{map_run.arn.rpartition(':')[2]}/"
            listed = session.aws.s3.list_objects_v2(Bucket=session.resources.output_bucket, Prefix=prefix)
            keys = [entry["Key"] for entry in listed["Contents"]]
            assert len(keys) == len(set(keys))
            assert sum(key.endswith("/manifest.json") for key in keys) == 1
    return count


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nothing_acknowledged_is_lost_by_ten_kills(tmp_path: Path) -> None:
    """Each start goes on with what the one before left."""
    moments = random.Random()  # noqa: S311 - moments to kill at
    home = tmp_path / "home"
    acknowledged: list[list[str]] = []
    redriven = 0
    for kill in range(KILLS):
        acknowledged += _busy_until_killed(home, kill * 100_000, moments.uniform(0.05, 4))
        with lasting_session(home) as session:
            _check_objects(session, [line for line in acknowledged if line[0] == "object"])
            _check_uploads(session, [line for line in acknowledged if line[0] == "upload"])
            counts = [int(line[1]) for line in acknowledged if line[0] == "item"]
            item: Any = session.aws.dynamodb.get_item(TableName=TABLE, Key={"h": {"S": "counter"}}).get("Item")
            there = int(item["n"]["N"]) if item else 0
            assert counts == sorted(set(counts))
            assert there >= max(counts, default=0)
            assert there - len(counts) <= kill + 1, "more than the one write that a kill left without its answer"
            redriven += _redrive_interrupted(session)
    assert redriven > 0
