"""The made history is what it says it is, and the simulator takes it for its own."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from simulator.runs.corrections.repairs import Repairs
from simulator.runs.recovery import recovered
from simulator.runs.redrive_plan import plan_redrive
from simulator.runs.store import RunStore
from tests.thirty_nights.__main__ import make_history

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    """The history's runs."""
    home: Path = tmp_path_factory.mktemp("nights")
    make_history(home, date(2026, 11, 28), database=False)
    return RunStore(home / "runs")


def test_the_nights_have_everything_that_an_operator_meets(store: RunStore) -> None:
    """90 failed rows, a rejected file, an outage, a kill, a corrected and a redriven run, a night without a file."""
    records = [recovered(folder) for folder in store.folders()]
    assert sum(record.rows.failed for record in records) == 90
    assert [record.source.key for record in records if record.rejected] == ["nagoya.csv"]
    assert [record.outage_rows for record in records if record.outage_rows] == [15]
    assert [record.status for record in records if record.status not in ("SUCCEEDED", "FAILED")] == ["INTERRUPTED"]
    (redriven,) = [record for record in records if record.redrive_count]
    assert (redriven.status, redriven.rows.failed) == ("SUCCEEDED", 0)
    assert (redriven.duration_ms or 0) < 600_000  # the night between the attempts is not in it
    assert len({(record.started or "")[:10] for record in records if record.source.key == "tokyo.csv"}) == 29


def test_its_corrected_run_is_repaired_and_its_outage_can_be_redriven(store: RunStore) -> None:
    """By the simulator's own rules."""
    records = store.records()
    (correction,) = [record for record in records if record.corrects]
    repair = Repairs(store, records).of(correction.corrects or "")
    assert repair is not None
    assert (repair.rows, repair.complete) == (6, True)
    (lost,) = [record for record in records if record.outage_rows]
    lost.stopped = None  # else the test would fail two weeks after the date in it
    assert plan_redrive(store.folder(lost.name), lost).again == 250 - lost.rows.succeeded
