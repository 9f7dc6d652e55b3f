"""A corrected failed-rows.csv belongs to the run it came from."""

from __future__ import annotations

from pathlib import Path

from simulator.runs.corrections import corrected_by, corrected_run
from simulator.runs.run_record import RunRecord
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
    run_with(store, "new", "", corrects="first")
    assert corrected_by(store, "first") == ["new"]


def test_any_other_file_corrects_nothing(tmp_path: Path) -> None:
    """A plain upload, an empty one, a binary one, none."""
    store = RunStore(tmp_path / "runs")
    run_with(store, "first", "U1,x,1,2,E,c,1\r\n")
    upload = tmp_path / "upload.csv"
    for body in (b"\xe3", b"", "ユーザーID,ログイン回数,投稿回数\nU1,1,1\n".encode()):
        upload.write_bytes(body)
        assert corrected_run(store, upload, "new") is None
    assert corrected_run(store, tmp_path / "missing", "new") is None
