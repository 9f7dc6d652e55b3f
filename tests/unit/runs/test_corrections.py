"""A corrected failed-rows.csv belongs to the run it came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.runs.corrections.corrected_file import CheckedCorrections, check_corrections, corrected_run
from simulator.runs.folder.run_record import RunRecord
from simulator.runs.store import RunStore

HEADER = "\ufeffユーザーID,ログイン回数,投稿回数,_line,_error,_cause,_attempts\r\n"


def run_with(store: RunStore, name: str, rows: str, corrects: str | None = None) -> None:
    """Make a run's folder with failed rows."""
    folder = store.folder(name)
    folder.path.mkdir(parents=True)
    folder.failed_rows_file.write_text(HEADER + rows, encoding="utf-8")
    folder.write_record(
        RunRecord(name=name, status="FAILED", started=f"2026-01-0{len(store.records())}", corrects=corrects)
    )


def test_the_run_is_found_by_what_we_wrote_beside_its_rows(tmp_path: Path) -> None:
    """The user's own columns may be changed, rows may be left out."""
    store = RunStore(tmp_path / "runs")
    run_with(store, "first", "U1,x,1,2,InvalidRecordError,bad x,1\r\nU2,y,1,3,InvalidRecordError,bad y,1\r\n")
    run_with(store, "other", "U1,z,1,2,InvalidRecordError,bad z,1\r\n")
    upload = tmp_path / "corrected.csv"
    upload.write_text(HEADER[1:] + "U2,5,1,3,InvalidRecordError,bad y,1\n", encoding="utf-8")
    assert corrected_run(store, upload, "new") == "first"


def test_any_other_file_corrects_nothing(tmp_path: Path) -> None:
    """A plain upload, an empty one, a binary one, none."""
    store = RunStore(tmp_path / "runs")
    run_with(store, "first", "U1,x,1,2,E,c,1\r\n")
    upload = tmp_path / "upload.csv"
    for body in (b"\xe3", b"", "ユーザーID,ログイン回数,投稿回数\nU1,1,1\n".encode()):
        upload.write_bytes(body)
        assert corrected_run(store, upload, "new") is None
    assert corrected_run(store, tmp_path / "missing", "new") is None


OURS = "_line,_error,_cause,_attempts,_run"
INPUT = "ユーザーID,ログイン回数,投稿回数\n0000000123,x,1\n123,2,2\n,y,1\n"
BESIDE = "2,InvalidRecordError,bad x,1"


