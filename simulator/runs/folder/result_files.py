"""The ResultWriter's files in a run's folder, read an entry at a time, whole or cut off."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdas.shared.batch import FAILED, PENDING, SUCCEEDED, batch_items, row_ends
from simulator.csv_files.encoding import read_chunks
from simulator.runs.folder.json_lines import parse_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder

_FILE = re.compile(r"(SUCCEEDED|FAILED|PENDING)_[0-9]+\.jsonl?")
_FILES = {SUCCEEDED: SUCCEEDED, FAILED: FAILED, PENDING: PENDING}
_BATCH_STATUS = 2
_REDRIVE = re.compile(r"Redrive-([0-9]+)")
_BETWEEN = " \t\r\n,[]"
_decode = json.JSONDecoder().raw_decode


class Entry(NamedTuple):
    """One entry of a result file.

    Args:
        status: by its file's name; that of a row of a batch is its own.
        record: its record.
        input: None if it has none.
        batch: of a row of a batch, the child it belongs to: the index of its first row, how many rows it has, and how
            it ended itself (status, error).
    """

    status: str
    record: dict[str, Any]
    input: dict[str, Any] | None
    batch: list[Any] | None = None

    @property
    def of_failed_batch(self) -> bool:
        """Whether it is a row that succeeded in a batch that failed: a redrive runs it again."""
        return self.batch is not None and self.status == SUCCEEDED != self.batch[_BATCH_STATUS]


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

    def row_entries(self) -> Iterator[Entry]:
        """Yield the entries of all rows: those of a batch one by one, each with its own end."""
        for entry in self.entries():
            if batch_items(entry.input) is None:
                yield entry
                continue
            record = entry.record
            status = entry.status if entry.status == PENDING else str(record.get("Status") or entry.status)
            ends = row_ends(
                entry.input,
                status=status,
                error=record.get("Error"),
                cause=record.get("Cause"),
                output=_parsed(record.get("Output")),
            )
            for row in ends:
                yield Entry(
                    _FILES.get(row.status, entry.status),
                    {**record, "Status": row.status, "Error": row.error, "Cause": row.cause, "Output": row.output},
                    row.input if isinstance(row.input, dict) else None,
                    batch=[ends[0].index, len(ends), status, record.get("Error")],
                )

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


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _input(record: dict[str, Any]) -> dict[str, Any] | None:
    try:
        value = json.loads(record.get("Input") or "")
    except (TypeError, ValueError):
        return None
    return value if isinstance(value, dict) else None
