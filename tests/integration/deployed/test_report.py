"""The report that the function writes when a run has ended, started by the rule: it is the run folder's own."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator.aws.engine.environment import ACCOUNT, REGION
from simulator.aws.eventbridge.status_event import status_change
from simulator.pipeline.redriving.redrive import redrive
from simulator.runs.redrive_plan import plan_redrive
from tests.integration.deployed.conftest import Cloud
from tests.rows import MORE, upload


def _run(cloud: Cloud, key: str, text: str) -> str:
    running = cloud.session.wait_for_workflow(cloud.session.upload(text.encode(), key))
    assert running.wait(60)
    return running.name


def _object(cloud: Cloud, key: str) -> bytes:
    """Return an object of the output bucket; it may be a moment away."""
    deadline = time.monotonic() + 30
    while True:
        try:
            got = cloud.session.aws.s3.get_object(Bucket=cloud.session.resources.output_bucket, Key=key)
            return got["Body"].read()
        except ClientError:
            assert time.monotonic() < deadline, key
            time.sleep(0.1)


def _summary(cloud: Cloud, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_object(cloud, f"reports/{name}/summary.json"))
    return found


def test_its_failed_rows_are_those_of_the_run_folder(cloud: Cloud) -> None:
    """Byte for byte, though one is made of result files and the other of items.jsonl."""
    bad = ["U00001,1,x", "NOBODY,1,1", "=1+1,2,3", '"with ""quotes"" and\nlines",1,1']
    name = _run(cloud, "in/売上.csv", upload(*bad, *(f"U{number:05},1,1" for number in range(2, 99))))
    summary = _summary(cloud, name)
    assert summary["rows"] == {"total": 101, "succeeded": 97, "failed": 4, "notStarted": 0, "lostToOutage": 0}
    assert (summary["status"], summary["key"], len(summary["files"])) == ("SUCCEEDED", "in/売上.csv", 2)
    folder = cloud.session.recorder.folder(name)
    assert folder is not None
    assert _object(cloud, f"reports/{name}/failed-rows.csv") == folder.failed_rows_file.read_bytes()
    assert b"NOBODY" in folder.failed_rows_file.read_bytes()


def test_the_run_folders_file_is_the_reports_own(cloud: Cloud) -> None:
    """It comes back with the next report of the same end; a report of an earlier one does not touch it."""
    name = _run(cloud, "in/own.csv", upload("U00001,1,x", "U00002,1,1"))
    reported = _object(cloud, f"reports/{name}/failed-rows.csv")
    folder, session = cloud.session.recorder.folder(name), cloud.session
    assert folder is not None
    assert session.asynchronous.drain(30)
    event = {"executionArn": folder.record().arn, "name": name, "status": "SUCCEEDED", "error": None}
    for redrive_count, expected in ((1, b"lost"), (0, reported)):
        folder.failed_rows_file.write_bytes(b"lost")
        payload = json.dumps({"detail": {**event, "redriveCount": redrive_count}}).encode()
        session.asynchronous.submit(session.resources.reporter_arn, payload, str(uuid.uuid4()))
        assert session.asynchronous.drain(30)
        assert folder.failed_rows_file.read_bytes() == expected
    assert not list(folder.path.glob(".failed-rows*"))


def test_rows_that_never_started_are_in_it(cloud: Cloud) -> None:
    """The tolerance was exceeded: the Map Run lists them as PENDING."""
    name = _run(cloud, "breached.csv", upload(*(f"NOBODY{number},1,1" for number in range(300))))
    summary = _summary(cloud, name)
    assert summary["status"] == "FAILED"
    assert summary["rows"]["failed"] + summary["rows"]["notStarted"] == 300
    assert summary["rows"]["notStarted"] > 0
    folder = cloud.session.recorder.folder(name)
    assert folder is not None
    assert _object(cloud, f"reports/{name}/failed-rows.csv") == folder.failed_rows_file.read_bytes()


def test_a_redriven_run_is_reported_again(cloud: Cloud) -> None:
    """The report is of the whole run: what the redrive did not touch, what it cured, and what failed again."""
    users = [f"NEW{number}" for number in range(120)]
    name = _run(cloud, "redriven.csv", upload(*(f"{user},1,1" for user in users), "U00001,1,x"))
    before = _summary(cloud, name)
    assert (before["status"], before["redriveCount"]) == ("FAILED", 0)
    master = cloud.session.store.find(name).path / "master.csv"
    lines = [f"{user},{user},{user}@example.com" for user in users]
    master.write_text("\n".join(["user_id,username,email", *lines]), encoding="utf-8")
    cloud.session.migrator.load_users(master)
    folder = cloud.session.store.find(name)
    assert redrive(cloud.session, folder, plan_redrive(folder, folder.record())).wait(60)
    deadline = time.monotonic() + 60
    while (after := _summary(cloud, name))["redriveCount"] == 0:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert after["status"] == "SUCCEEDED"
    assert after["rows"] == {"total": 121, "succeeded": 120, "failed": 1, "notStarted": 0, "lostToOutage": 0}
    report = _object(cloud, f"reports/{name}/failed-rows.csv")
    assert report.count(b"\r\n") == 2
    assert report == folder.failed_rows_file.read_bytes()


def test_a_rejected_file_has_a_summary_and_no_rows(cloud: Cloud) -> None:
    """It says where the list of problems lies."""
    summary = _summary(cloud, _run(cloud, "rejected.csv", f"wrong header\nU00001,1,1{MORE}\n"))
    assert (summary["status"], summary["rows"]["total"], len(summary["files"])) == ("FAILED", 0, 1)
    assert "rejected/" in summary["next"]


def test_a_run_that_was_stopped_is_reported_from_the_audit_trail(cloud: Cloud) -> None:
    """Its Map Run leaves no result files in S3."""
    rows = [f"U{number % 900 + 1:05},{number},1" for number in range(900)]
    running = cloud.session.wait_for_workflow(cloud.session.upload(upload(*rows).encode(), "stopped.csv"))
    folder = None
    deadline = time.monotonic() + 30
    while folder is None or folder.record_as_written().rows.succeeded < 5:
        assert time.monotonic() < deadline
        time.sleep(0.02)
        folder = cloud.session.recorder.folder(running.name)
    running.stop()
    assert running.wait(30)
    summary = _summary(cloud, running.name)
    assert (summary["status"], summary["rows"]["total"]) == ("ABORTED", 900)
    assert summary["rows"]["notStarted"] > 0
    assert _object(cloud, f"reports/{running.name}/failed-rows.csv") == folder.failed_rows_file.read_bytes()


def test_an_end_whose_report_cannot_be_written_waits_in_a_queue(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """It can be given to the reporter again as it is; the run's outcome is what it was."""
    monkeypatch.setattr(cloud.session.asynchronous, "_waits", (0.01, 0.01))
    session = cloud.session
    upload_ = session.upload(
        upload("NOBODY,1,1", *(f"U{number:05},1,1" for number in range(1, 40))).encode(), "gone.csv"
    )
    running = session.wait_for_workflow(upload_)
    assert running.wait(60)
    _summary(cloud, running.name)
    session.aws.s3.delete_object(Bucket=upload_.bucket, Key="gone.csv", VersionId=upload_.version_id)
    event = status_change(running.info, region=REGION, account=ACCOUNT)
    session.bus.put(event)
    queue = session.resources.report_failures_queue_url
    received = session.aws.sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20, MessageAttributeNames=["All"])
    [message] = received["Messages"]
    session.aws.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    assert json.loads(message["Body"]) == event
    assert "NoSuchVersion" in message["MessageAttributes"]["ErrorMessage"]["StringValue"]
    folder = session.recorder.folder(running.name)
    assert folder is not None
    assert folder.record().status == "SUCCEEDED"
