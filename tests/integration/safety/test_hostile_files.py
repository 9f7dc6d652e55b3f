"""Hostile values, users and keys through the real pipeline: they are data, and nothing else."""

from __future__ import annotations

import csv
import json
import re
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from lambdas.shared.connection import connect
from simulator.runs.failed_rows import quoted
from simulator.runs.row_story import row_story
from tests.chaos.stage import Stage
from tests.rows import WIDTH, event_values, upload
from tests.unit.safety.injections import ALL, KEYS, SHORT_IDS

ROW_ERRORS = {"InvalidRecordError", "UserNotFoundError"}


def everything(stage: Stage) -> list[Any]:
    """What both tables hold, and which tables there are."""
    with connect(stage.database_url) as connection:
        return [
            connection.execute("SELECT * FROM users ORDER BY 1").fetchall(),
            connection.execute("SELECT * FROM user_statistics ORDER BY 1").fetchall(),
            connection.execute("SELECT schemaname, tablename FROM pg_tables ORDER BY 1, 2").fetchall(),
        ]


def invoke(stage: Stage, values: list[str]) -> str:
    """Process one row by the real function, and return its error's name (empty for none)."""
    event = {
        **event_values(*values),
        "rowIndex": 0,
        "mapEnteredAt": "2025-08-02T09:30:00.000Z",
        "uploadedAt": "2025-08-02T09:30:00Z",
        "executionName": "hostile",
        "executionArn": "arn:aws:states:ap-northeast-1:123456789012:execution:m:hostile",
        "ttlTimestamp": "1900000000",
    }
    result = stage.session.functions.invoke("user-log-processor", json.dumps(event).encode())
    return str(json.loads(result.payload).get("errorType", "")) if result.function_error else ""


@pytest.mark.parametrize("column", range(WIDTH))
def test_no_value_in_any_column_does_anything_but_fail_its_row(stage: Stage, column: int) -> None:
    """SQL, paths, formulas, markup, code, controls, huge texts: a row error, and both tables as they were."""
    before = everything(stage)
    for text in ALL:
        values = ["U00001", *["1"] * (WIDTH - 1)]
        values[column] = text
        assert invoke(stage, values) in ROW_ERRORS, text[:100]
    assert everything(stage) == before


def test_a_user_whose_id_is_an_injection_is_that_user_and_no_other(stage: Stage, tmp_path: Path) -> None:
    """The ids are loaded as users, and their rows succeed; nobody else's numbers change."""
    master = tmp_path / "users.csv"
    users = [(user, f"name {number}", f"hostile{number}@example.com") for number, user in enumerate(SHORT_IDS)]
    with master.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("user_id", "username", "email"), *users])
    stage.session.migrator.load_users(master)
    before = everything(stage)
    rows = [f"{quoted(user)},{number},{number}" for number, user in enumerate(SHORT_IDS, start=100)]
    folder = stage.run(upload(*rows).encode(), "ids.csv")
    assert folder.record().status == "SUCCEEDED", folder.record().reasons
    assert stage.verify(folder).disagreements == []
    after = everything(stage)
    assert (after[0], after[2]) == (before[0], before[2])
    changed = {row[0]: row[1] for row in after[1] if row not in before[1]}
    assert changed == {user: number for number, user in enumerate(SHORT_IDS, start=100)}


@pytest.mark.parametrize("key", KEYS)
def test_no_key_leads_out_of_the_home_or_into_a_name(stage: Stage, key: str) -> None:
    """A run is named by time and hash; the key is kept as it is, and shown as text only."""
    home = stage.home
    outside = {path for path in home.parent.rglob("*") if home not in path.parents}
    folder = stage.run(upload("U00001,1,2").encode(), key)
    assert folder.record().status == "SUCCEEDED"
    assert folder.record().source.key == key
    assert re.fullmatch(r"user-log-[0-9]{8}-[0-9]{6}-[0-9a-f]{40}", folder.name)
    assert {path for path in home.parent.rglob("*") if home not in path.parents} == outside
    assert not Path("pwned").exists()


def test_hostile_rows_are_kept_as_they_came_and_everything_agrees(stage: Stage) -> None:
    """A whole run of them: rejected rows come back in failed-rows.csv, and verify is clean."""
    texts = [text for text in ALL if "\0" not in text and len(text) < 9000][:60]
    rows = [f"{quoted(text)},{quoted(text)},1" for text in dict.fromkeys(texts)]
    time.sleep(1.1)  # events have whole seconds: totals that another test has just set would count as this run's
    folder = stage.run(upload(*rows).encode("utf-8", "surrogatepass"), "hostile.csv")
    record = folder.record()
    assert record.map_run is not None, record.cause
    assert record.rows.failed > 0
    assert {reason.error for reason in record.reasons} <= ROW_ERRORS
    assert stage.verify(folder).disagreements == []
    failed = next(item for item in folder.items() if item["status"] == "FAILED")
    story = row_story(folder, line=failed["line"])
    assert story is not None
    assert story.fields[0] in texts


def test_whatever_listens_listens_on_loopback_only(stage: Stage) -> None:
    """All processes of the cloud; PostgreSQL has no port at all."""
    ours = psutil.Process()
    family = [ours, *ours.children(recursive=True)]
    pid_file = next((stage.home / "postgres").rglob("postmaster.pid"))
    postmaster = psutil.Process(int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0]))
    addresses = [
        (process.name(), connection.laddr.ip)
        for process in (*family, postmaster)
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert addresses, "moto listens somewhere"
    assert {ip for _, ip in addresses} <= {"127.0.0.1", "::1"}
    assert not postmaster.net_connections(kind="inet")
