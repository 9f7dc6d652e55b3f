r"""The CSV dialect of Step Functions' ItemReader: one parser for the validator and for the simulator's reader.

Developer guide, "Parsing an input CSV file" (Distributed Map):

- a newline (LF or CRLF) ends a record, a delimiter ends a field; inside double quotes both are data;
- `""` stands for one `"`, in unquoted fields too;
- a backslash makes the next `\`, `"` or delimiter data, and is silently removed before anything else;
- nothing is trimmed, every value is text, the newline at the end of the file makes no record.

The page does not say what a lone quote inside an unquoted field does: here it opens a quoted part and stays text.
"""

from __future__ import annotations

import codecs
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_RECORD_CHARACTERS = 8 * 1024 * 1024


class CsvRecord(NamedTuple):
    """One record.

    Args:
        line: the 1-based physical line on which it begins.
        fields: its values.
        raw: its text as it stands in the file, without the final newline.
        closed: False if the file ended inside a quote.
    """

    line: int
    fields: list[str]
    raw: str
    closed: bool = True

    @property
    def blank(self) -> bool:
        """Whether it is an empty line: no character at all."""
        return not self.raw


class RecordTooLongError(ValueError):
    """A record of more than 8 Mi characters: almost always a quote that is never closed. `line` is where it begins."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(f"The record that begins on line {line} is longer than {MAX_RECORD_CHARACTERS} characters")


def decode(chunks: Iterable[bytes]) -> Iterator[str]:
    """Decode UTF-8 chunks, wherever they are cut.

    Raises:
        UnicodeDecodeError: if the bytes are not UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def records(chunks: Iterable[str], delimiter: str = ",") -> Iterator[CsvRecord]:
    """Parse text chunks, wherever they are cut, into records; memory holds one chunk and one record.

    Args:
        chunks: the text.
        delimiter: one character.

    Raises:
        RecordTooLongError: if a record has no end within 8 Mi characters.
    """
    line = 0
    between = f'"{delimiter}"'
    open_record: _QuotedRecord | None = None
    for physical in physical_lines(chunks):
        line += 1
        text = physical.removesuffix("\r")
        if open_record is None:
            if '"' not in text and "\\" not in text:
                yield CsvRecord(line, text.split(delimiter), text)
                continue
            inside = text[1:-1]
            if text[0] == text[-1] == '"' != text and "\\" not in text and '"' not in inside.replace(between, ""):
                # Every field is quoted, and no quote is data: most programs write such rows, or none.
                yield CsvRecord(line, inside.split(between), text)
                continue
            open_record = _QuotedRecord(line, delimiter)
        open_record.add(text)
        if not open_record.in_quotes:
            yield open_record.finish()
            open_record = None
        elif len(text) < len(physical):
            open_record.add_carriage_return()
    if open_record is not None:
        yield open_record.finish()


def physical_lines(chunks: Iterable[str]) -> Iterator[str]:
    """Cut chunks into physical lines without their LF (a CR before it stays).

    Raises:
        RecordTooLongError: if a line has no end within 8 Mi characters.
    """
    rest: list[str] = []
    size = 0
    count = 0
    for chunk in chunks:
        lines = chunk.split("\n")
        if len(lines) == 1:
            rest.append(chunk)
            size += len(chunk)
            if size > MAX_RECORD_CHARACTERS:
                raise RecordTooLongError(count + 1)
            continue
        lines[0] = "".join(rest) + lines[0]
        if size + len(chunk) > MAX_RECORD_CHARACTERS:
            yield from _short_lines(lines[:-1], count)
        else:
            yield from lines[:-1]
        count += len(lines) - 1
        rest, size = [lines[-1]], len(lines[-1])
        if size > MAX_RECORD_CHARACTERS:
            raise RecordTooLongError(count + 1)
    line = "".join(rest)
    if line:
        yield line


def _short_lines(lines: list[str], before: int) -> Iterator[str]:
    """Give lines as long as they may be records; `before` is how many lines precede them."""
    for number, line in enumerate(lines, start=before + 1):
        if len(line) > MAX_RECORD_CHARACTERS:
            raise RecordTooLongError(number)
        yield line


@cache
def _ordinary(delimiter: str) -> re.Pattern[str]:
    """Return what matches a run of characters that mean nothing but themselves."""
    return re.compile(f'[^"\\\\{re.escape(delimiter)}]+')


class _QuotedRecord:
    """A record with quotes or backslashes, fed a physical line at a time."""

    def __init__(self, line: int, delimiter: str) -> None:
        self._line = line
        self._delimiter = delimiter
        self._ordinary = _ordinary(delimiter)
        self._fields: list[str] = []
        self._field: list[str] = []
        self._raw: list[str] = []
        self._size = 0
        self.in_quotes = False
        self._opened_at_start = False

    def add(self, text: str) -> None:
        """Take in one more physical line."""
        if self._raw:
            self._field.append("\n")
        self._raw.append(text)
        self._size += len(text) + 1
        if self._size > MAX_RECORD_CHARACTERS:
            raise RecordTooLongError(self._line)
        position, length = 0, len(text)
        while position < length:
            run = self._ordinary.match(text, position)
            if run is None:
                position = self._take(text, position)
            else:
                self._field.append(run.group())
                position = run.end()

    def add_carriage_return(self) -> None:
        """Take in the CR of a CRLF inside quotes, where it is data."""
        self._field.append("\r")
        self._raw[-1] += "\r"

    def _take(self, text: str, position: int) -> int:
        """Take in the character at `position` and return where to go on."""
        character = text[position]
        following = text[position + 1 : position + 2]
        if character == "\\":
            if following and following in ("\\", '"', self._delimiter):
                self._field.append(following)
                return position + 2
            return position + 1
        if character == '"':
            return self._quote(following, position)
        if character == self._delimiter and not self.in_quotes:
            self._end_field()
        else:
            self._field.append(character)
        return position + 1

    def _quote(self, following: str, position: int) -> int:
        at_start = not self._field and not self._opened_at_start
        if following == '"' and (self.in_quotes or not at_start):
            self._field.append('"')
            return position + 2
        if at_start and not self.in_quotes:
            self._opened_at_start = True
        elif not self._opened_at_start:
            self._field.append('"')
        self.in_quotes = not self.in_quotes
        return position + 1

    def _end_field(self) -> None:
        self._fields.append("".join(self._field))
        self._field = []
        self._opened_at_start = False

    def finish(self) -> CsvRecord:
        """Return the record."""
        self._end_field()
        return CsvRecord(self._line, self._fields, "\n".join(self._raw), closed=not self.in_quotes)
