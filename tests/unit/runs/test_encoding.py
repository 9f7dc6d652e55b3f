"""Files as spreadsheets save them become UTF-8 without BOM; valid UTF-8 is never touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.runs.encoding import Encoding, converted, detect

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
    assert b"".join(converted(pieces(data, size), encoding)) == TEXT.encode()


def test_big_endian_utf_16_is_converted_too() -> None:
    """Some programs on a Mac write it."""
    data = b"\xfe\xff" + TEXT.encode("utf-16-be")
    assert b"".join(converted([data], detect([data]))) == TEXT.encode()


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


@given(st.text().filter(lambda text: not text.startswith("\ufeff")), st.integers(1, 9))
def test_valid_utf_8_without_bom_is_never_converted(text: str, size: int) -> None:
    """Whatever it holds, and wherever it is cut."""
    assert detect(pieces(text.encode(), size)) is Encoding.UTF_8


@given(st.binary(max_size=200), st.integers(1, 9))
def test_the_encoding_does_not_depend_on_the_pieces(data: bytes, size: int) -> None:
    """The same bytes give the same answer, and what is to be converted can be."""
    encoding = detect(pieces(data, size))
    assert encoding is detect([data])
    if encoding.needs_conversion:
        assert b"".join(converted(pieces(data, size), encoding)).decode() is not None
