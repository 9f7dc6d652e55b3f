"""Executions of several Map Runs, as files that the AWS CLI has saved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from simulator.compare.differences import Differences
from simulator.compare.executions import compare_executions
from simulator.compare.saved_files import BadFiles, side_of_files

if TYPE_CHECKING:
    from pathlib import Path

MACHINE = "arn:aws:states:ap-northeast-1:123456789012:mapRun:machine"
EXECUTION = "arn:aws:states:ap-northeast-1:123456789012:execution:machine:night"


def write(path: Path, value: Any) -> None:
    """Write a file of JSON, and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


class Saved:
    """A folder of files; its Map Runs have other IDs than those of another folder."""

    def __init__(self, folder: Path, ids: str) -> None:
        self.folder = folder
        self.ids = ids
        self._events: list[dict[str, Any]] = []

    def arn(self, label: str, number: int = 1) -> str:
        """The ARN of a label's Map Run."""
        return f"{MACHINE}/{label}:{self.ids * 8}-0000-4000-8000-{number:04}{len(label):08}"

    def began(self, label: str, number: int = 1) -> None:
        """The history has it next."""
        event = {"id": len(self._events) + 1, "type": "MapRunStarted", "timestamp": "2026-11-28T01:00:00+00:00"}
        self._events.append({**event, "mapRunStartedEventDetails": {"mapRunArn": self.arn(label, number)}})
        write(self.folder / "history.json", {"events": self._events})

    def described(
        self, label: str, number: int = 1, *, failed: int = 0, redrives: int = 0, of: str = EXECUTION
    ) -> None:
        """What describe-map-run printed."""
        counts = {"total": 2, "succeeded": 2 - failed, "failed": failed, "pending": 0}
        arn = self.arn(label, number)
        value = {"mapRunArn": arn, "executionArn": of, "status": "SUCCEEDED", "itemCounts": counts}
        dated = {"startDate": f"2026-11-28T0{number}:00:00+00:00", "redriveCount": redrives, "maxConcurrency": 5}
        write(self.folder / f"describe-{label}-{number}-{redrives}.json", {**value, **dated})

    def result(
        self, label: str, rows: dict[int, str], number: int = 1, *, below: str = "", manifest: bool = True
    ) -> None:
        """Result files of rows: their outputs, or FAILED."""
        arn = self.arn(label, number)
        place = self.folder / "results" / arn.rpartition(":")[2] / below
        for status in ("SUCCEEDED", "FAILED"):
            records = [
                {"Input": json.dumps({"rowIndex": row}), "Status": status}
                | ({"Error": "E"} if status == "FAILED" else {"Output": json.dumps({"to": output})})
                for row, output in rows.items()
                if (output == "FAILED") == (status == "FAILED")
            ]
            if records:
                write(place / f"{status}_0.json", records)
        if manifest:
            write(place / "manifest.json", {"DestinationBucket": "b", "MapRunArn": arn, "ResultFiles": {}})


def rules(one: Saved, other: Saved) -> dict[str, list[tuple[str, Any, Any]]]:
    """What differs, by rule."""
    differences = Differences()
    compare_executions(side_of_files(one.folder)[0], side_of_files(other.folder)[0], differences)
    return {rule: [(d.where, d.left, d.right) for d in kept] for rule, (_, kept) in differences.by_rule().items()}


@pytest.fixture
def two(tmp_path: Path) -> tuple[Saved, Saved]:
    """Two executions of two Map states, whose rows have the same indexes; the IDs sort the other way round."""
    sides = Saved(tmp_path / "one", "a"), Saved(tmp_path / "other", "f")
    for side in sides:
        for label in ("Rows", "Answers"):
            side.began(label)
            side.described(label)
            side.result(label, {0: label, 1: label})
    return sides


def test_two_map_runs_of_two_states_do_not_differ_from_the_same(two: tuple[Saved, Saved]) -> None:
    """Nor when the history, or the manifests, are not there."""
    assert rules(*two) == {}
    for name in ("history.json", "manifest.json"):
        for side in two:
            for path in side.folder.rglob(name):
                path.unlink()
        assert rules(*two) == {}


@pytest.mark.parametrize("label", ["Rows", "Answers"])
def test_a_difference_in_one_of_two_map_runs_is_told_with_its_name(two: tuple[Saved, Saved], label: str) -> None:
    """In the first as in the last: neither hides the other."""
    two[1].described(label, failed=1)
    two[1].result(label, {0: label, 1: "changed"})
    assert rules(*two) == {
        "Map Run: itemCounts.succeeded": [(f"the Map Run {label}", 2, 1)],
        "Map Run: itemCounts.failed": [(f"the Map Run {label}", 0, 1)],
        "result files: output": [("row 1, user None: to", label, "changed")],
    }


def test_a_redriven_map_run_counts_as_it_ended(two: tuple[Saved, Saved]) -> None:
    """Row 1 failed at first: the description before the redrive and the first pass are out of date."""
    two[1].described("Rows", failed=1)
    two[1].described("Rows", redrives=1)
    two[1].result("Rows", {0: "Rows", 1: "FAILED"})
    assert "result files: status" in rules(*two)
    two[1].result("Rows", {1: "Rows"}, below="Redrive-1", manifest=False)
    assert rules(*two) == {"Map Run: redriveCount": [("the Map Run Rows", 0, 1)]}


@pytest.mark.parametrize("first_id", ["a", "f"])
def test_of_two_map_runs_that_a_redrive_began_the_later_counts(tmp_path: Path, first_id: str) -> None:
    """By the history or the dates, and not by the IDs, which are random."""
    once, again = Saved(tmp_path / "once", "c"), Saved(tmp_path / "again", first_id)
    once.began("Rows", 2)
    once.described("Rows", 2)
    once.result("Rows", {0: "x", 1: "x"}, 2)
    again.result("Rows", {0: "FAILED", 1: "FAILED"}, 1)
    again.described("Rows", 1, failed=2)
    again.ids = "c"
    again.described("Rows", 2)
    again.result("Rows", {0: "x", 1: "x"}, 2)
    assert rules(once, again) == {}


def test_a_map_run_that_one_side_lacks_is_named(two: tuple[Saved, Saved], tmp_path: Path) -> None:
    """And its records."""
    less = Saved(tmp_path / "less", "c")
    less.began("Rows")
    less.described("Rows")
    less.result("Rows", {0: "Rows", 1: "Rows"})
    found = rules(less, two[1])
    assert found["run: what there is"] == [("the Map Run Answers", None, "there")]
    assert len(found["result files: records"]) == 2


def test_files_of_two_executions_are_refused(two: tuple[Saved, Saved]) -> None:
    """With both files' names."""
    two[0].described("Rows", 2, of=EXECUTION.replace("night", "day"))
    with pytest.raises(BadFiles, match=r"describe-.*keep the files of one execution in a folder"):
        side_of_files(two[0].folder)
