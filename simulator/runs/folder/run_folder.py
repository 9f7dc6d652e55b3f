"""A run's folder: where its files lie, and its `run.json`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.quotas import name_problem
from simulator.runs.folder.json_lines import encode, parse_line, read_lines
from simulator.runs.folder.run_lock import is_held
from simulator.runs.folder.run_record import INTERRUPTED, RUNNING, RunRecord
from simulator.runs.folder.times import moment_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


RUN_FILE = "run.json"
"""The file in a run's folder that tells how the run stands."""
AUDIT_FILE = "audit.jsonl"
"""The file in a run's folder that takes its ProcessingLogs items."""
MAX_BYTES = 255
"""The longest file name common file systems take."""


class BadRunName(ValueError):
    """A name that cannot be a run's folder; the message is for people."""


def checked_run_name(name: str) -> str:
    """Return `name` if it may be a folder's name below the runs folder.

    A run is named as its execution (API reference, StartExecution: no slash, backslash or control character, at most
    80 characters), and must in addition not begin with a dot and fit a file name.

    Raises:
        BadRunName: with what is wrong.
    """
    if problem := name_problem(name):
        raise BadRunName(f"The run name {name!r} {problem}")
    if name.startswith("."):
        raise BadRunName(f"The run name {name!r} begins with a dot")
    if len(name.encode(errors="surrogatepass")) > MAX_BYTES:
        raise BadRunName(f"The run name {name!r} is longer than {MAX_BYTES} bytes")
    return name


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run, which need not exist (yet, or any more).

    Args:
        runs: the folder that holds all runs.
        name: the run's name.

    Raises:
        BadRunName: if the name could lead out of `runs`.
    """

    runs: Path
    name: str

    def __post_init__(self) -> None:
        checked_run_name(self.name)

    @property
    def path(self) -> Path:
        """The folder itself."""
        return self.runs / self.name

    @property
    def run_file(self) -> Path:
        """`run.json`: how the run stands, replaced atomically."""
        return self.path / RUN_FILE

    @property
    def input_file(self) -> Path:
        """`input.csv`: the bytes that were uploaded."""
        return self.path / "input.csv"

    @property
    def definition_file(self) -> Path:
        """`definition.json`: the workflow as it was run."""
        return self.path / "definition.json"

    @property
    def events_file(self) -> Path:
        """`events.jsonl`: the parent's history."""
        return self.path / "events.jsonl"

    @property
    def items_file(self) -> Path:
        """`items.jsonl`: one line per row when its child has ended."""
        return self.path / "items.jsonl"

    @property
    def children_file(self) -> Path:
        """`children.jsonl`: the histories of STANDARD children; EXPRESS ones have none."""
        return self.path / "children.jsonl"

    @property
    def failed_rows_file(self) -> Path:
        """`failed-rows.csv`: the rows to correct and send again."""
        return self.path / "failed-rows.csv"

    @property
    def audit_file(self) -> Path:
        """`audit.jsonl`: the run's ProcessingLogs items."""
        return self.path / AUDIT_FILE

    @property
    def logs_file(self) -> Path:
        """`lambda-logs.jsonl`: what the functions logged."""
        return self.path / "lambda-logs.jsonl"

    @property
    def calls_file(self) -> Path:
        """`aws-calls.jsonl`: what functions and state machines asked of AWS, each kind of call once."""
        return self.path / "aws-calls.jsonl"

    @property
    def results(self) -> Path:
        """`results/`: the ResultWriter's objects."""
        return self.path / "results"

    @property
    def lock_file(self) -> Path:
        """`.lock`: held by the process that writes the run."""
        return self.path / ".lock"

    @property
    def reserve_file(self) -> Path:
        """`.reserve`: room on the disk for the end of the run, given back when that is written."""
        return self.path / ".reserve"

    def record(self) -> RunRecord:
        """Return how the run stands; INTERRUPTED if it says RUNNING and no process writes it.

        A run on AWS needs no process here: it is as it was when it was fetched. A folder without `run.json` is a run
        that has only just begun, or was cut off there.
        """
        record = self.record_as_written()
        if record.status != RUNNING or record.on_aws or is_held(self.lock_file):
            return record
        record = self.record_as_written()  # between the two looks it may have ended
        return record.model_copy(update={"status": INTERRUPTED}) if record.status == RUNNING else record

    def record_as_written(self) -> RunRecord:
        """Return what `run.json` says, whether its process lives or not."""
        try:
            value = parse_line(self.run_file.read_bytes())
        except OSError:
            value = None
        record = RunRecord.from_json(self.name, value)
        if record.started is None:
            record.started = self._made_at()
        return record

    def _made_at(self) -> str | None:
        try:
            return moment_text(datetime.fromtimestamp(self.path.stat().st_mtime, UTC))
        except OSError:
            return None

    def write_record(self, record: RunRecord) -> None:
        """Replace `run.json`; a reader sees the old one or the new one, never a half.

        Raises:
            OSError: the folder cannot be written.
        """
        draft = self.path / f".run.json.{os.getpid()}"
        try:
            draft.write_bytes(encode(record.to_json(), indent=True) + b"\n")
            draft.replace(self.run_file)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def items(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of `items.jsonl`: of a redriven row, the later line counts."""
        return read_lines(self.items_file)

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the parent's history events."""
        return read_lines(self.events_file)

    def child_lines(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of `children.jsonl` (see `child_histories`)."""
        return read_lines(self.children_file)

    def audit_items(self) -> Iterator[dict[str, Any]]:
        """Yield the ProcessingLogs items of the run, in the order they were written."""
        return read_lines(self.audit_file)

    def logs(self) -> Iterator[dict[str, Any]]:
        """Yield what the functions logged."""
        return read_lines(self.logs_file)

    def result_files(self) -> list[Path]:
        """Return the ResultWriter's files, sorted."""
        return sorted(path for path in self.results.rglob("*") if path.is_file())
