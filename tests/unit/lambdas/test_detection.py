"""One detector for all. Files as spreadsheets save them become UTF-8 without BOM; valid UTF-8 is never touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.encodings import Encoding
from lambdas.shared.utf8_text import detect, find_problem
from simulator.uploads.encoding import converted

TEXT = "ユーザーID,ログイン回数,投稿回数\r\nU00001,1,①髙\r\n"


def pieces(data: bytes, size: int) -> list[bytes]:
    """The data cut into pieces."""
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", Encoding.UTF_8),
        ("utf-8-sig", Encoding.UTF_8_BOM),
        ("cp932", Encoding.SHIFT_JIS),
        ("utf-16", Encoding.UTF_16),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_an_encoding_is_named_and_converted_wherever_the_file_is_cut(codec: str, encoding: Encoding, size: int) -> None:
    """Pieces may end inside a character."""
    data = TEXT.encode(codec)
    assert detect(pieces(data, size)) is encoding
    assert b"".join(converted(pieces(data, size), encoding.value)) == TEXT.encode()


def test_big_endian_utf_16_is_converted_too() -> None:
    """Some programs on a Mac write it."""
    data = b"\xfe\xff" + TEXT.encode("utf-16-be")
    assert b"".join(converted([data], detect([data]).value)) == TEXT.encode()


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\x00\x00", b"\x00\x80\xff", b"\x83", b"\xa0\xa0", b"\xef\xbb\xbf\xff"]
)
def test_what_is_no_text_is_left_alone(data: bytes) -> None:
    """The validator says what is wrong with it."""
    assert detect([data]) is Encoding.UNKNOWN
    assert not Encoding.UNKNOWN.needs_conversion


def test_an_empty_file_is_utf_8() -> None:
    """No byte contradicts it."""
    assert detect([]) is Encoding.UTF_8


@given(
    st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))).filter(
        lambda text: not text.startswith("\ufeff") and "\x1b" not in text
    ),
    st.integers(1, 9),
)
def test_valid_utf_8_without_bom_is_never_converted(text: str, size: int) -> None:
    """Whatever it holds, and wherever it is cut; NUL and the escapes of ISO-2022-JP are not text in UTF-8."""
    assert detect(pieces(text.encode(), size)) is Encoding.UTF_8


JAPANESE = st.text("ぁあかさとなんアカサタナヶ", min_size=2, max_size=6)
"""Kana: each is in UTF-8, in CP932 and in EUC-JP."""
MIXTURES = [("utf-8", "cp932"), ("cp932", "utf-8"), ("utf-8", "euc_jp"), ("cp932", "euc_jp"), ("utf-8-sig", "cp932")]


@given(
    rows=st.lists(JAPANESE, min_size=2, max_size=6),
    odd=st.integers(0, 5),
    header=st.sampled_from(["user_id,username,email", "ユーザーID,ログイン回数,投稿回数"]),
    codecs=st.sampled_from(MIXTURES),
    size=st.integers(1, 50),
)
def test_a_file_with_one_line_in_another_encoding_is_never_converted_and_a_line_is_named(
    rows: list[str], odd: int, header: str, codecs: tuple[str, str], size: int
) -> None:
    """Whichever is the odd line, and whether the header tells the encoding or not."""
    most, other = codecs
    lines = [f"U{index},{row},1\n" for index, row in enumerate(rows)]
    odd %= len(lines)
    data = (header + "\n").encode(most)
    data += b"".join(
        line.encode(other if index == odd else most.removesuffix("-sig")) for index, line in enumerate(lines)
    )
    problem = find_problem(pieces(data, size))
    assert problem is not None
    assert not problem.encoding.needs_conversion
    if not header.isascii() and not (most == "cp932" and other == "euc_jp"):
        assert problem.line == odd + 2  # EUC-JP reads as CP932 for a while: there a later line may show it


NAMES = "user_id,username,email\n"


@pytest.mark.parametrize(
    ("data", "encoding", "words"),
    [
        ((NAMES + "1,ﾅｶ,a\n2,ﾔﾏﾀﾞ ﾀﾛｳ,b\n").encode("cp932"), Encoding.UNKNOWN, "--from cp932"),
        ((NAMES + "2,ﾔﾏﾀﾞ ﾀﾛｳ,b\n1,ﾅｶ,a\n").encode("cp932"), Encoding.SHIFT_JIS, "Shift_JIS"),
        ((NAMES + "1,渡邊洋子,a\n2,佐藤,b\n").encode("cp932"), Encoding.SHIFT_JIS, "Shift_JIS"),
        ((NAMES + "1,佐藤,a\n").encode("cp932") + "2,é,b\n".encode(), Encoding.UNKNOWN, "this line is UTF-8"),
        ((NAMES + "1,佐藤,a\n").encode("cp932") + "2,José,b\n".encode(), Encoding.UNKNOWN, "this line is UTF-8"),
        ((NAMES + "1,佐藤,a\n2,日").encode("cp932")[:-1], Encoding.UNKNOWN, "cut off"),
        ((NAMES + "1,José,a\n").encode("latin-1"), Encoding.UNKNOWN, "--from cp1252"),
        ((NAMES + "1,ÉCOLE,a\n").encode("latin-1"), Encoding.UNKNOWN, "--from cp1252"),
        ((NAMES + "1,さとう,a\n").encode("euc_jp"), Encoding.UNKNOWN, "--from euc_jp"),
        ((NAMES + "1,ﾔﾏﾀﾞ,a\n").encode("cp932"), Encoding.UNKNOWN, "reads as both"),
        ((NAMES + "1,さとう,a\n").encode("iso2022_jp"), Encoding.UNKNOWN, "--from iso2022_jp"),
        (TEXT.encode("utf-32"), Encoding.UTF_32, "The file is UTF-32"),
        (TEXT.encode("utf-32-be"), Encoding.UTF_32_BE, "UTF-32 without BOM"),
        (TEXT.encode("utf-16-le"), Encoding.UTF_16_LE, "UTF-16 without BOM"),
        (NAMES.encode("utf-16-be"), Encoding.UTF_16_BE, "UTF-16 without BOM"),
        (TEXT.encode("utf-16")[:-1], Encoding.UNKNOWN, "cut off"),
        (b"\xef\xbb\xbf" * 2 + TEXT.encode(), Encoding.UTF_8_BOM, "2 byte order marks"),
        (b"\xef\xbb\xbf" + TEXT.encode("cp932"), Encoding.UNKNOWN, "this line is not UTF-8"),
        ((NAMES + "1,a,x\n2,\0,y\n").encode(), Encoding.UNKNOWN, "binary"),
    ],
)
@pytest.mark.parametrize("size", [1, 5, 1000])
def test_each_says_what_it_is_and_what_is_doubtful_is_not_converted(
    data: bytes, encoding: Encoding, words: str, size: int
) -> None:
    """A wrong guess would change names in silence."""
    problem = find_problem(pieces(data, size))
    assert problem is not None
    assert problem.encoding is encoding
    assert words in str(problem)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("marks", [0, 1, 2])
def test_wide_text_is_converted_and_no_byte_order_mark_is_left(codec: str, marks: int) -> None:
    """However many there are."""
    data = ("\ufeff" * marks + TEXT).encode(codec)
    found = detect([data])
    assert found.needs_conversion
    assert b"".join(converted(pieces(data, 3), found.value)) == TEXT.encode()


def test_nothing_is_left_of_two_byte_order_marks() -> None:
    """Two programs, one after the other, write them."""
    data = b"\xef\xbb\xbf" * 2 + TEXT.encode()
    assert b"".join(converted(pieces(data, 2), detect([data]).value)) == TEXT.encode()


@given(st.binary(max_size=200), st.integers(1, 9))
def test_the_encoding_does_not_depend_on_the_pieces(data: bytes, size: int) -> None:
    """The same bytes give the same answer, and what is to be converted can be."""
    encoding = detect(pieces(data, size))
    assert encoding is detect([data])
    if encoding.needs_conversion:
        assert b"".join(converted(pieces(data, size), encoding.value)).decode() is not None
