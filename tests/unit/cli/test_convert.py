"""`convert FILE`: a spreadsheet's file becomes one the pipeline takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from simulator.runs.suggested_command import command

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


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-32", "utf-32-be"])
def test_what_a_spreadsheet_saves_as_unicode_text_is_converted(
    simulator: Callable[..., Outcome], tmp_path: Path, codec: str
) -> None:
    """With a byte order mark or without one."""
    source = tmp_path / "a.csv"
    source.write_bytes(TEXT.encode(codec))
    assert simulator("convert", str(source)).code == 0
    assert (tmp_path / "a.utf8.csv").read_bytes() == TEXT.encode()


@pytest.mark.parametrize("codec", ["euc_jp", "iso2022_jp"])
def test_the_advice_for_an_older_encoding_works_when_followed(
    simulator: Callable[..., Outcome], tmp_path: Path, codec: str
) -> None:
    """It names the encoding, which `--from` takes."""
    source = tmp_path / "a.csv"
    source.write_bytes(TEXT.encode(codec))
    refused = simulator("convert", str(source))
    assert refused.code == 2
    assert refused.err.rstrip().endswith(f"{command('convert', source, '--from', codec)}")
    assert simulator("convert", str(source), "--from", codec).code == 0
    assert (tmp_path / "a.utf8.csv").read_bytes() == TEXT.encode()


def test_a_file_that_mixes_encodings_is_not_converted_and_its_line_is_named(
    simulator: Callable[..., Outcome], tmp_path: Path
) -> None:
    """Whichever comes first; nothing is written."""
    source = tmp_path / "a.csv"
    for most, odd in (("utf-8", "cp932"), ("cp932", "utf-8")):
        source.write_bytes(TEXT.encode(most) + "日本,1,1\r\n".encode(odd))
        outcome = simulator("convert", str(source))
        assert outcome.code == 2
        assert "Line 3: " in outcome.err
        assert list(tmp_path.glob("*.utf8.csv")) == []


def test_a_file_that_is_not_in_the_encoding_that_was_named_is_refused_with_its_line(
    simulator: Callable[..., Outcome], tmp_path: Path
) -> None:
    """And no half of it is left."""
    source = tmp_path / "a.csv"
    source.write_bytes(TEXT.encode("euc_jp") + b"\x80,1,1\n")
    outcome = simulator("convert", str(source), "--from", "euc_jp")
    assert outcome.code == 2
    assert "is not euc_jp: illegal multibyte sequence on line 3" in outcome.err
    assert [path.name for path in tmp_path.iterdir() if "utf8" in path.name] == []


@pytest.mark.parametrize(
    ("codec", "text"), [("gb18030", "王小明"), ("euc_kr", "김철수"), ("cp1252", "Øre"), ("cp1251", "ИВАН")]
)
def test_what_nobody_can_tell_is_converted_only_if_a_person_names_it(
    simulator: Callable[..., Outcome], tmp_path: Path, codec: str, text: str
) -> None:
    """Every encoding that the advice names reads the file; the right one is among them."""
    source = tmp_path / "users.csv"
    source.write_bytes(f"user_id,username,email\nU1,{text},a@x\n".encode(codec))
    refused = simulator("convert", str(source))
    assert refused.code == 2
    assert codec in refused.err
    named = refused.err.partition("If you know that all of it is ")[2].partition(":")[0]
    for name in re.findall(r"[a-z]+[0-9_]+[a-z0-9]*", named):
        out = tmp_path / f"{name}.csv"
        assert simulator("convert", str(source), "--from", name, "--out", str(out)).code == 0
    assert text in (tmp_path / f"{codec}.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("header", "words"), [("user_id,username,email", ("users", "load")), ("ユーザーID,ログイン回数,投稿回数", ("run",))]
)
def test_the_next_command_is_that_of_the_file(
    simulator: Callable[..., Outcome], tmp_path: Path, header: str, words: tuple[str, ...]
) -> None:
    """A user master is loaded, an upload is run."""
    source = tmp_path / "a.csv"
    source.write_bytes(f"{header}\r\nU1,さとう,1\r\n".encode("cp932"))
    assert f"Next: {command(*words, tmp_path / 'a.utf8.csv')}\n" in simulator("convert", str(source)).err
