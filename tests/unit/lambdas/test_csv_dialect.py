"""The CSV dialect, as AWS's pages and recordings have it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.shared import csv_dialect
from lambdas.shared.csv_dialect import CsvRecord, RecordTooLongError, _QuotedRecord, decode, records


def fields(text: str, delimiter: str = ",") -> list[list[str]]:
    """Return the fields of every record."""
    return [record.fields for record in records([text], delimiter)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a,b", ["a", "b"]),
        ('"x,1",y', ["x,1", "y"]),
        ('"y""z"', ['y"z']),
        ('{""MyKey"":""MyValue""}', ['{"MyKey":"MyValue"}']),
        ('"",x', ["", "x"]),
        ('"""quoted"""', ['"quoted"']),
        ("C:\\tmp", ["C:tmp"]),
        ("C:\\\\tmp", ["C:\\tmp"]),
        ("a\\,b,c", ["a,b", "c"]),
        ('a\\"b', ['a"b']),
        ('bc"d,e"f', ['bc"d,e"f']),
        (" a , b ", [" a ", " b "]),
        (",,", ["", "", ""]),
        ("'a,b'", ["'a", "b'"]),
        ("trailing\\", ["trailing"]),
    ],
)
def test_a_line_is_cut_as_aws_cuts_it(line: str, expected: list[str]) -> None:
    """Quotes, doubled quotes, backslashes; nothing is trimmed."""
    assert fields(line) == [expected]


def test_newlines_inside_quotes_are_data_and_crlf_ends_a_record() -> None:
    """A record knows the line on which it begins, and its own text."""
    found = list(records(['h\r\n"a\r\nb",1\r\nlast']))
    assert found[1] == CsvRecord(2, ["a\r\nb", "1"], '"a\r\nb",1')
    assert [record.line for record in found] == [1, 2, 4]


def test_the_final_newline_makes_no_record_and_an_empty_line_is_blank() -> None:
    """Blank means no character at all."""
    found = list(records(["a\n\n \n"]))
    assert [(record.raw, record.blank) for record in found] == [("a", False), ("", True), (" ", False)]


def test_a_quote_that_is_never_closed_is_told() -> None:
    """What follows belongs to the record."""
    (record,) = records(['a,"b\nc\n'])
    assert (record.closed, record.line) == (False, 1)


def test_a_record_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory stays flat whatever the file."""
    monkeypatch.setattr(csv_dialect, "MAX_RECORD_CHARACTERS", 100)
    with pytest.raises(RecordTooLongError) as caught:
        list(records(["ok\n", '"', *["x" * 30 + "\n"] * 9]))
    assert caught.value.line == 2
    with pytest.raises(RecordTooLongError):
        list(records(["x" * 60] * 3))


@given(text=st.text(alphabet='a,"\\\r\n あ', max_size=60), data=st.data())
def test_where_chunks_are_cut_does_not_matter(text: str, data: st.DataObject) -> None:
    """Not even in the middle of a character or of CRLF."""
    body = text.encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=6)))
    pieces = [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    assert list(records(decode(pieces))) == list(records([text]))


@given(text=st.text(alphabet='aあ,"\\', max_size=30) | st.text(alphabet='a",', max_size=16).map('"{}"'.format))
def test_the_short_ways_through_a_line_lead_where_the_long_one_does(text: str) -> None:
    """Lines without quotes, and lines of nothing but plain quoted fields, are split at once."""
    if not text:
        return
    slowly = _QuotedRecord(1, ",")
    slowly.add(text)
    assert next(records([text])) == slowly.finish()


@given(sizes=st.lists(st.integers(0, 14), max_size=8), cut=st.integers(1, 40))
def test_which_record_is_too_long_does_not_depend_on_chunks(sizes: list[int], cut: int) -> None:
    """A limit that moved with the chunks would let through a file once and refuse it the next time."""
    text = "".join("x" * size + "\n" for size in sizes)
    found: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_dialect, "MAX_RECORD_CHARACTERS", 10)
        refused = None
        try:
            found.extend(record.line for record in records(text[at : at + cut] for at in range(0, len(text), cut)))
        except RecordTooLongError as error:
            refused = error.line
    expected = next((line for line, size in enumerate(sizes, start=1) if size > 10), None)
    assert refused == expected
    assert found == list(range(1, expected or len(sizes) + 1))


@given(text=st.text(alphabet='a,"\\\r\n ', max_size=80))
def test_no_text_makes_it_fail_and_none_is_lost(text: str) -> None:
    """Every physical line belongs to exactly one record."""
    found = list(records([text]))
    lines = text.removesuffix("\n").count("\n") + 1 if text else 0
    assert sum(record.raw.count("\n") + 1 for record in found) == lines
