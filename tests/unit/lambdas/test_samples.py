"""The sample files are what their README says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lambdas.csv_validator.validation import validate
from lambdas.shared.csv_dialect import records
from lambdas.shared.errors import InvalidRecordError
from lambdas.user_log_processor.record import parse_record
from simulator.pipeline.settings import PROJECT_ROOT
from tests.rows import event_values

SAMPLES = PROJECT_ROOT / "sample_data"
COMMON = {
    "rowIndex": 0,
    "mapEnteredAt": "2025-08-02T09:30:01Z",
    "uploadedAt": "2025-08-02T09:30:00Z",
    "executionName": "n",
    "executionArn": "a",
    "ttlTimestamp": "1",
}


def rows_of(name: str) -> list[list[str]]:
    """Return a sample's rows."""
    return [record.fields for record in records([(SAMPLES / name).read_text(encoding="utf-8")])][1:]


def why_bad(fields: list[str], users: set[str]) -> str | None:
    """Return why a row fails, in a word or two; None if it does not."""
    try:
        record = parse_record({**event_values(*fields), **COMMON})
    except InvalidRecordError as error:
        return str(error).rpartition(": ")[0]
    return None if record.user_id in users else "unknown user"


@pytest.mark.parametrize(
    ("name", "rows", "bad", "kinds"), [("sample.csv", 1000, 10, 6), ("too_many_failures.csv", 100, 20, 1)]
)
def test_valid_samples_have_the_bad_rows_they_should(name: str, rows: int, bad: int, kinds: int) -> None:
    """The one stays within 5 % and 50 rows, with many kinds of fault; the other goes beyond."""
    findings = validate([(SAMPLES / name).read_bytes()], 100_000)
    assert (findings.errors, findings.row_count) == ([], rows)
    users = {fields[0] for fields in rows_of("users.csv")}
    faults = [fault for fields in rows_of(name) if (fault := why_bad(fields, users))]
    assert len(faults) == bad
    assert len(set(faults)) >= kinds
    assert (bad * 100 <= 5 * rows) == (name == "sample.csv")


def test_the_generator_makes_the_very_files_that_are_committed(tmp_path: Path) -> None:
    """So that nobody edits them by hand, in silence."""
    script = shutil.copy(SAMPLES / "make_samples.py", tmp_path)
    subprocess.run([sys.executable, script], check=True, timeout=60)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv"))
    assert made == sorted(path.relative_to(SAMPLES) for path in SAMPLES.rglob("*.csv"))
    for path in made:
        assert (tmp_path / path).read_bytes() == (SAMPLES / path).read_bytes(), path


def test_the_generator_makes_a_file_of_any_size(tmp_path: Path) -> None:
    """The same for the same seed, valid, and nobody twice."""
    made = []
    for seed in ("1", "1", "2"):
        out = tmp_path / "big.csv"
        command = [
            sys.executable,
            str(SAMPLES / "make_samples.py"),
            "--rows",
            "2500",
            "--out",
            str(out),
            "--seed",
            seed,
        ]
        subprocess.run(command, check=True, timeout=60)
        made.append(out.read_bytes())
    findings = validate([made[0]], 2500)
    assert (findings.errors, findings.row_count) == ([], 2500)
    assert made[0] == made[1] != made[2]
