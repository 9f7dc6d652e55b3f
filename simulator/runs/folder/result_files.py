"""The ResultWriter's files in a run's folder, read an entry at a time, whole or cut off."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.csv_files.encoding import read_chunks
from simulator.runs.folder.json_lines import parse_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder

_FILE = re.compile(r"(SUCCEEDED|FAILED|PENDING)_[0-9]+\.jsonl?")
_REDRIVE = re.compile(r"Redrive-([0-9]+)")
_BETWEEN = " \t\r\n,[]"
_decode = json.JSONDecoder().raw_decode


class Entry(NamedTuple):
    """One entry of a result file: the status by its file's name, its record, and its input (None if it has none)."""

    status: str
    record: dict[str, Any]
    input: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """The files of one pass of a Map Run, in one folder.

    Args:
        map_run: the last part of the Map Run's ARN.
        number: the Map Run's redrive (0 for its first pass).
        redrive: the redrive of the run in which that was; None if its history knows of none.
        folder: where the files are.
    """

    map_run: str
    number: int
    redrive: int | None
    folder: Path

    @property
    def name(self) -> str:
        """Its name in messages."""
        if self.number:
            return f"Redrive-{self.number}"
        return f"the Map Run that redrive {self.redrive} began" if self.redrive else "the first attempt"

    def manifest(self) -> dict[str, Any] | None:
        """Return `manifest.json`; None if the attempt was cut off before it was written."""
        try:
            return parse_line((self.folder / "manifest.json").read_bytes())
        except OSError:
            return None

    def files(self) -> list[Path]:
        """Return its result files."""
        return sorted(path for path in self.folder.iterdir() if _FILE.fullmatch(path.name))

    def entries(self) -> Iterator[Entry]:
        """Yield all entries; in a file that was cut off, those that are whole."""
        for path in self.files():
            status = path.name.partition("_")[0]
            for value in _values(path):
                record = value if isinstance(value, dict) else {"Output": value}
                yield Entry(status, record, _input(record))


def attempts(folder: RunFolder, redrives: Mapping[tuple[str, int], int]) -> list[Attempt]:
    """Return a run's attempts that left files, first things first.

    Args:
        folder: the run's.
        redrives: the redrive of the run in which each pass of a Map Run was, by its id and its own redrive.
    """
    found = []

    def add(map_run: str, number: int, path: Path) -> None:
        found.append(Attempt(map_run, number, redrives.get((map_run, number)), path))

    for top in sorted(path for path in folder.results.glob("*") if path.is_dir()):
        add(top.name, 0, top)
        for below in top.iterdir():
            match = _REDRIVE.fullmatch(below.name)
            if match and below.is_dir():
                add(top.name, int(match[1]), below)
    return sorted(found, key=lambda attempt: (attempt.redrive or 0, attempt.map_run, attempt.number))


def _values(path: Path) -> Iterator[Any]:
    """Yield the values of a JSON array, or of JSON Lines, in the memory of one chunk."""
    text = ""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for chunk in read_chunks(path):
        text += decoder.decode(chunk)
        start = 0
        while True:
            while start < len(text) and text[start] in _BETWEEN:
                start += 1
            try:
                value, start = _decode(text, start)
            except ValueError:  # its end is in the next chunk, or was never written
                break
            yield value
        text = text[start:]


def _input(record: dict[str, Any]) -> dict[str, Any] | None:
    try:
        value = json.loads(record.get("Input") or "")
    except (TypeError, ValueError):
        return None
    return value if isinstance(value, dict) else None
