"""A cloud that lasts, written to from three sides until it is killed: `python -m tests.integration.lasting.busy_cloud`.

Every line on stdout is a write that was acknowledged: `object KEY NUMBER VERSION`, `item NUMBER`, `upload KEY VERSION`.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.runtime.clock import RealClock
from simulator.aws.asl.runtime.listener import SilentListener
from simulator.fault_injection.spec import FaultPlan
from simulator.pipeline.session import Session
from simulator.pipeline.settings import PROJECT_ROOT, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

BUCKET, TABLE, KEYS = "chaos", "chaos", 3


def lasting_session(home: Path) -> Session:
    """Open a session that lasts."""
    return Session(
        Settings(simulator_home=home),
        tell=lambda _: None,
        listener=SilentListener(),
        clock=RealClock(),
        plan=FaultPlan(),
        restored=True,
    )


def _acknowledged(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def _objects(session: Session, number: int) -> None:
    key = f"key-{number % KEYS}"
    put = session.aws.s3.put_object(Bucket=BUCKET, Key=key, Body=str(number).encode(), Metadata={"n": str(number)})
    _acknowledged("object", key, number, put["VersionId"])


def _items(session: Session, _number: int) -> None:
    one: Any = {":one": {"N": "1"}}
    updated = session.aws.dynamodb.update_item(
        TableName=TABLE,
        Key={"h": {"S": "counter"}},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues=one,
        ReturnValues="UPDATED_NEW",
    )
    _acknowledged("item", updated["Attributes"]["n"]["N"])


def _uploads(session: Session, number: int) -> None:
    upload = session.upload(PROJECT_ROOT / "sample_data" / "sample.csv", f"chaos-{number}.csv")
    _acknowledged("upload", upload.key, upload.version_id)
    session.wait_for_workflow(upload).wait()


def _again_and_again(session: Session, first: int, write: Callable[[Session, int], None]) -> None:
    number = first
    while True:
        write(session, number)
        number += 1


def main(home: Path, first: int) -> None:
    """Write until the end of the process.

    Args:
        home: the home.
        first: the number of the first write of each kind.
    """
    with lasting_session(home) as session:
        if BUCKET not in {bucket["Name"] for bucket in session.aws.s3.list_buckets()["Buckets"]}:
            made: Any = {"CreateBucketConfiguration": {"LocationConstraint": "ap-northeast-1"}}
            session.aws.s3.create_bucket(Bucket=BUCKET, **made)
            session.aws.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
            session.aws.dynamodb.create_table(
                TableName=TABLE,
                KeySchema=[{"AttributeName": "h", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "h", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
            session.migrator.load_users(PROJECT_ROOT / "sample_data" / "users.csv")
        _acknowledged("ready")
        sides = [
            threading.Thread(target=_again_and_again, args=(session, first, write), daemon=True)
            for write in (_objects, _items, _uploads)
        ]
        for side in sides:
            side.start()
        for side in sides:
            side.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
