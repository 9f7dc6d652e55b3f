"""The ResultWriter's files of a run, read an entry at a time, whole or cut off."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.runs.encoding import read_chunks
from simulator.runs.json_lines import parse_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.runs.folder import RunFolder

_FILE = re.compile(r"(SUCCEEDED|FAILED|PENDING)_[0-9]+\.jsonl?")
_REDRIVE = re.compile(r"Redrive-([0-9]+)")
_BETWEEN = " \t\r\n,[]"
_decode = json.JSONDecoder().raw_decode


class Entry(NamedTuple):
    """One entry: the status by its file's name, its record, and its input (None where it has none)."""

    status: str
    record: dict[str, Any]
    input: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """The files of a Map Run's first attempt (0) or of a redrive (1, 2, ...), in one folder."""

    map_run: str
    number: int
    folder: Path

    @property
    def name(self) -> str:
        """What to call it."""
        return f"Redrive-{self.number}" if self.number else "the first attempt"

    def manifest(self) -> dict[str, Any] | None:
        """Return `manifest.json`; None where the attempt was cut off before it was written."""
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


def attempts(folder: RunFolder) -> list[Attempt]:
    """Return a run's attempts that left files, first things first."""
    found = []
    for top in sorted(path for path in folder.results.glob("*") if path.is_dir()):
        found.append(Attempt(top.name, 0, top))
        for below in top.iterdir():
            match = _REDRIVE.fullmatch(below.name)
            if match and below.is_dir():
                found.append(Attempt(top.name, int(match[1]), below))
    return sorted(found, key=lambda attempt: (attempt.map_run, attempt.number))


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
