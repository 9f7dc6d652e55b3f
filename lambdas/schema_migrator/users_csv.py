"""The user master as a CSV: RFC 4180, in which a backslash is a character like any other.

Step Functions never reads this file, so its ItemReader's dialect does not matter. Nothing is trimmed or
normalised: a value is what stands in the file, newlines in quotes included. What RFC 4180 does not allow is refused.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, NamedTuple

from lambdas.shared.csv_dialect import physical_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEADER = ["user_id", "username", "email"]
MAX_RECORD_CHARACTERS = 64 * 1024
_FIELD = r'(?:"[^"]*+(?:""[^"]*+)*+"|[^",\r\n]*+)'
_RECORD = re.compile(rf"{_FIELD}(?:,{_FIELD})*+\n")


class UserRecord(NamedTuple):
    """One record: the line on which it begins, its fields, and what is wrong with it (None: nothing)."""

    line: int
    fields: list[str]
    problem: str | None = None


def user_records(chunks: Iterable[str]) -> Iterator[UserRecord]:
    """Parse text chunks, wherever they are cut; empty lines are left out.

    If a quote is never closed, the record is the last one.

    Raises:
        RecordTooLongError: a line has no end within 8 Mi characters.
    """
    begins, raw, size, quotes = 1, [], 0, 0
    for number, line in enumerate(physical_lines(chunks), start=1):
        raw.append(line)
        size += len(line) + 1
        quotes += line.count('"')
        if quotes % 2 == 0:
            yield from _record(begins, "\n".join(raw) + "\n")
            begins, raw, size, quotes = number + 1, [], 0, 0
        elif size > MAX_RECORD_CHARACTERS:
            break
    if raw:
        yield UserRecord(begins, [], "a double quote that opens in this row is never closed")


def _record(line: int, raw: str) -> Iterator[UserRecord]:
    text = f"{raw[:-2]}\n" if raw.endswith("\r\n") else raw
    if text == "\n":
        return
    if len(text) > MAX_RECORD_CHARACTERS:
        yield UserRecord(line, [], f"the row has more than {MAX_RECORD_CHARACTERS} characters")
    elif _RECORD.fullmatch(text):
        yield UserRecord(line, next(csv.reader([text], strict=True)))
    else:
        yield UserRecord(line, [], _problem(text))


def _problem(text: str) -> str:
    outside = re.sub(r'"[^"]*"', "", text)
    if outside.endswith("\r\n"):
        return "the line ends with CR CR LF; it must end with LF or CRLF"
    if "\r" in outside:
        return "a CR without LF; a line must end with LF or CRLF, and a CR inside a value must stand in double quotes"
    return "a double quote inside a value: put the value in double quotes, and write each one in it twice"
