"""A rejected file: the validator's findings, each with its line of the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.runs.outcome import findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

MAX_TEXT = 2_000
CONTEXT = 1


@dataclass(slots=True, kw_only=True)
class FileLine:
    """A line of the file: `text` is None if it could not be read; without messages it is a neighbour."""

    line: int
    text: str | None = None
    messages: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """What is wrong with a file: with the whole of it, and with lines (in order, each with a line around it)."""

    whole_file: list[str]
    lines: list[FileLine]


def rejection(folder: RunFolder, record: RunRecord | None = None, *, context: int = CONTEXT) -> Rejection:
    """Return the findings of a rejected file; empty for any other run."""
    found = findings(record or folder.record())
    wanted: dict[int, FileLine] = {}
    for one in found:
        if one.line is None:
            continue
        for number in range(max(one.line - context, 1), one.line + context + 1):
            wanted.setdefault(number, FileLine(line=number))
        wanted[one.line].messages.append(one.message)
    for number, text in enumerate(_lines(folder), start=1):
        if number in wanted:
            wanted[number].text = text
    lines = [line for _, line in sorted(wanted.items()) if line.text is not None or line.messages]
    return Rejection(whole_file=[one.message for one in found if one.line is None], lines=lines)


def _lines(folder: RunFolder) -> Iterator[str]:
    """The file's lines as the validator counts them (LF ends one); bytes that are not UTF-8 are shown as �."""
    try:
        with folder.input_file.open("rb") as file:
            for line in file:
                yield line.decode("utf-8", "replace").rstrip("\r\n")[:MAX_TEXT]
    except OSError:
        return
