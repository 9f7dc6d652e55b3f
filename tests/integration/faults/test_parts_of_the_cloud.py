"""The event that comes twice, and the object that is replaced while it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.runtime.clock import RealClock
from simulator.aws.map_run.object_store import S3ObjectStore
from simulator.fault_injection.fault_injection import Faults
from simulator.fault_injection.parts import Parts, UploadedFile
from simulator.fault_injection.spec import FaultPlan, parse_fault

if TYPE_CHECKING:
    from tests.integration.conftest import Aws

FILE = "ユーザーID,ログイン回数,投稿回数\nU1,10,20\nU2,30,40\n".encode()


class Told:
    """Where events are delivered."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def deliver(self, event: dict[str, Any]) -> None:
        """Remember it."""
        self.events.append(event)


def faults_of(aws: Aws, *specs: str) -> Faults:
    """Faults of a session that is open."""
    plan = FaultPlan(specs=[parse_fault(spec) for spec in specs])
    return Faults(plan, Parts(endpoint=aws.endpoint, s3=aws.s3, database=None, clock=RealClock()))


def uploaded(aws: Aws) -> dict[str, Any]:
    """Put the file and return its event, as far as faults read it."""
    bucket = aws.resources.input_bucket
    version = aws.s3.put_object(Bucket=bucket, Key="a.csv", Body=FILE)["VersionId"]
    return {"detail": {"bucket": {"name": bucket}, "object": {"key": "a.csv", "version-id": version}}}


class Silent:
    """A LambdaInvoker whose calls have no effect."""

    def invoke(self, _function: str, _payload: bytes, *, timeout: float | None = None) -> Any:
        """Do nothing."""


def call_rows(faults: Faults, rows: int) -> None:
    """Call the row's function so often."""
    functions = faults.functions(Silent())
    for index in range(rows):
        functions.invoke("f", b'{"rowIndex": %d, "executionName": "run"}' % index)


def test_an_event_comes_again_at_once_or_after_some_rows(aws: Aws) -> None:
    """The very same event, once more and no more."""
    told = Told()
    event = uploaded(aws)
    upload = UploadedFile(event=event, deliver=told.deliver)
    faults_of(aws, "event=twice").uploaded(upload)
    assert told.events == [event]
    later = faults_of(aws, "event=twice,after=3")
    later.uploaded(upload)
    call_rows(later, 3)
    assert told.events == [event]
    call_rows(later, 5)
    assert told.events == [event, event]
    assert later.all[0].happened == 1


def test_a_replaced_object_is_a_new_version_and_the_old_one_can_still_be_read(aws: Aws) -> None:
    """Same size, same header, other users and totals: a reader of any byte of it is seen."""
    faults = faults_of(aws, "object=replace,after=1")
    event = uploaded(aws)
    stored = event["detail"]["object"]
    where = {"Bucket": aws.resources.input_bucket, "Key": "a.csv"}
    faults.uploaded(UploadedFile(event=event, deliver=Told().deliver))
    call_rows(faults, 1)
    store = S3ObjectStore(aws.s3)
    assert b"".join(store.open(where)) == FILE
    call_rows(faults, 1)
    replaced = b"".join(store.open(where)).decode()
    assert replaced == "ユーザーID,ログイン回数,投稿回数\nU9,99,99\nU9,99,99\n"
    assert b"".join(store.open({**where, "VersionId": stored["version-id"]})) == FILE
    assert faults.all[0].happened == 1


def test_a_database_that_is_not_ours_is_left_alone(aws: Aws) -> None:
    """And that is said."""
    faults = faults_of(aws, "database=restart")
    faults.uploaded(UploadedFile(event=uploaded(aws), deliver=Told().deliver))
    call_rows(faults, 2)
    assert faults.all[0].happened == 0
    assert faults.all[0].trouble == "the simulator may not stop this database"
