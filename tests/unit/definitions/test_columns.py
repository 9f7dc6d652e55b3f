"""The workflow's text and the code agree on the file's columns and on the audit items' sort key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared import audit_key
from lambdas.shared.columns import COLUMNS, HEADER, MAX_USER_ID, TOTALS, USER
from tests.unit.states.harness import execute

DEFINITIONS = Path(__file__).parents[3] / "cdk" / "definitions"
MAP: dict[str, Any] = json.loads((DEFINITIONS / "workflow.asl.json").read_text(encoding="utf-8"))["States"][
    "UserLogDistributedMap"
]
MIGRATIONS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((DEFINITIONS / "migrations").glob("*.sql")))
LOGGING = [state for state in MAP["ItemProcessor"]["States"].values() if "Item" in state.get("Parameters", {})]
times = st.datetimes().map(lambda moment: moment.isoformat(timespec="milliseconds") + "Z")
rows = st.integers(min_value=0, max_value=10**8)
types = st.sampled_from([*(column.audit_type for column in TOTALS), audit_key.ROW_FAILED])


def test_the_item_selector_hands_over_every_column_under_its_event_key() -> None:
    """Neither more nor fewer values of the file than the columns table has."""
    handed = {key: path for key, path in MAP["ItemSelector"].items() if path.startswith("$$.Map.Item.Value[")}
    assert handed == {f"{column.event_key}.$": f"$$.Map.Item.Value['{column.header}']" for column in COLUMNS}


def test_every_total_has_a_column_in_the_database() -> None:
    """In a migration; the user ID too, which is as long as the code takes it to be."""
    for column in TOTALS:
        assert f"{column.field} INTEGER" in MIGRATIONS
    assert f"{USER.field} VARCHAR({MAX_USER_ID}) PRIMARY KEY" in MIGRATIONS


@pytest.mark.parametrize("name", ["header", "event_key", "field", "title"])
def test_no_two_columns_share_a_name(name: str) -> None:
    """Of any kind; nor two totals an audit type."""
    assert len({getattr(column, name) for column in COLUMNS}) == len(COLUMNS) == len(HEADER)
    assert len({column.audit_type for column in TOTALS} | {audit_key.ROW_FAILED}) == len(TOTALS) + 1


@pytest.mark.parametrize("state", LOGGING, ids=[str(number) for number in range(len(LOGGING))])
@pytest.mark.parametrize("index", [0, 7, 99_999])
def test_the_workflow_makes_the_sort_key_that_the_code_makes(state: dict[str, Any], index: int) -> None:
    """For a row that failed, in each state that logs it."""
    item = state["Parameters"]["Item"]
    entered = "2025-08-02T09:30:01.123Z"
    machine = {
        "StartAt": "Make",
        "States": {"Make": {"Type": "Pass", "Parameters": {"key.$": item["timestamp"]["S.$"]}, "End": True}},
    }
    made = execute(machine, {"mapEnteredAt": entered, "rowIndex": index}).ended.output
    assert made == {"key": audit_key.make(entered, index, audit_key.ROW_FAILED)}
    assert item["processingType"] == {"S": audit_key.ROW_FAILED}


def test_rows_that_failed_are_logged_by_two_states() -> None:
    """With the user ID, and without one that the index refuses; so the test above has looked at both."""
    assert len(LOGGING) == 2


@given(times, rows, types)
def test_a_sort_key_that_was_made_is_read_back(entered: str, index: int, kind: str) -> None:
    """All three parts."""
    assert audit_key.parse(audit_key.make(entered, index, kind)) == (entered, index, kind)


@pytest.mark.parametrize("key", [None, 5, "", "t", "t#1", "t#x#login_update", "t##login_update", "t#-1#u", "t#１#u"])
def test_what_is_not_a_sort_key_is_not_taken_for_one(key: object) -> None:
    """Whatever stands in the file."""
    assert audit_key.parse(key) is None


def test_the_file_begins_with_the_columns_of_the_design_document() -> None:
    """The only place of the tests that writes them out; `tests/rows.py` derives from the table."""
    assert list(HEADER[:3]) == ["ユーザーID", "ログイン回数", "投稿回数"]
