"""`convert FILE`: a spreadsheet's file becomes one the pipeline takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Outcome

TEXT = "ユーザーID,ログイン回数,投稿回数\r\nU00001,1,2\r\n"


def test_a_shift_jis_file_is_converted_beside_itself(simulator: Callable[..., Outcome], tmp_path: Path) -> None:
    """The file itself stays as it is."""
    source = tmp_path / "excel.csv"
    source.write_bytes(TEXT.encode("cp932"))
    outcome = simulator("convert", str(source), "--json")
    assert outcome.code == 0
    assert outcome.document["encoding"] == "Shift_JIS (CP932)"
    assert (tmp_path / "excel.utf8.csv").read_bytes() == TEXT.encode()
    assert source.read_bytes() == TEXT.encode("cp932")


def test_a_file_that_is_there_is_not_overwritten_unasked(simulator: Callable[..., Outcome], tmp_path: Path) -> None:
    """--force is asking."""
    source, target = tmp_path / "a.csv", tmp_path / "b.csv"
    source.write_bytes(TEXT.encode("utf-8-sig"))
    target.write_text("mine")
    assert simulator("convert", str(source), "--out", str(target)).code == 2
    assert target.read_text() == "mine"
    assert simulator("convert", str(source), "--out", str(target), "--force").code == 0
    assert target.read_bytes() == TEXT.encode()


def test_the_file_itself_is_never_the_target(simulator: Callable[..., Outcome], tmp_path: Path) -> None:
    """Not even with --force: it would be read and written at once."""
    source = tmp_path / "a.csv"
    source.write_bytes(TEXT.encode("cp932"))
    assert simulator("convert", str(source), "--out", str(source), "--force").code == 2
    assert source.read_bytes() == TEXT.encode("cp932")


def test_utf_8_needs_no_conversion(simulator: Callable[..., Outcome], tmp_path: Path) -> None:
    """It is said, and nothing is written."""
    source = tmp_path / "a.csv"
    source.write_bytes(TEXT.encode())
    outcome = simulator("convert", str(source), "--json")
    assert (outcome.code, outcome.document["output"]) == (0, None)
    assert list(tmp_path.glob("*.utf8.csv")) == []


def test_a_binary_file_is_refused(simulator: Callable[..., Outcome], tmp_path: Path) -> None:
    """There is no text in it to convert."""
    source = tmp_path / "a.csv"
    source.write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    assert simulator("convert", str(source)).code == 2


def test_a_folder_where_the_file_cannot_go_is_said(simulator: Callable[..., Outcome], tmp_path: Path) -> None:
    """No traceback."""
    source = tmp_path / "a.csv"
    source.write_bytes(TEXT.encode("cp932"))
    outcome = simulator("convert", str(source), "--out", str(tmp_path / "no" / "b.csv"))
    assert outcome.code == 2
    assert "Cannot write" in outcome.err
