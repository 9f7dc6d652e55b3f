"""`failed-rows.csv` with hostile rows: the original columns as they came, ours no formulas."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.csv_dialect import decode, records
from lambdas.user_log_reporter.failed_rows import neutralised, quoted
from tests.rows import HEADER, MORE, WIDTH
from tests.unit.runs.made_runs import failed_child, finished_run
from tests.unit.safety.injections import ALL

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
WRITABLE = [text for text in ALL if "\0" not in text and len(text) < 9000]


@pytest.mark.parametrize("start", STARTS)
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    """OWASP, "CSV Injection": also tab, newlines and the full-width forms."""
    assert neutralised(f"{start}1") == f"'{start}1"


@given(text=st.text())
def test_no_text_of_ours_begins_as_a_formula(text: str) -> None:
    """And what is not a formula stays as it is."""
    assert not neutralised(text).startswith(STARTS)
    assert neutralised(text).removeprefix("'") == text.removeprefix("'") or neutralised(text) == text


def test_hostile_rows_come_back_as_they_were(tmp_path: Path) -> None:
    """In every column, with causes that quote them."""
    fields = [[text] * WIDTH for text in WRITABLE]
    body = "\n".join(",".join(map(quoted, row)) for row in fields)
    lines = [record.line for record in records([f"{HEADER}\n{body}\n"])][1:]
    children = [
        failed_child(index, line, f"{text}{text}", input={"userId": text}, error=text[:200] or "E")
        for index, (line, text) in enumerate(zip(lines, WRITABLE, strict=True))
    ]
    finished_run(tmp_path, f"{HEADER}\n{body}\n", *children)
    path = next(tmp_path.glob("*/failed-rows.csv"))
    found = list(records(decode([path.read_bytes()])))[1:]
    assert [record.fields[:WIDTH] for record in found] == fields
    assert not [
        record.fields[WIDTH:] for record in found if any(field.startswith(STARTS) for field in record.fields[WIDTH:])
    ]


def test_a_run_stays_in_its_folder_whatever_its_rows_say(tmp_path: Path) -> None:
    """No file is named by a row; JSON lines stay lines."""
    texts = [text for text in WRITABLE if "\n" not in text]
    body = "\n".join(f"{quoted(text)},1,1{MORE}" for text in texts)
    children = [failed_child(index, index + 2, text, input={"userId": text}) for index, text in enumerate(texts)]
    runs = tmp_path / "runs"
    finished_run(runs, f"{HEADER}\n{body}\n", *children)
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]
    folder = next(runs.iterdir())
    lines = (folder / "items.jsonl").read_bytes().splitlines()
    assert [json.loads(line)["user"] for line in lines] == texts
