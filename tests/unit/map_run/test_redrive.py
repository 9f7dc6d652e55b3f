"""A continued Map Run: what had succeeded stays, everything else runs again, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.aws.map_run.earlier import EarlierMapRun
from tests.unit.map_run.harness import MemoryStore, earlier_of, run_map
from tests.unit.map_run.test_map_run import WRITER, failing, items_of

STARTED = datetime(2026, 1, 1, tzinfo=UTC)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    total=st.integers(1, 40),
    bad=st.sets(st.integers(0, 39), min_size=1),
    batch=st.none() | st.integers(1, 5),
    lanes=st.integers(1, 5),
)
def test_a_redrive_runs_exactly_what_had_not_succeeded(
    total: int, bad: set[int], batch: int | None, lanes: int
) -> None:
    """For any mix of failures, pending items and batches; the counts add up to the whole dataset again."""
    fields: dict[str, Any] = {"MaxConcurrency": lanes, "ResultWriter": WRITER}
    if batch:
        fields["ItemBatcher"] = {"MaxItemsPerBatch": batch}
    first = run_map(fields, list(range(total)), function=failing(bad))
    earlier = earlier_of(first)
    again = run_map(fields, list(range(total)), store=first.store, earlier=earlier)
    assert again.ended.status == "SUCCEEDED"
    kept = [
        item
        for child in first.told.children
        if child.status == "SUCCEEDED"
        for item in (child.input["Items"] if batch else [child.input])
    ]
    assert sorted(kept + items_of(again)) == list(range(total))
    assert again.counts["succeeded"] == again.counts["total"] == total
    assert again.told.map_runs[-1].arn == earlier.arn
    names = {index: child.name for index, child in earlier.children.items()}
    assert {child.index: child.name for child in again.told.children if child.index in names} == names


def test_the_manifest_lists_the_successes_of_all_attempts(tmp_path: Path) -> None:
    """New files lie under Redrive-1; earlier ones stay as they were; child ARNs stay too."""
    fields = {"ResultWriter": WRITER, "MaxConcurrency": 1, "ToleratedFailureCount": 1}
    store = MemoryStore()
    first = run_map(fields, [0, 1, 2, 3, 4], function=failing({1, 2}), store=store, folder=tmp_path)
    before = dict(store.objects)
    again = run_map(fields, [0, 1, 2, 3, 4], store=store, folder=tmp_path, earlier=earlier_of(first))
    uuid = again.told.map_runs[-1].arn.rpartition(":")[2]
    assert {key: store.objects[key] for key in before} == before
    manifest = store.json("Redrive-1/manifest.json")
    assert [entry["Key"] for entry in manifest["ResultFiles"]["SUCCEEDED"]] == [
        f"results/{uuid}/SUCCEEDED_0.json",
        f"results/{uuid}/Redrive-1/SUCCEEDED_0.json",
    ]
    assert manifest["ResultFiles"]["FAILED"] == manifest["ResultFiles"]["PENDING"] == []
    arns = {child.index: child.arn for child in first.told.children}
    assert all(arns.get(child.index, child.arn) == child.arn for child in again.told.children)
    assert [event["type"] for event in again.events][:4] == [
        "ExecutionStarted",
        "MapStateEntered",
        "MapStateStarted",
        "MapRunRedriven",
    ]


def test_successes_are_listed_in_the_order_of_the_attempts(tmp_path: Path) -> None:
    """Redrive-10 comes after Redrive-2, and the first attempt before both; a file's number counts as a number."""
    earlier = EarlierMapRun(arn="arn:mapRun:m/rows:id", started=STARTED, redrive_count=11, succeeded=set(), names={})
    names = ["SUCCEEDED_2.json", "SUCCEEDED_10.json", "Redrive-2/SUCCEEDED_0.json", "Redrive-10/SUCCEEDED_0.json"]
    for name in names:
        path = tmp_path / "id" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("[]")
    listed = [entry["Key"] for entry in earlier.successes(tmp_path, "results")]
    assert listed == [f"results/id/{name}" for name in names]
