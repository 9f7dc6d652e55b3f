"""The first thing a newcomer does: the sample goes through, its bad rows come back, and every row is accounted for."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.shared.columns import TOTALS, USER
from tests.rows import AUDIT_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import Outcome, Shell


@pytest.fixture(scope="module")
def shell(make_shell: Callable[[str], Shell]) -> Shell:
    """One home for all tests of this file: the database lives on between them."""
    return make_shell("sample")


@pytest.fixture(scope="module")
def sample(shell: Shell) -> Outcome:
    """The sample, run once, from a folder that is not the project's."""
    return shell("run", "sample.csv", "--json")


@pytest.fixture(scope="module")
def folder(sample: Outcome) -> Path:
    """Its run folder."""
    assert sample.code == 0, sample.err
    return Path(sample.document["runDirectory"])


def lines(path: Path) -> list[dict[str, Any]]:
    """A file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_sample_succeeds_with_some_bad_rows(sample: Outcome, folder: Path) -> None:
    """Within the tolerance; stdout is one document and stderr tells a person what to do."""
    document = sample.document
    rows = document["rows"]
    assert document["status"] == "SUCCEEDED"
    assert rows["total"] == rows["succeeded"] + rows["failed"] == 1000
    assert 0 < rows["failed"] <= 50
    assert sum(reason["count"] for reason in document["reasons"]) == rows["failed"]
    assert document["executionName"].startswith("user-log-")
    assert "Next steps" in sample.err
    assert "Traceback" not in sample.err


def test_every_row_is_in_each_place_once(sample: Outcome, folder: Path) -> None:
    """items.jsonl, the result files, failed-rows.csv and the audit trail agree on every row."""
    items = lines(folder / "items.jsonl")
    failed = {item["index"] for item in items if item["status"] != "SUCCEEDED"}
    assert sorted(item["index"] for item in items) == list(range(1000))
    results = [record for path in folder.glob("results/*/*_0.json") for record in json.loads(path.read_text())]
    by_status = Counter((record["Status"], json.loads(record["Input"])["rowIndex"]) for record in results)
    assert set(by_status) == {("FAILED" if index in failed else "SUCCEEDED", index) for index in range(1000)}
    assert set(by_status.values()) == {1}
    with (folder / "failed-rows.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {int(row["_line"]) - 2 for row in csv.DictReader(file)} == failed
    audit = Counter(
        (int(item["timestamp"].split("#")[1]), item["processingType"]) for item in lines(folder / "audit.jsonl")
    )
    expected = {(index, kind) for index in range(1000) if index not in failed for kind in AUDIT_TYPES}
    assert set(audit) == expected | {(index, "user_update") for index in failed}


def test_the_folder_holds_what_was_run(folder: Path) -> None:
    """The uploaded bytes, the workflow's text, its history, the functions' logs."""
    root = Path(__file__).resolve().parents[2]
    assert (folder / "input.csv").read_bytes() == (root / "sample_data" / "sample.csv").read_bytes()
    assert json.loads((folder / "definition.json").read_text(encoding="utf-8"))["StartAt"] == "CSVFileValidation"
    assert lines(folder / "events.jsonl")[-1]["type"] == "ExecutionSucceeded"
    assert lines(folder / "lambda-logs.jsonl")
    assert list(folder.glob(".run.json*")) == []


def test_a_failed_row_can_be_looked_into(sample: Outcome, shell: Shell) -> None:
    """`show --row` has its text, its attempts, its audit item and its logs."""
    line = sample.document["reasons"][0]["line"]
    story = shell("show", "latest", "--row", str(line), "--json").document
    assert story["items"][0]["status"] == "FAILED"
    assert [item["processingType"] for item in story["audit"]] == ["user_update"]
    assert any("START" in str(record["message"]) for record in story["logs"])


def test_a_corrected_failed_rows_file_is_an_upload(sample: Outcome, folder: Path, shell: Shell) -> None:
    """BOM, our columns and all: corrected in a spreadsheet and sent as it is, only those rows run."""
    with (folder / "failed-rows.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        user = row[USER.header].strip() or f"NEW{number}"
        row.update({USER.header: user} | {column.header: str(total) for total, column in enumerate(TOTALS, start=1)})
        if len(user) > 10:  # no user can have that ID: a row of another user, which corrects nothing
            row.update({key: "" for key in row if key.startswith("_")} | {USER.header: user[-10:]})
    corrected = shell.folder / "corrected.csv"
    with corrected.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    outcome = shell("run", "corrected.csv", "--create-users", "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.document["rows"]["succeeded"] == len(rows)
    assert "UTF-8 with BOM" in outcome.err
    assert len(shell("runs", "--json").document["runs"]) == 2
