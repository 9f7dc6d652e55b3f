"""A rejected file: what to do depends on what is wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from lambdas.csv_validator.validation import MAX_ERRORS
from lambdas.shared.columns import HEADER
from simulator.runs.advice.next_steps import next_steps
from simulator.runs.advice.step import Action
from simulator.runs.folder.run_record import REJECTED_ERROR, RunRecord
from simulator.runs.store import RunStore

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.runs.advice.step import NextStep

TEXT = ",".join(HEADER) + "\n" + ",".join(["U00001", *("1" for _ in HEADER[1:])]) + "\n"


def _step(runs: Path, content: bytes | None, found: list[dict[str, object]] | None = None) -> NextStep:
    folder = RunStore(runs).folder("r")
    folder.path.mkdir()
    if content is not None:
        folder.input_file.write_bytes(content)
    record = RunRecord(name="r", status="FAILED", error=REJECTED_ERROR, cause=json.dumps(found or []))
    record.source.key = "kyoto.csv"
    (step,) = next_steps(folder, record)
    return step


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b"PK\x03\x04\x14\0\x06\0\x08\0", "an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe\0\0", "binary"),
        (TEXT.replace(HEADER[0], "user").encode(), "Correct the first line"),
        (TEXT.splitlines()[0].encode() + b"\n", "a header and no row"),
        (TEXT.encode() + b"U00002,1" + b"\xff\x81\n", "not UTF-8 throughout"),
    ],
)
def test_each_kind_of_bad_file_has_its_own_advice(tmp_path: Path, content: bytes, words: str) -> None:
    """A person corrects it, and uploads it."""
    step = _step(tmp_path, content)
    assert words in step.text
    assert (step.action, step.words) == (Action.UPLOAD, ())


@pytest.mark.parametrize("encoding", ["shift_jis", "utf-16"])
def test_a_file_in_another_encoding_is_run_again_from_here(tmp_path: Path, encoding: str) -> None:
    """The command converts it: nothing in it need be corrected."""
    step = _step(tmp_path, TEXT.encode(encoding))
    assert "nothing in it need be corrected" in step.text
    assert step.action is Action.RUN_AGAIN
    assert step.words == ("run", RunStore(tmp_path).folder("r").input_file, "--key=kyoto.csv")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([3], "Correct line 3,"),
        ([3, 3, 1_005], "Correct the 2 lines that are named"),
        (list(range(2, MAX_ERRORS + 2)), f"the first {MAX_ERRORS} lines that are wrong; there may be more"),
        ([None], "Repair what the error names"),
    ],
)
@pytest.mark.parametrize("there", [True, False])
def test_wrong_lines_are_counted_also_if_the_file_is_not_here(
    tmp_path: Path, lines: list[int | None], words: str, *, there: bool
) -> None:
    """The validator's findings say which they are."""
    step = _step(tmp_path, TEXT.encode() if there else None, [{"line": line, "message": "bad"} for line in lines])
    assert words in step.text
