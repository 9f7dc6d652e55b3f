"""Reconciles a run: every place must say the same of every row.

The places: the uploaded file, `items.jsonl`, the result files of all attempts, the audit items, `failed-rows.csv`,
the counts in `run.json`, the failure inbox, and the database.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from simulator.runs.folder.history_reader import map_run_passes
from simulator.runs.folder.run_record import INTERRUPTED
from simulator.verify.audit_check import AuditCheck
from simulator.verify.database_check import DatabaseCheck, Stored
from simulator.verify.failed_rows_check import check_failed_rows
from simulator.verify.findings import Findings
from simulator.verify.results_check import ResultsCheck
from simulator.verify.row import FAILED, PENDING, SUCCEEDED, Row, read_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord
    from simulator.verify.inbox_check import InboxCheck

    ReadTotals = Callable[[Sequence[str]], Mapping[str, Stored]]

NO_ROWS = "The run ended before its first row: nothing was processed, as it must be."
_ITEMS = "items.jsonl"
_CUT_SHORT = (INTERRUPTED, "ABORTED", "TIMED_OUT")


def reconcile(
    folder: RunFolder,
    record: RunRecord,
    read_totals: ReadTotals | None,
    *,
    shared_second: bool = False,
    inbox: InboxCheck | None = None,
) -> Findings:
    """Compare everything a run left.

    Args:
        folder: the run's.
        record: how it stands; it is not RUNNING.
        read_totals: gives what the database has of users; None to leave the database out.
        shared_second: whether another run is of an upload in the same second.
        inbox: compares the failure inbox; None to leave it out.
    """
    findings = Findings()
    if record.map_run is None:
        _nothing_done(folder, findings)
        return findings
    try:
        rows = list(read_rows(folder.input_file))
    except (OSError, ValueError) as error:
        findings.disagree("input.csv", f"It cannot be read, so nothing can be compared: {error}")
        return findings
    findings.count("input.csv", len(rows))
    _take_items(folder, rows, findings)
    if record.status in _CUT_SHORT or record.redrive_count:
        for row in rows:
            # A process that died meanwhile may have committed it without recording it.
            row.unsure |= row.state == PENDING
    ResultsCheck(folder, map_run_passes(folder.events()), rows, findings).run()
    AuditCheck(folder, rows, findings).run()
    check_failed_rows(folder.failed_rows_file, rows, findings)
    _counts(record, rows, findings)
    if inbox is not None:
        inbox.run(record, rows, findings)
    if read_totals is not None:
        uploaded_at = record.source.uploaded_at
        if uploaded_at is None:
            findings.disagree("run.json", "It does not say when the file was uploaded.")
        else:
            DatabaseCheck(rows, findings, uploaded_at, shared_second=shared_second).run(read_totals)
    return findings


def _nothing_done(folder: RunFolder, findings: Findings) -> None:
    for place, things in (
        (_ITEMS, folder.items()),
        ("audit", folder.audit_items()),
        ("results", iter(folder.result_files())),
    ):
        if next(things, None) is not None:
            findings.disagree(place, "The run ended before its first row, and something is there.")
    if findings.clean:
        findings.note(NO_ROWS)


def _take_items(folder: RunFolder, rows: list[Row], findings: Findings) -> None:
    """Tell each row how it ended; what no row of the file can be is a disagreement."""
    for item in folder.items():
        findings.count(_ITEMS)
        index = item.get("index")
        if not isinstance(index, int) or not 0 <= index < len(rows):
            findings.disagree(_ITEMS, f"It has a row with the index {index!r}; the file has {len(rows)} rows.")
            continue
        row = rows[index]
        if row.ended and item.get("redrive") == row.redrive:
            findings.disagree(_ITEMS, f"The row ended twice in attempt {row.redrive} of the run.", row)
        if (item.get("line"), item.get("user")) != (row.line, row.user):
            found = f"line {item.get('line')}, user {item.get('user')!r}"
            findings.disagree(_ITEMS, f"It calls row {index} {found}; the file has another row there.", row)
        row.take(item)


def _counts(record: RunRecord, rows: list[Row], findings: Findings) -> None:
    states = Counter(row.state for row in rows)
    superseded = sum(row.outcome == "superseded" for row in rows)
    ours = (len(rows), states[SUCCEEDED], states[FAILED], states[PENDING], superseded)
    told = record.rows
    theirs = (told.total, told.succeeded, told.failed, told.pending, told.superseded)
    if theirs != ours:
        names = "total, succeeded, failed, pending, superseded"
        findings.disagree("run.json", f"It counts {names} as {theirs}; the rows themselves are {ours}.")
    if record.status == "SUCCEEDED" and states[PENDING]:
        findings.disagree("run.json", f"The run succeeded, and {states[PENDING]} of its rows were never done.")
