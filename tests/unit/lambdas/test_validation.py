"""What the validator finds in a file."""

from __future__ import annotations

import tracemalloc
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csv_validator.validation import validate
from simulator.aws.asl.runtime.ports import ItemReaderSpec
from simulator.aws.map_run.items.item_reader import open_items
from tests.rows import HEADER as COLUMNS
from tests.rows import MORE, WIDTH, upload
from tests.unit.map_run.harness import MemoryStore

HEADER = f"{COLUMNS}\n"
INVALID = Path(__file__).parents[3] / "sample_data" / "invalid"


def errors(body: str | bytes, max_rows: int = 100) -> list[tuple[int, str]]:
    """Return the errors as (line, message)."""
    data = body.encode() if isinstance(body, str) else body
    return [(error["line"], error["message"]) for error in validate([data], max_rows).errors]


def test_a_good_file_has_rows_and_no_errors() -> None:
    """Quoted headers count unquoted; CRLF is fine; values are the rows' own matter."""
    body = upload("U1,x,", ",1,1", ",2,2").replace("ユーザーID", '"ユーザーID"').replace("\n", "\r\n")
    findings = validate([body.encode()], 100)
    assert (findings.valid, findings.row_count) == (True, 3)


def test_the_columns_of_failed_rows_csv_are_allowed_and_no_others() -> None:
    """All five, in order, or the four of files written before `_run` was added."""
    four = HEADER.strip() + ",_line,_error,_cause,_attempts"
    assert errors(four + f"\nU1,1,1{MORE},2,E,c,1\n") == []
    assert errors(four + f",_run\nU1,1,1{MORE},2,E,c,1,r\n") == []
    assert "The header must be" in errors(four + f",_ran\nU1,1,1{MORE},2,E,c,1,r\n")[0][1]
    assert "The header must be" in errors(HEADER.strip() + f",_line\nU1,1,1{MORE},2\n")[0][1]


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("shift_jis", 1, "Shift_JIS (CP932), not UTF-8"),
        ("bom", 1, "begins with a byte order mark"),
        ("wrong_header", 1, f"The header must be {COLUMNS}, not 'user_id,logins,posts'"),
        ("empty", 1, "The file is empty"),
        ("header_only", 2, "a header and no row"),
        ("ragged_row", 4, f"The row has {WIDTH + 1} columns, not {WIDTH}: 'U00003,1,"),
        ("duplicate_user", 7, "The user 'U00002' is on line 3 already"),
        ("unbalanced_quote", 5, "A double quote that opens on this line is never closed"),
        ("binary", 1, "binary"),
        ("blank_line", 4, "The line is empty"),
    ],
)
def test_each_invalid_sample_is_rejected_for_what_its_name_says(name: str, line: int, words: str) -> None:
    """With the line and the cause."""
    found = errors((INVALID / f"{name}.csv").read_bytes())
    assert len(found) == 1
    assert found[0][0] == line
    assert words in found[0][1]


def test_every_invalid_sample_is_tested() -> None:
    """A new sample needs a line above."""
    assert len(list(INVALID.glob("*.csv"))) == 10


def test_utf_16_and_a_cut_character_are_named() -> None:
    """Other encodings that spreadsheets write."""
    assert "UTF-16" in errors(upload("U1,1,1").encode("utf-16"))[0][1]
    assert "cut off" in errors((HEADER + "あ").encode()[:-1])[0][1]


def test_only_the_first_twenty_errors_are_told_in_order_of_lines() -> None:
    """The count of rows goes on."""
    findings = validate([(HEADER + "U1\n" * 30).encode()], 100)
    assert [error["line"] for error in findings.errors] == list(range(2, 22))
    assert findings.row_count == 30


def test_a_file_of_more_than_max_rows_is_rejected() -> None:
    """At the boundary."""
    body = HEADER + "".join(f"U{index},1,1{MORE}\n" for index in range(3))
    assert errors(body, max_rows=3) == []
    assert errors(body, max_rows=2) == [(4, "The file has more than 2 rows: split it.")]


def test_empty_lines_at_the_end_are_let_through_and_inside_are_not() -> None:
    """The map makes no item of them."""
    assert errors(upload("U1,1,1") + "\n\n") == []
    assert errors(HEADER + f"\nU1,1,1{MORE}\n") == [(2, "The line is empty: remove it.")]