def checked(tmp_path: Path, *rows: str, columns: str = OURS, stored: str = INPUT) -> CheckedCorrections:
    """Check a corrected file against a run whose file was `stored`."""
    store = RunStore(tmp_path / "runs")
    run_with(store, "first", f"0000000123,x,1,{BESIDE}\r\n,y,1,4,InvalidRecordError,blank,1\r\n")
    store.folder("first").input_file.write_text(stored, encoding="utf-8")
    upload = tmp_path / "corrected.csv"
    upload.write_text(f"{HEADER[1:].partition(',_')[0]},{columns}\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return check_corrections(store, upload)


@pytest.mark.parametrize("beside", [f"{BESIDE},first", BESIDE])
def test_a_user_id_that_a_spreadsheet_has_changed_is_an_error_that_quotes_both(tmp_path: Path, beside: str) -> None:
    """In a file of before `_run` too."""
    columns = OURS if beside.endswith("first") else OURS.removesuffix(",_run")
    found = checked(tmp_path, f"123,5,1,{beside}", columns=columns)
    assert len(found.errors) == 1
    assert found.errors[0].startswith("line 2: the user is '123' here, and '0000000123' on line 2 of the run first")
    assert checked(tmp_path / "good", f"0000000123,5,1,{beside}", columns=columns) == CheckedCorrections()


def test_rows_may_be_sorted_left_out_and_added(tmp_path: Path) -> None:
    """A row beside which nothing stands corrects nothing; one that had no user may get one."""
    rows = ["U9,7,7,,,,,", "U5,1,1,4,InvalidRecordError,blank,1,first", f"0000000123,5,1,{BESIDE},first"]
    assert checked(tmp_path, *rows) == CheckedCorrections()


@pytest.mark.parametrize("line", ["3", "7", "x", ""])
def test_an_edited_line_is_an_error_of_the_row(tmp_path: Path, line: str) -> None:
    """Another row's line, none at all."""
    assert len(checked(tmp_path, f"0000000123,5,1,{line},E,c,1,first").errors) == 1


GONE = ["gone", "../first", "first/../first"]


@pytest.mark.parametrize("run", GONE)
def test_rows_of_a_run_that_is_not_here_cannot_be_checked(tmp_path: Path, run: str) -> None:
    """A name never leads out of the runs' folder."""
    found = checked(tmp_path, f"0000000123,5,1,2,E,other cause,1,{run}", f"U7,5,1,4,E,other cause,1,{run}")
    assert found.errors == []
    assert found.unchecked == [f"2 rows, the first on line 2: the run {run!r}, which is named there, is not here."]


@pytest.mark.parametrize("run", GONE)
def test_a_run_here_that_failed_in_the_same_way_shows_whether_the_users_are_the_same(tmp_path: Path, run: str) -> None:
    """The same file on two machines, or run again after the first run's folder was deleted."""
    assert checked(tmp_path, f"0000000123,5,1,{BESIDE},{run}") == CheckedCorrections()
    found = checked(tmp_path / "changed", f"123,5,1,{BESIDE},{run}")
    assert found.errors == []
    assert len(found.unchecked) == 1
    assert "the user is '123' here, and '0000000123' on line 2 of the run first" in found.unchecked[0]
    mixed = checked(
        tmp_path / "mixed",
        f"0000000123,5,1,{BESIDE},{run}",
        f"U1,5,1,7,E,c,1,{run}",
        f",y,1,4,InvalidRecordError,blank,1,{run}",
    )
    assert mixed.unchecked == [f"line 3: the run {run!r}, which is named there, is not here."]


def test_rows_of_a_file_of_before_whose_run_is_gone_cannot_be_checked(tmp_path: Path) -> None:
    """No run here wrote those columns."""
    found = checked(tmp_path, "U7,5,1,9,E,other cause,1", columns=OURS.removesuffix(",_run"))
    assert (found.errors, len(found.unchecked)) == ([], 1)


@pytest.mark.parametrize("line", ["2.0", "2 ", "2.", "02", " 2,0"])
@pytest.mark.parametrize("run", ["first", ""])
def test_a_line_that_a_spreadsheet_wrote_as_a_decimal_number_is_that_line(tmp_path: Path, line: str, run: str) -> None:
    """Also where the run is found by what stands beside the row."""
    cell = f'"{line}"'
    beside = f"{cell},InvalidRecordError,bad x,1.0,{run}"
    assert checked(tmp_path, f"0000000123,5,1,{beside}") == CheckedCorrections()
    assert len(checked(tmp_path / "changed", f"123,5,1,{beside}").errors) == 1


@pytest.mark.parametrize(
    ("before", "now", "zeros"),
    [
        ("0000000123", "123", True),
        ("000", "0", True),
        ("0000000123", "0123", False),
        ("U0001", "U1", False),
        ("1", "2", False),
    ],
)
def test_a_spreadsheet_is_blamed_only_for_what_it_does(tmp_path: Path, before: str, now: str, zeros: bool) -> None:
    """It removes all zeros before a number."""
    found = checked(tmp_path, f"{now},5,1,{BESIDE},first", stored=INPUT.replace("0000000123", before))
    assert ("a spreadsheet removes the zeros" in found.errors[0]) is zeros


def test_rows_of_several_runs_in_one_file_are_each_checked_against_their_own(tmp_path: Path) -> None:
    """The run that most rows name is the one that the file corrects."""
    store = RunStore(tmp_path / "runs")
    run_with(store, "second", "")
    store.folder("second").input_file.write_text(INPUT.replace("123", "U7"), encoding="utf-8")
    rows = [f"0000000123,5,1,{BESIDE},first", f"0000000U7,5,1,{BESIDE},second", f"U7,5,1,{BESIDE},second"]
    found = checked(tmp_path, *rows)
    assert [error.partition(":")[0] for error in found.errors] == ["line 4"]
    assert corrected_run(store, tmp_path / "corrected.csv", "new") == "second"


def test_a_correction_of_a_correction_is_checked_against_the_file_that_it_corrects(tmp_path: Path) -> None:
    """That file has our columns itself, from the run before."""
    stored = f"ユーザーID,ログイン回数,投稿回数,{OURS}\n0000000123,x,1,77,E,c,1,older\n"
    assert checked(tmp_path, f"0000000123,5,1,{BESIDE},first", stored=stored) == CheckedCorrections()
    assert len(checked(tmp_path / "two", f"123,5,1,{BESIDE},first", stored=stored).errors) == 1


def test_a_row_for_another_user_passes_if_a_person_says_so(tmp_path: Path) -> None:
    """A line that was not in the run stays an error."""
    row, unlike = f"U9,5,1,{BESIDE},first", "U9,5,1,77,InvalidRecordError,bad x,1,first"
    assert len(checked(tmp_path, row).errors) == 1
    upload, store = tmp_path / "corrected.csv", RunStore(tmp_path / "runs")
    assert check_corrections(store, upload, other_users=True).errors == []
    upload.write_text(upload.read_text(encoding="utf-8") + unlike + "\n", encoding="utf-8")
    assert len(check_corrections(store, upload, other_users=True).errors) == 1
