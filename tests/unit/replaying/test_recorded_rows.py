"""The event and the outcome of each row, from a run's result files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.pipeline.replaying.recorded_rows import RowOutcome, recorded_rows
from tests.unit.verify.made_folder import ROWS, breached_run, failed, succeeded, write_results

if TYPE_CHECKING:
    from pathlib import Path


def test_each_row_has_its_event_and_how_it_ended(tmp_path: Path) -> None:
    """One that was never done has an event, and nothing to compare with."""
    rows = recorded_rows(breached_run(tmp_path))
    assert [row.event for row in rows] == ROWS
    assert rows[0].outcome == RowOutcome(output={"status": "success"})
    assert rows[1].outcome == RowOutcome(error="InvalidRecordError", cause="bad value 'x'")
    assert rows[3].outcome is None


def test_of_a_redriven_row_the_last_attempt_counts(tmp_path: Path) -> None:
    """A row that the redrive did not begin keeps what it had."""
    folder = breached_run(tmp_path)
    write_results(folder, [succeeded(1)], [3], redrive=1)
    outcomes = {row.index: row.outcome for row in recorded_rows(folder)}
    assert outcomes[1] == RowOutcome(output={"status": "success"})
    assert outcomes[3] is None


def test_a_row_that_a_service_lost_is_not_compared(tmp_path: Path) -> None:
    """Today's code would not fail so."""
    folder = breached_run(tmp_path)
    write_results(folder, [failed(3, error="DatabaseError", cause="away")], [], redrive=1)
    assert recorded_rows(folder)[3].outcome is None
