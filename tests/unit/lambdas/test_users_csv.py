"""The user master is an ordinary CSV (RFC 4180): each value as written, or its line refused."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.schema_migrator.users_csv import MAX_RECORD_CHARACTERS, UserRecord, user_records


def read(text: str, cut: int = 1000) -> list[UserRecord]:
    """Parse a text that comes in pieces."""
    return list(user_records(text[start : start + cut] for start in range(0, len(text), cut)))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (r"CORP\tanaka", r"CORP\tanaka"),
        (r"a\\b", r"a\\b"),
        ("a\\", "a\\"),
        ("a\tb", "a\tb"),
        (" a ", " a "),
        ('"a ""b"" c"', 'a "b" c'),
        ('"a,b"', "a,b"),
        ('"a\nb"', "a\nb"),
        ('"a\r\nb"', "a\r\nb"),
        ('"a\rb"', "a\rb"),
        (r'"a\"', "a\\"),
        ('""', ""),
        ("e\u0301", "e\u0301"),
        ("'=1+1", "'=1+1"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("cut", [1, 1000])
def test_a_value_is_what_stands_in_the_file(raw: str, value: str, end: str, cut: int) -> None:
    """Backslashes, tabs, spaces, quotes, newlines in quotes, decomposed letters."""
    assert read(f"X1,{raw},x{end}", cut) == [UserRecord(1, ["X1", value, "x"])]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('a,b\n1,x"y\n2,z\n', 2, "a double quote"),
        ('a,b\n1,x"y"\n2,z\n', 2, "a double quote inside a value"),
        ('a,b\n1,"x"y\n', 2, "a double quote inside a value"),
        ('a,b\n1, "x"\n', 2, "a double quote inside a value"),
        ('a,b\n1,"x\n2,y\n', 2, "never closed"),
        ('a,b\n1,"x' + "y\n" * MAX_RECORD_CHARACTERS, 2, "never closed"),
        ("a,b\r\r\n", 1, "CR CR LF"),
        ("a,b\r1,2\r", 1, "a CR without LF"),
        ("a,b\n1,x\ry\n", 2, "a CR without LF"),
        ("a,b\n1," + "x" * MAX_RECORD_CHARACTERS + "\n", 2, "more than"),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    """Never guessed at."""
    (found,) = [record for record in read(text) if record.problem]
    assert found.line == line
    assert words in str(found.problem)


def test_lines_are_counted_as_an_editor_does() -> None:
    """Newlines in quotes and empty lines too."""
    assert [record.line for record in read('a,b\n\n1,"x\r\ny"\r\n\r\n2,z')] == [1, 3, 6]


VALUES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


@given(rows=st.lists(st.lists(VALUES, min_size=3, max_size=3), max_size=6), cut=st.integers(1, 40))
def test_whatever_a_csv_writer_writes_comes_back(rows: list[list[str]], cut: int) -> None:
    """Python's own writer, as any other program's."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    assert [record.fields for record in read(file.getvalue(), cut)] == rows
