"""failed-rows.csv: nothing lost, nothing run as a formula, and itself a valid upload once corrected."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.csv_dialect import records
from lambdas.shared.upload_columns import FAILED_ROWS_COLUMNS, OLDER_FAILED_ROWS_COLUMNS
from lambdas.user_log_reporter.failed_rows import neutralised, quoted
from simulator.runs.failed_rows import write_failed_rows
from simulator.runs.folder.run_folder import RunFolder
from tests.rows import HEADER, MORE, WIDTH, totals, upload
from tests.unit.runs.made_runs import NAME, THREE_ROWS, child, failed_child, finished_run


def read(runs: Path) -> list[list[str]]:
    """The file's records, as the ItemReader reads them once the BOM is gone."""
    text = RunFolder(runs, NAME).failed_rows_file.read_bytes().decode("utf-8-sig")
    return [record.fields for record in records([text])]


def test_a_failed_row_stands_in_its_columns_with_its_cause_in_words(tmp_path: Path) -> None:
    """The Lambda payload's message, not its JSON."""
    finished_run(tmp_path, THREE_ROWS, child(0, 2), failed_child(1, 3), child(2, 4))
    header, row = read(tmp_path)
    assert header == [*HEADER.split(","), *FAILED_ROWS_COLUMNS]
    assert row == [
        "U2",
        *totals("x", "2", "0"),
        "3",
        "InvalidRecordError",
        "bad value 'x'",
        "INVALID_VALUE",
        "no",
        NAME,
    ]


def test_it_begins_with_a_bom_and_ends_its_lines_as_excel_does(tmp_path: Path) -> None:
    """Without the BOM, Excel shows Japanese as garbage."""
    finished_run(tmp_path, THREE_ROWS, failed_child(1, 3), child(0, 2), child(2, 4))
    data = RunFolder(tmp_path, NAME).failed_rows_file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 2


def test_rows_that_were_never_started_are_in_it(tmp_path: Path) -> None:
    """No row is lost when the corrected file is sent."""
    finished_run(tmp_path, THREE_ROWS, failed_child(1, 3), status="FAILED", error="e")
    assert [(row[0], row[WIDTH + 1], *row[WIDTH + 3 : WIDTH + 5]) for row in read(tmp_path)[1:]] == [
        ("U1", "NotStarted", "NOT_STARTED", "yes"),
        ("U2", "InvalidRecordError", "INVALID_VALUE", "no"),
        ("U3", "NotStarted", "NOT_STARTED", "yes"),
    ]


@pytest.mark.parametrize("ours", [FAILED_ROWS_COLUMNS, *OLDER_FAILED_ROWS_COLUMNS])
def test_columns_of_an_earlier_run_are_replaced_not_doubled(tmp_path: Path, ours: list[str]) -> None:
    """A corrected file that fails again keeps its shape; files of all versions do."""
    text = f"{HEADER},{','.join(ours)}\nU1,x,2{MORE},{','.join(name.strip('_') for name in ours)}\n"
    finished_run(tmp_path, text, failed_child(0, 2))
    assert read(tmp_path) == [
        [*HEADER.split(","), *FAILED_ROWS_COLUMNS],
        ["U1", *totals("x", "2", "0"), "2", "InvalidRecordError", "bad value 'x'", "INVALID_VALUE", "no", NAME],
    ]


def test_formulas_are_neutralised_in_our_columns_only(tmp_path: Path) -> None:
    """The original columns stay as they came: they are sent again."""
    finished_run(tmp_path, upload("=1+1,-2,@x"), failed_child(0, 2, "=cmd|' /C calc'!A0"))
    row = read(tmp_path)[1]
    assert row[:3] == ["=1+1", "-2", "@x"]
    assert row[WIDTH + 2] == "'=cmd|' /C calc'!A0"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_each_formula_character_gets_an_apostrophe(start: str) -> None:
    """OWASP's list."""
    assert neutralised(f"{start}x") == f"'{start}x"


def test_a_run_in_which_nothing_failed_has_the_header_only(tmp_path: Path) -> None:
    """A complete folder has the file."""
    finished_run(tmp_path, THREE_ROWS, child(0, 2), child(1, 3), child(2, 4))
    assert len(read(tmp_path)) == 1


def test_a_missing_input_leaves_no_half_file(tmp_path: Path) -> None:
    """A draft is not mistaken for the file."""
    finished_run(tmp_path, THREE_ROWS, failed_child(1, 3))
    folder = RunFolder(tmp_path, NAME)
    folder.input_file.unlink()
    folder.failed_rows_file.unlink()
    with pytest.raises(FileNotFoundError):
        write_failed_rows(folder)
    assert not list(folder.path.glob("*failed-rows*"))


fields = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)


@given(st.lists(fields, min_size=2, max_size=4))
def test_any_field_comes_back_from_the_dialect_as_it_was(row: list[str]) -> None:
    """Quotes, backslashes, newlines and delimiters included."""
    text = ",".join(map(quoted, row)) + "\r\n"
    assert [record.fields for record in records([text])] == [row]


@given(st.lists(st.tuples(*[fields] * WIDTH), min_size=1, max_size=5))
def test_failed_rows_of_any_text_come_back_with_their_values(rows: list[tuple[str, ...]]) -> None:
    """What was quoted in the input is quoted in the output; a second round gives the same rows."""
    text = HEADER + "\r\n" + "".join(",".join(map(quoted, row)) + "\r\n" for row in rows)
    lines = [record.line for record in records([text])][1:]
    with TemporaryDirectory() as name:
        finished_run(Path(name), text, *(failed_child(index, line) for index, line in enumerate(lines)))
        assert [tuple(row[:WIDTH]) for row in read(Path(name))[1:]] == rows
