"""One detector for all. Files as spreadsheets save them become UTF-8 without BOM; valid UTF-8 is never touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared.encodings.encoding import Encoding
from lambdas.shared.encodings.utf8_text import detect, find_problem
from simulator.csv_files.encoding import converted

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
        ((NAMES + "1,ﾅｶ,a\n2,ﾔﾏﾀﾞ ﾀﾛｳ,b\n").encode("cp932"), Encoding.UNKNOWN, "this line is not UTF-8"),
        ((NAMES + "2,ﾔﾏﾀﾞ ﾀﾛｳ,b\n1,ﾅｶ,a\n").encode("cp932"), Encoding.UNKNOWN, "reads as Shift_JIS, but that does not"),
        ((NAMES + "1,佐藤 ﾔﾏﾀﾞ,a\n2,ﾀﾛｳ,b\n").encode("cp932"), Encoding.SHIFT_JIS, "Shift_JIS"),
        ((NAMES + "1,佐藤 ﾔﾏﾀﾞ,a\n2,ﾅｶ,b\n").encode("cp932"), Encoding.UNKNOWN, "this line is UTF-8, or reads as such"),
        ((NAMES + "1,佐藤,a\n2,90°,b\n3,外,c\n").encode("cp932"), Encoding.SHIFT_JIS, "Shift_JIS"),
        ((NAMES + "1,渡邊洋子,a\n2,佐藤,b\n").encode("cp932"), Encoding.SHIFT_JIS, "Shift_JIS"),
        ((NAMES + "1,佐藤,a\n").encode("cp932") + "2,é,b\n".encode(), Encoding.UNKNOWN, "this line is UTF-8"),
        ((NAMES + "1,佐藤,a\n").encode("cp932") + "2,José,b\n".encode(), Encoding.UNKNOWN, "this line is UTF-8"),
        ((NAMES + "1,佐藤,a\n2,日").encode("cp932")[:-1], Encoding.UNKNOWN, "cut off"),
        ((NAMES + "1,José,a\n").encode("latin-1"), Encoding.UNKNOWN, "Save it as UTF-8 in the program"),
        ((NAMES + "1,ÉCOLE,a\n").encode("latin-1"), Encoding.UNKNOWN, "Save it as UTF-8 in the program"),
        ((NAMES + "1,さとう,a\n").encode("euc_jp"), Encoding.UNKNOWN, "reads as EUC-JP"),
        ((NAMES + "1,ﾔﾏﾀﾞ,a\n").encode("cp932"), Encoding.UNKNOWN, "reads as Shift_JIS and as EUC-JP"),
        ((NAMES + "1,さとう,a\n").encode("iso2022_jp"), Encoding.UNKNOWN, "ISO-2022-JP"),
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
    assert "simulator" not in str(problem), "a Lambda names no command of ours"


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


LATIN = ["Øre", "5°", "£5", "éric", "Åsa", "Göran", "Pérez", "ÄÖÜ", "O’Brien", "“A”", "Çelik", "ñ", "Ünlü ÇAĞ", "1½"]
FOREIGN = [
    *((text, codec) for text in LATIN for codec in ("cp1252", "latin-1", "cp1254", "cp850")),
    *((text, codec) for text in ("ИВАН", "Иван", "Иван Петров", "ПЁТР") for codec in ("cp1251", "koi8-r", "iso8859-5")),
    *((text, codec) for text in ("王小明", "中文", "李雷", "用户") for codec in ("gb18030", "big5")),
    *((text, "euc_kr") for text in ("김철수", "한글", "이영희", "ㅋㅋ")),
    *((text, "cp1253") for text in ("Αθήνα", "ΝΙΚΟΣ")),
]


@pytest.mark.parametrize(("text", "codec"), FOREIGN)
def test_a_file_in_another_language_is_never_taken_for_japanese(text: str, codec: str) -> None:
    """Nearly any bytes read as half-width katakana; only words of kana or usual kanji are a proof."""
    data = NAMES.encode() + b"".join(f"{line},{text},{line}@x\n".encode(codec, "ignore") for line in range(5))
    problem = find_problem([data])
    if problem is not None:
        assert not problem.encoding.needs_conversion


@pytest.mark.parametrize(
    ("text", "codec"), [(text, codec) for text in LATIN if text != "ÄÖÜ" for codec in ("cp1252", "utf-8")]
)
@pytest.mark.parametrize("rows", ["1,佐藤,a\n2,ﾔﾏﾀﾞ,b\n", "1,山田 太郎,a\n2,ﾅｶｼﾞﾏ ﾀﾛｳ,b\n"])
def test_one_latin_line_in_a_shift_jis_file_is_never_converted(text: str, codec: str, rows: str) -> None:
    """Half-width katakana in the file prove nothing about that line. ÄÖÜ in Latin-1 is ﾄﾖﾜ, and nothing tells."""
    raw = text.encode(codec, "ignore")
    if raw.isascii():
        return
    problem = find_problem([(NAMES + rows).encode("cp932") + b"3," + raw + b",c\n" + "4,鈴木,d\n".encode("cp932")])
    assert problem is not None
    assert not problem.encoding.needs_conversion
    assert problem.line == 4


@given(st.lists(JAPANESE, min_size=1, max_size=5), st.integers(1, 9))
def test_kana_prove_shift_jis_and_euc_jp(rows: list[str], size: int) -> None:
    """With an ASCII header; a word of one character repeated proves nothing."""
    text = NAMES + "1,さとう,x\n" + "".join(f"{row},{row},x\n" for row in rows)
    assert detect(pieces(text.encode("cp932"), size)) is Encoding.SHIFT_JIS
    problem = find_problem(pieces(text.encode("euc_jp"), size))
    assert problem is not None
    assert problem.codecs == ("euc_jp",)


WINDOWS_JIS = [
    (b"\xad\xa1\xa1\xc1\x8e\xb1\x8f\xa2\xb7\xb9\xe2\xfc\xe2", "①～ｱ～高髙", "euc_jp"),
    (b"\x1b(I1\x1b(B,\x1b$B-!!A\x1b(B", "ｱ,①～", "iso2022_jp"),
    (b"\x1b$@9b\x1b(J,\x1b$(D\x22\x37\x1b(B", "高,～", "iso2022_jp"),
]


@pytest.mark.parametrize(("raw", "text", "codec"), WINDOWS_JIS)
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_what_windows_writes_into_euc_jp_and_iso_2022_jp_is_read_as_in_shift_jis(
    raw: bytes, text: str, codec: str, size: int
) -> None:
    """NEC's and IBM's characters, half-width katakana, the wide tilde: the advice works when it is followed."""
    data = NAMES.encode() + "1,さとう,x\n".encode(codec) + b"2," + raw + b",y\r\n"
    problem = find_problem(pieces(data, size))
    assert problem is not None
    assert problem.codecs == (codec,)
    assert b"".join(converted(pieces(data, size), codec)).decode() == f"{NAMES}1,さとう,x\n2,{text},y\r\n"


@pytest.mark.parametrize("raw", [b"\x1b$Bzz", b"\x1b$B9", b"\x1b(Zx", b"\xe9", b"\x1b(Iz\x1b(B"])
@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_line_that_iso_2022_jp_cannot_read_is_named(raw: bytes, size: int) -> None:
    """No encoding is advised that would refuse the file."""
    data = NAMES.encode() + "1,さとう,x\n".encode("iso2022_jp") + b"2," + raw + b",y\n"
    problem = find_problem(pieces(data, size))
    assert problem is not None
    assert (problem.line, problem.codecs) == (3, ())