def test_memory_stays_flat_for_a_large_file() -> None:
    """64 MiB of one user's rows: only what is kept of users grows."""

    def chunks() -> Iterator[bytes]:
        yield HEADER.encode()
        row = f",1,{'9' * 1000}{MORE}\n".encode()
        for _ in range(64):
            yield row * (1024 * 1024 // len(row))

    tracemalloc.start()
    findings = validate(chunks(), 10**9)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert findings.valid
    assert peak < 16 * 1024 * 1024


def test_memory_stays_flat_whatever_stands_in_the_column_of_users() -> None:
    """Forty rows of a user ID of a megabyte; one that comes again is found all the same."""
    long = "x" * 1024 * 1024

    def chunks() -> Iterator[bytes]:
        yield HEADER.encode()
        for index in [*range(40), 7]:
            yield f"{index}{long},1,1{MORE}\n".encode()

    tracemalloc.start()
    findings = validate(chunks(), 100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [error["line"] for error in findings.errors] == [42]
    assert peak < 16 * 1024 * 1024


@given(body=st.text(alphabet='U1,"\\\r\n あ', max_size=80), raw=st.binary(max_size=20), cut=st.integers(1, 50))
def test_what_the_validator_lets_through_is_what_the_map_reads(body: str, raw: bytes, cut: int) -> None:
    """For any text: as many rows, and no failure of the reader."""
    data = (HEADER + body).encode() + (raw if cut % 5 == 0 else b"")
    findings = validate((data[start : start + cut] for start in range(0, len(data), cut)), 1000)
    if findings.valid:
        spec = ItemReaderSpec(
            resource="arn:aws:states:::s3:getObject",
            parameters={"Bucket": "b", "Key": "k"},
            input_type="CSV",
            header_location="FIRST_ROW",
        )
        items = list(open_items(spec, MemoryStore({"k": data})))
        assert len(items) == findings.row_count
        assert all(list(item.value) == COLUMNS.split(",") for item in items)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (unicodedata.normalize("NFD", HEADER), "It is in decomposed form (NFD)"),
        (HEADER.replace("\n", "\r\r\n"), "The file's lines end with CR CR LF"),
        (upload("U1,1,1").replace("\n", "\r"), "The file's lines end with CR alone"),
        (HEADER.replace(",", "\t"), "separated by tabs"),
        (HEADER.replace(",", ";"), "separated by semicolons"),
        (HEADER.replace("ID", "ID\u200b"), "U+200B ZERO WIDTH SPACE"),
        (HEADER.replace("ID", "ＩＤ"), "U+FF24 FULLWIDTH LATIN CAPITAL LETTER D"),
        (HEADER.replace("ID", "ID "), "U+0020 SPACE"),
        (HEADER.replace("ログ", "\ufeffログ"), "It only looks right: column 2 has U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        (
            HEADER.replace("ロ", "口"),
            "column 2 has U+53E3 CJK UNIFIED IDEOGRAPH-53E3 instead of U+30ED KATAKANA LETTER RO",
        ),
        (HEADER.replace("ー", "―"), "column 1 has U+2015 HORIZONTAL BAR instead of U+30FC"),
        (HEADER.replace("I", "І"), "U+0406 CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I instead of U+0049"),
        (HEADER.replace("投稿回数", "投稿回數"), "column 3 has U+6578"),
        (HEADER.replace("イン", "ン"), "It is nearly right: column 2 lacks U+30A4 KATAKANA LETTER I"),
        (HEADER.replace("D", "D").replace("グ", "ク"), "column 2 has U+30AF KATAKANA LETTER KU instead of U+30B0"),
        (HEADER.replace(",", "，"), "separated by full-width commas (U+FF0C)"),
        (HEADER.replace(",投", "、投"), "separated by Japanese commas (U+3001)"),
        (HEADER.replace("\n", ",\n"), "It ends with a comma"),
        (HEADER.replace("\n", ",,\n"), "It ends with a comma"),
        (
            HEADER.replace("\n", ",_line,_error,_cause,_attempts,_rum\n"),
            f"column {WIDTH + 5} has U+006D LATIN SMALL LETTER M",
        ),
    ],
)
def test_a_header_that_looks_right_is_told_what_differs(header: str, words: str) -> None:
    """Both would look the same on the screen, or nearly so."""
    ((line, message),) = errors(header + f"U1,1,1{MORE}\n")
    assert line == 1
    assert words in message


def test_an_ordinary_wrong_header_gets_no_hint() -> None:
    """Nothing is guessed."""
    assert errors("a,b\n1,2\n") == [(1, f"The header must be {COLUMNS}, not 'a,b'.")]
    assert errors("a,b,c\n1,2,3\n") == [(1, f"The header must be {COLUMNS}, not 'a,b,c'.")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (f"U1,1,1{MORE}\rU2,2,2{MORE}\r", "The file's lines end with CR alone"),
        (f"U1,1,1{MORE}\rU2,2,2{MORE}\rU3,3,3{MORE}", "The file's lines end with CR alone"),
        (f"\rU1,1,1{MORE}\n\rU2,2,2{MORE}\n\r", "The file's lines end with LF CR"),
    ],
)
def test_line_ends_that_only_the_rows_have_are_named(end: str, rows: str, words: str) -> None:
    """Two files put together; a user whose ID begins with a CR is nobody."""
    ((line, message),) = errors(HEADER.replace("\n", end) + rows)
    assert line == 2
    assert words in message


def test_a_cr_in_double_quotes_is_data() -> None:
    """It is a wrong value at most: the row's own matter."""
    assert errors(upload('"U\r1",1,1', 'U2,"\r2",1', '"\rU3","1\r\n","1\r"')) == []
    ((_, message),) = errors(HEADER + '"U\r1",1\n')
    assert "The row has 2 columns" in message
