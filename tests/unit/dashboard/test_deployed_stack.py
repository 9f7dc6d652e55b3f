"""The thread that fetches while a page is open, and what pages may do to a stack."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import dashboard.deployed.stack as module
from dashboard.deployed import actions
from dashboard.deployed.options import Options
from dashboard.deployed.users import deployed_user, deployed_users
from dashboard.queries.read_only_database import DatabaseUnavailable
from simulator.fetch.deployment import Target
from simulator.fetch.errors import FetchError
from simulator.fetch.stack_fetch import Round
from simulator.runs.folder.run_record import RunRecord
from simulator.runs.store import RunStore

ARN = "arn:aws:states:eu-west-1:111122223333:stateMachine:csv-user-log-processor"
RECORD = RunRecord(name="run-1", arn=f"{ARN}:run-1", status="FAILED")


class Rounds:
    """Stands in for StackFetch: counts its rounds, and fails as it is told."""

    def __init__(self, folder: Path) -> None:
        self.store = RunStore(folder)
        self.count = 0
        self.error: Exception | None = None

    def round(self, _since: timedelta, *, newest_first: bool) -> Round:
        """Count."""
        assert newest_first
        self.count += 1
        if self.error is not None:
            raise self.error
        return Round()


class Calls:
    """A client of any service: keeps what it was asked."""

    def __init__(self) -> None:
        self.made: list[tuple[str, dict[str, Any]]] = []
        self.answer: Any = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            body = request.get("Body")
            self.made.append((name, {**request, "Body": body.read()} if body is not None else request))
            return self.answer

        return call


@pytest.fixture
def rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rounds:
    """What the thread calls; pauses are short."""
    made = Rounds(tmp_path / "runs")
    monkeypatch.setattr(module, "StackFetch", lambda *_arguments, **_options: made)
    monkeypatch.setattr(
        module,
        "target_of",
        lambda _operator, stack: Target(title=stack, workflow=ARN, input_bucket="uploads", reader="reader"),
    )
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.02)
    monkeypatch.setattr(module, "TROUBLE_SECONDS", 0.02)
    monkeypatch.setattr(module, "OPEN_SECONDS", 0.3)
    return made


def opened(folder: Path, *, acts: bool) -> module.Deployment:
    """A stack whose clients keep their calls."""
    deployed = module.Deployment(
        Options(
            stack="S",
            region="eu-west-1",
            profile=None,
            endpoint_url="http://127.0.0.1:9",
            since=timedelta(days=1),
            allow_actions=acts,
        ),
        folder,
    )
    calls = Calls()
    deployed.operator = SimpleNamespace(stepfunctions=calls, s3=calls, functions=calls)  # type: ignore[assignment]
    return deployed


@pytest.fixture
def deployed(tmp_path: Path, rounds: Rounds) -> Iterator[module.Deployment]:
    """A stack that may be acted on."""
    made = opened(tmp_path, acts=True)
    yield made
    made.close()


def until(condition: Callable[[], bool]) -> None:
    """Wait for something."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_aws_is_asked_only_while_a_page_is_open(deployed: module.Deployment, rounds: Rounds) -> None:
    """A page's look wakes the thread; some time after the last one it rests."""
    time.sleep(0.1)
    assert rounds.count == 0
    assert deployed.read is None
    deployed.touch()
    until(lambda: rounds.count >= 3)
    assert deployed.read is not None
    time.sleep(0.6)
    resting = rounds.count
    time.sleep(0.2)
    assert rounds.count == resting
    deployed.touch()
    until(lambda: rounds.count > resting)


@pytest.mark.parametrize(
    "error", [FetchError("no way", "network"), FetchError("log in", "credentials"), OSError("full")]
)
def test_trouble_is_said_until_it_is_over(deployed: module.Deployment, rounds: Rounds, error: Exception) -> None:
    """The thread outlives it."""
    rounds.error = error
    deployed.touch()
    until(lambda: str(error) in deployed.trouble)
    assert deployed.read is None
    rounds.error = None
    deployed.touch()
    until(lambda: deployed.trouble == "" and deployed.read is not None)


