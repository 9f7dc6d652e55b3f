"""`smoke` at the endpoint of a cloud that is up: it passes, it notices what is wrong, and it leaves nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from lambdas.shared.connection import connect
from simulator.deployed.smoke import SmokeTest, Step
from simulator.pipeline.settings import PROJECT_ROOT
from tests.integration.deployed.conftest import Cloud

STEPS = ["users", "upload", "execution", "results", "audit", "report", "totals"]


def _steps(cloud: Cloud, patience: float = 1.0) -> tuple[list[Step], Step]:
    test = SmokeTest(cloud.stack(), patience=patience)
    with closing(test.steps()) as steps:
        done = list(steps)
    assert test.cleaned is not None
    return done, test.cleaned


def _left(cloud: Cloud) -> list[str]:
    """What a canary has left: users, totals, objects of any version."""
    aws, resources = cloud.session.aws, cloud.session.resources
    with connect(cloud.session.postgres.url) as connection:
        found = [str(user) for (user,) in connection.execute("SELECT user_id FROM users WHERE user_id LIKE '~%'")]
        found += [
            str(one) for (one,) in connection.execute("SELECT user_id FROM user_statistics WHERE user_id LIKE '~%'")
        ]
    uploads = aws.s3.list_object_versions(Bucket=resources.input_bucket, Prefix="smoke/")
    found += [one["Key"] for kind in ("Versions", "DeleteMarkers") for one in uploads.get(kind, [])]
    for prefix in ("users/smoke", "results/"):
        listed = aws.s3.list_objects_v2(Bucket=resources.output_bucket, Prefix=prefix)
        found += [one["Key"] for one in listed.get("Contents", [])]
    return found


@contextmanager
def _statement(cloud: Cloud, make: str, undo: str) -> Iterator[None]:
    with connect(cloud.session.postgres.url, autocommit=True) as connection:
        connection.execute(make.encode())
        try:
            yield
        finally:
            connection.execute(undo.encode())


def test_three_rows_go_through_everything(cloud: Cloud) -> None:
    """The command prints each step with its time, ends with 0, and leaves no user and no object."""
    command = [sys.executable, str(PROJECT_ROOT / "simulator"), "smoke", "--stack", "UserLogPipeline"]
    outcome = subprocess.run(
        [*command, "--endpoint-url", cloud.url, "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=90,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    document = json.loads(outcome.stdout)
    assert [(one["name"], one["passed"]) for one in document["steps"]] == [
        (name, True) for name in (*STEPS, "clean-up")
    ]
    assert all(one["seconds"] >= 0 for one in document["steps"])
    assert document["passed"] is True
    assert "PASSED" in outcome.stderr
    assert _left(cloud) == []


@pytest.mark.slow
def test_an_upload_that_starts_nothing_is_noticed(cloud: Cloud) -> None:
    """The rule is disabled; the steps after it are not done, and the canary is removed."""
    events = cloud.stack().client("events")
    events.disable_rule(Name="s3-csv-upload-rule")
    try:
        steps, cleaned = _steps(cloud, patience=0.02)
    finally:
        events.enable_rule(Name="s3-csv-upload-rule")
    assert [(step.name, step.passed) for step in steps] == [("users", True), ("upload", True), ("execution", False)]
    assert "No execution has started" in steps[-1].found
    assert "replay-events" in steps[-1].found
    assert cleaned.passed
    assert _left(cloud) == []


@pytest.mark.slow
def test_a_run_that_fails_is_told_with_its_cause(cloud: Cloud) -> None:
    """The totals cannot be written: every row fails."""
    rename = (
        "ALTER TABLE user_statistics RENAME post_count TO gone",
        "ALTER TABLE user_statistics RENAME gone TO post_count",
    )
    with _statement(cloud, *rename):
        steps, cleaned = _steps(cloud)
    assert (steps[-1].name, steps[-1].passed) == ("execution", False)
    assert "is FAILED" in steps[-1].found
    assert cleaned.passed
    assert all(key.startswith("results/") for key in _left(cloud)), "the results of a failed run are kept: they say why"


@pytest.mark.slow
def test_totals_that_are_wrong_are_noticed(cloud: Cloud) -> None:
    """Here a trigger changes them on their way."""
    make = """
        CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.login_count := NEW.login_count + 1; RETURN NEW; END $$;
        CREATE TRIGGER spoil BEFORE INSERT OR UPDATE ON user_statistics FOR EACH ROW EXECUTE FUNCTION spoil();
    """
    with _statement(cloud, make, "DROP TRIGGER spoil ON user_statistics; DROP FUNCTION spoil"):
        steps, cleaned = _steps(cloud, patience=0.05)
    assert (steps[-1].name, steps[-1].passed) == ("totals", False)
    assert "instead of" in steps[-1].found
    assert cleaned.passed
