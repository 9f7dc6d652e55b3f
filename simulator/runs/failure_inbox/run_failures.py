"""The rows of one run that failed in any of its attempts, or that were never done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.shared.csv_dialect import RecordTooLongError, decode, records
from lambdas.user_log_reporter.failed_rows import NEVER_DONE
from lambdas.user_log_reporter.reasons import person_text
from simulator.csv_files.encoding import read_chunks
from simulator.runs.failure_inbox.failed_row import FailedRow
from simulator.runs.folder.run_record import RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that failed, and whether it succeeded later, in a redrive of its run."""

    row: FailedRow
    succeeded: bool


def run_failures(folder: RunFolder, record: RunRecord) -> list[Failure]:
    """Return them in the order of the file; none while the run goes on, or if no row was begun.

    Args:
        folder: the run's.
        record: how it stands, recovered if its process died.
    """
    counts = record.rows
    if record.status == RUNNING or record.map_run is None:
        return []
    if not (counts.failed or counts.pending or record.redrive_count):
        return []
    failed: dict[int, dict[str, Any]] = {}
    last: dict[int, bool] = {}
    for item in folder.items():
        index = item.get("index")
        if isinstance(index, int):
            last[index] = item.get("status") == "SUCCEEDED"
            if not last[index]:
                failed[index] = item
    found = [Failure(_failed_row(record, index, item), last[index]) for index, item in failed.items()]
    if len(last) < counts.total:
        found += [
            Failure(_never_done(record, index, line, user), succeeded=False)
            for index, line, user in _rows(folder)
            if index not in last
        ]
    return sorted(found, key=lambda one: one.row.index)


def _failed_row(record: RunRecord, index: int, item: dict[str, Any]) -> FailedRow:
    line, user, attempts = item.get("line"), item.get("user"), item.get("attempts")
    return FailedRow(
        run=record.name,
        file=record.source.key,
        time=time_of(record),
        line=line if isinstance(line, int) else None,
        index=index,
        user=user if isinstance(user, str) else None,
        error=str(item.get("error") or item.get("status") or ""),
        cause=person_text(item.get("cause")),
        attempts=attempts if isinstance(attempts, int) else 0,
        on_aws=record.on_aws,
    )


def _never_done(record: RunRecord, index: int, line: int, user: str) -> FailedRow:
    return FailedRow(
        run=record.name,
        file=record.source.key,
        time=time_of(record),
        line=line,
        index=index,
        user=user,
        error=NEVER_DONE.error,
        cause=NEVER_DONE.cause,
        attempts=0,
        on_aws=record.on_aws,
    )


def _rows(folder: RunFolder) -> Iterator[tuple[int, int, str]]:
    """Yield index, line and user of each row of the file."""
    index = -1
    try:
        for record in records(decode(read_chunks(folder.input_file))):
            if record.blank:
                continue
            if index >= 0:
                yield index, record.line, record.fields[0]
            index += 1
    except (OSError, UnicodeDecodeError, RecordTooLongError):
        return


def time_of(record: RunRecord) -> str:
    """Return when a run's file was uploaded; when it began if that is not known."""
    return record.source.uploaded_at or record.started or ""