def test_without_the_option_nothing_is_done(tmp_path: Path, rounds: Rounds) -> None:
    """Whatever a page offers by mistake."""
    assert rounds.count == 0
    made = opened(tmp_path, acts=False)
    try:
        for act in (
            lambda: actions.redrive(made, RECORD),
            lambda: actions.stop(made, RECORD),
            lambda: actions.upload(made, "a.csv", b"x"),
        ):
            with pytest.raises(FetchError, match="without --allow-actions: it changes nothing on AWS"):
                act()
        assert made.operator.s3.made == []
    finally:
        made.close()


def test_redrive_and_stop_name_the_execution(deployed: module.Deployment) -> None:
    """And nothing else."""
    actions.redrive(deployed, RECORD)
    actions.stop(deployed, RECORD)
    (redriven, first), (stopped, second) = deployed.operator.stepfunctions.made
    assert (redriven, stopped) == ("redrive_execution", "stop_execution")
    assert first["executionArn"] == second["executionArn"] == RECORD.arn


def test_an_upload_is_a_csv_object_in_utf_8(deployed: module.Deployment) -> None:
    """Its key is the file's name, with an ending that starts a run."""
    text = "ユーザーID,ログイン回数,投稿回数\r\nU1,1,2\r\n"
    assert "converted from" in actions.upload(deployed, "C:\\files\\夜.txt", text.encode("cp932"))
    ((name, request),) = deployed.operator.s3.made
    assert name == "put_object"
    assert (request["Bucket"], request["Key"]) == ("uploads", "夜.txt.csv")
    assert request["Body"].decode("utf-8") == text


def test_a_corrected_file_whose_run_is_not_there_is_not_uploaded(deployed: module.Deployment) -> None:
    """A row might go to another user."""
    text = "ユーザーID,ログイン回数,投稿回数,_line,_error,_cause,_attempts,_run\nU1,1,2,2,E,c,1,user-log-1\n"
    with pytest.raises(FetchError, match="another user"):
        actions.upload(deployed, "failed-rows.csv", text.encode())
    assert deployed.operator.s3.made == []


def test_users_come_from_the_stacks_function(deployed: module.Deployment) -> None:
    """With the question as the page has it."""
    user = {
        "userId": "U1",
        "username": "n",
        "email": "e",
        "totals": [1, None],
        "lastUpdated": "2026-01-01T00:00:00+00:00",
    }
    deployed.operator.functions.answer = {"Payload": io.BytesIO(json.dumps({"total": 7, "users": [user]}).encode())}
    page = deployed_users(deployed, search="u", order="logins", offset=5, limit=1)
    ((_, request),) = deployed.operator.functions.made
    assert request["FunctionName"] == "reader"
    assert json.loads(request["Payload"]) == {"search": "u", "order": "logins", "offset": 5, "limit": 1}
    assert page.total == 7
    assert (page.users[0].user_id, page.users[0].totals) == ("U1", (1, None))
    assert page.users[0].last_updated is not None


def test_one_user_is_asked_for_by_the_whole_id(deployed: module.Deployment) -> None:
    """The answer may have none."""
    deployed.operator.functions.answer = {"Payload": io.BytesIO(json.dumps({"total": 0, "users": []}).encode())}
    assert deployed_user(deployed, "U1") is None
    ((_, request),) = deployed.operator.functions.made
    assert json.loads(request["Payload"]) == {"user": "U1"}


def test_a_function_that_fails_is_named_with_its_error(deployed: module.Deployment) -> None:
    """As the page of this machine names a database that is away."""
    said = {"errorType": "DatabaseError", "errorMessage": "no connection"}
    deployed.operator.functions.answer = {
        "FunctionError": "Unhandled",
        "Payload": io.BytesIO(json.dumps(said).encode()),
    }
    with pytest.raises(DatabaseUnavailable, match="The function reader failed: no connection"):
        deployed_users(deployed)
