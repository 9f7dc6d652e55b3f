"""What the validator says of a file that is not UTF-8 without BOM."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csv_validator.validation import validate
from lambdas.shared.encodings.utf8_text import SAMPLE
from tests.rows import HEADER as COLUMNS
from tests.rows import MORE, upload

HEADER = f"{COLUMNS}\n"
FILE = upload("U1,1,1", "U2,2,2")


def errors(data: bytes, cut: int | None = None) -> list[tuple[int, str]]:
    """Return the errors of a file that comes in pieces of `cut` bytes."""
    size = cut or len(data) or 1
    pieces = (data[start : start + size] for start in range(0, len(data), size))
    return [(error["line"], error["message"]) for error in validate(pieces, 10**6).errors]


@pytest.mark.parametrize("cut", [1, 2, 7, 4096, None])
@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (FILE.encode("cp932"), 1, "Shift_JIS (CP932)"),
        ("ユーザーID,　\n".encode("cp932"), 1, "Shift_JIS (CP932)"),
        (FILE.encode("utf-8-sig"), 1, "byte order mark"),
        (FILE.encode("utf-16"), 1, "The file is UTF-16"),
        (FILE.encode("utf-16-le"), 1, "looks like UTF-16 without BOM"),
        (FILE.encode("utf-16-be"), 1, "looks like UTF-16 without BOM"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\x00", 1, "an Excel workbook"),
        ((upload("U1,1,1") + f"U2,\0\0\0,2{MORE}\n").encode(), 3, "binary"),
        (FILE.encode() + b"U\xe9abc,1,1\n", 4, "this line is not UTF-8: it has the bytes E9 61 62 63"),
        (FILE.encode() + b"\xff\n", 4, "this line is not UTF-8: it has the bytes FF 0A"),
        ((FILE + "あ").encode()[:-1], 4, "cut off"),
    ],
)
def test_the_encoding_is_named_however_the_file_is_cut(data: bytes, line: int, words: str, cut: int | None) -> None:
    """One error, with the line on which it shows."""
    (found,) = errors(data, cut)
    assert found[0] == line
    assert words in found[1]


def test_shift_jis_is_named_far_from_the_beginning_too() -> None:
    """A long file whose first Japanese character comes late."""
    header_only_ascii = b"x" * (3 * SAMPLE)
    assert "Shift_JIS" in errors(header_only_ascii + "日本\n".encode("cp932"), 1000)[0][1]


def test_errors_before_a_bad_byte_are_told_with_it() -> None:
    """Both are there, in order of lines."""
    found = errors((HEADER + "U1,1\n").encode() + b"\xff,1,1\n")
    assert [line for line, _ in found] == [2, 3]


def test_a_nul_far_inside_is_told_with_its_line() -> None:
    """After many good rows."""
    rows = "".join(f"U{index},1,1{MORE}\n" for index in range(1000))
    found = errors((HEADER + rows).encode() + b"\0,1,1\n", 500)
    assert found == [(1002, "The file has a NUL byte on this line: it must be CSV text in UTF-8.")]


@given(
    body=st.text(alphabet='U1,"\\\r\n あ\0', max_size=60),
    raw=st.binary(max_size=12),
    cut=st.integers(1, 60),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le"]),
)
def test_findings_do_not_depend_on_how_the_file_is_cut(body: str, raw: bytes, cut: int, encoding: str) -> None:
    """Whatever S3 gives at a time."""
    data = (HEADER + body).encode(encoding) + raw
    assert errors(data, cut) == errors(data)


def test_lines_that_end_with_cr_alone_are_explained() -> None:
    """An old Mac's file is one line to everyone else."""
    ((line, message),) = errors(FILE.replace("\n", "\r").encode())
    assert line == 1
    assert "The file's lines end with CR alone" in message
