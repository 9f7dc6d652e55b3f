"""Where results go and what happens when they cannot: folders, redrives, full disks, any value, many threads."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.asl.errors import StateError
from simulator.aws.asl.quotas import MAX_PAYLOAD_BYTES
from simulator.aws.asl.runtime.listener import ChildRecord
from simulator.aws.asl.runtime.ports import ResultWriterSpec
from simulator.aws.map_run.results.collected_results import CollectedResults
from simulator.aws.map_run.results.result_writer import ExportedResults, ResultFiles
from tests.unit.map_run.harness import MemoryStore, run_map

MOMENT = datetime(2026, 9, 23, 22, 58, 19, 314_000, tzinfo=UTC)
ARN = "arn:aws:states:r:a:mapRun:machine/rows:uuid"
MACHINE = "arn:aws:states:r:a:stateMachine:machine/rows"


def child(output: Any, index: int = 0, status: str = "SUCCEEDED", kind: str = "express", **more: Any) -> ChildRecord:
    """Return a child that has ended."""
    return ChildRecord(
        map_run_arn=ARN,
        parent_arn="parent",
        name=f"child-{index}",
        arn=f"arn:aws:states:r:a:{kind}:machine/rows:child-{index}:id",
        index=index,
        line=None,
        items=1,
        value=index,
        input=index,
        status=status,
        started=MOMENT,
        stopped=MOMENT,
        worker=0,
        output=output,
        **more,
    )


def exported(folder: Path, store: MemoryStore, spec: ResultWriterSpec | None = None, **more: Any) -> ExportedResults:
    """Return results that go to the bucket `out` below `p`."""
    spec = spec or ResultWriterSpec(bucket="out", prefix="p")
    return ExportedResults(spec, map_run_arn=ARN, machine_arn=MACHINE, store=store, folder=folder, **more)


@pytest.mark.parametrize(("prefix", "key"), [("", "uuid/"), ("a/b", "a/b/uuid/"), ("a/", "a//uuid/")])
def test_the_prefix_is_taken_as_it_is_written(tmp_path: Path, prefix: str, key: str) -> None:
    """A run without items has a manifest of empty lists and no other file."""
    store = MemoryStore()
    output = exported(tmp_path, store, ResultWriterSpec(bucket="out", prefix=prefix)).finish()
    assert output["ResultWriterDetails"] == {"Bucket": "out", "Key": f"{key}manifest.json"}
    assert list(store.objects) == [f"{key}manifest.json"]
    assert store.json("manifest.json")["ResultFiles"] == {"FAILED": [], "PENDING": [], "SUCCEEDED": []}


def test_a_redriven_run_writes_beside_the_earlier_files_and_lists_earlier_successes(tmp_path: Path) -> None:
    """`Redrive-<n>/`; failed and pending ones are those of this redrive."""
    store = MemoryStore()
    earlier = [{"Key": "p/uuid/SUCCEEDED_0.json", "Size": 9}]
    results = exported(tmp_path, store, redrive_count=2, earlier=earlier)
    results.add(child(1))
    results.finish()
    key = "p/uuid/Redrive-2/SUCCEEDED_0.json"
    assert store.json("Redrive-2/manifest.json")["ResultFiles"]["SUCCEEDED"] == [
        *earlier,
        {"Key": key, "Size": len(store.objects[key])},
    ]


def test_a_child_shows_its_own_redrives(tmp_path: Path) -> None:
    """One that began in the Map Run's third redrive has had none; an EXPRESS one counts them too."""
    store = MemoryStore()
    results = exported(tmp_path, store, redrive_count=3)
    results.add(child(1, redrive_count=1))
    results.add(child(1, kind="execution", redrive_count=2))
    results.add(child(1, kind="execution"))
    results.finish()
    assert [record["RedriveCount"] for record in store.json("SUCCEEDED_0.json")] == [1, 2, 0]


@pytest.mark.parametrize(("output_type", "text"), [("JSON", b"[]"), ("JSONL", b"")])
def test_an_attempt_without_success_lists_an_empty_file_after_earlier_successes(
    tmp_path: Path, output_type: str, text: bytes
) -> None:
    """Recorded on AWS for JSON: two bytes."""
    store = MemoryStore()
    spec = ResultWriterSpec(bucket="out", prefix="p", output_type=output_type)
    earlier = [{"Key": "p/uuid/SUCCEEDED_0.json", "Size": 3}]
    results = exported(tmp_path, store, spec, redrive_count=1, earlier=earlier)
    results.add(child(1, status="FAILED"))
    results.finish()
    name = f"SUCCEEDED_0.{output_type.lower()}"
    assert store.objects[f"p/uuid/Redrive-1/{name}"] == text
    assert (tmp_path / "uuid" / "Redrive-1" / name).read_bytes() == text
    listed = store.json("Redrive-1/manifest.json")["ResultFiles"]["SUCCEEDED"]
    assert listed == [*earlier, {"Key": f"p/uuid/Redrive-1/{name}", "Size": len(text)}]


def test_no_attempt_with_a_success_means_no_file_of_successes(tmp_path: Path) -> None:
    """The list in the manifest is empty."""
    store = MemoryStore()
    results = exported(tmp_path, store, redrive_count=1)
    results.add(child(1, status="FAILED"))
    results.finish()
    assert not [key for key in store.objects if "SUCCEEDED" in key]
    assert store.json("Redrive-1/manifest.json")["ResultFiles"]["SUCCEEDED"] == []


@pytest.mark.parametrize("transformation", ["NONE", "COMPACT", "FLATTEN"])
@pytest.mark.parametrize("value", [2**70, "a\ud800b", {"k": [2**70]}, "奇数\n\"'\\", None])
def test_any_json_value_is_written_and_read_back(tmp_path: Path, transformation: str, value: Any) -> None:
    """Integers beyond 64 bits and lone surrogates too; a file is valid UTF-8."""
    store = MemoryStore()
    results = exported(tmp_path, store, ResultWriterSpec(bucket="out", prefix="p", transformation=transformation))
    results.add(child(value))
    results.add_pending(value)
    results.finish()
    (found,) = store.json("SUCCEEDED_0.json")
    assert (json.loads(found["Output"]) if transformation == "NONE" else found) == value
    (pending,) = store.json("PENDING_0.json")
    assert json.loads(pending["Input"]) == value


@given(outputs=st.lists(st.lists(st.integers(), max_size=4), min_size=1, max_size=8), lines=st.booleans())
def test_flattened_outputs_are_whole_files_even_where_they_are_empty(
    tmp_path_factory: Any, outputs: list[list[int]], lines: bool
) -> None:
    """A status with a member has a file, though its member adds nothing."""
    store = MemoryStore()
    spec = ResultWriterSpec(
        bucket="out", prefix="p", transformation="FLATTEN", output_type="JSONL" if lines else "JSON"
    )
    results = exported(tmp_path_factory.mktemp("results"), store, spec)
    for index, output in enumerate(outputs):
        results.add(child(output, index))
    results.finish()
    body = store.objects[f"p/uuid/SUCCEEDED_0.{'jsonl' if lines else 'json'}"]
    read = [json.loads(line) for line in body.splitlines()] if lines else json.loads(body)
    assert read == [value for output in outputs for value in output]


def test_threads_that_end_children_at_once_do_not_mix_their_records(tmp_path: Path) -> None:
    """And files that roll over are all listed, with their sizes."""
    store = MemoryStore()
    results = exported(tmp_path, store, limit=20_000)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda index: results.add(child("x" * (index % 50), index)), range(500)))
    results.finish()
    listed = store.json("manifest.json")["ResultFiles"]["SUCCEEDED"]
    assert len(listed) > 5
    records = [record for file in listed for record in json.loads(store.objects[file["Key"]])]
    assert all(file["Size"] == len(store.objects[file["Key"]]) <= 20_000 for file in listed)
    assert sorted(int(record["Input"]) for record in records) == list(range(500))


def test_a_disk_that_takes_nothing_is_a_result_writer_failure(tmp_path: Path) -> None:
    """A person is told where."""
    (tmp_path / "uuid").write_text("in the way")
    with pytest.raises(StateError, match="uuid") as caught:
        exported(tmp_path, MemoryStore())
    assert caught.value.error == "States.ResultWriterFailed"


def test_a_stopped_run_leaves_whole_files_and_uploads_none(tmp_path: Path) -> None:
    """What has been written so far can be parsed."""
    store = MemoryStore()
    results = exported(tmp_path, store)
    results.add(child(1))
    results.add(child(None, 1, status="ABORTED"))
    results.close()
    results.close()
    assert json.loads((tmp_path / "uuid/FAILED_0.json").read_bytes())[0]["Status"] == "ABORTED"
    assert json.loads((tmp_path / "uuid/SUCCEEDED_0.json").read_bytes())[0]["Output"] == "1"
    assert store.objects == {}


def test_a_tolerated_failure_stands_in_the_output_as_its_record() -> None:
    """As in exported files: a failed child is shown as with NONE, in its item's place."""
    results = CollectedResults(None, machine_arn=MACHINE, state="Map")
    results.add(child("c", 2))
    results.add(child(None, 1, status="FAILED", error="Bad", cause="why"))
    results.add(child("a", 0))
    first, second, third = results.finish()
    assert (first, third) == ("a", "c")
    assert (second["Status"], second["Error"], second["Cause"], second["Input"]) == ("FAILED", "Bad", "why", "1")


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_an_output_may_have_exactly_the_size_of_a_payload(more: int, fits: bool) -> None:
    """262,144 bytes of UTF-8 with brackets, quotes and commas; one more fails with AWS's cause."""
    results = CollectedResults(None, machine_arn=MACHINE, state="Map")
    half = (MAX_PAYLOAD_BYTES - len('["",""]')) // 2
    results.add(child("x" * half, 0))
    results.add(child("x" * (MAX_PAYLOAD_BYTES - len('["",""]') - half + more), 1))
    if fits:
        assert len(results.finish()) == 2
    else:
        with pytest.raises(StateError, match="The state/task 'Map' returned a result with a size exceeding") as caught:
            results.finish()
        assert caught.value.error == "States.DataLimitExceeded"


def test_results_that_are_too_large_are_not_kept() -> None:
    """Memory stays flat for any number of children."""
    results = CollectedResults(None, machine_arn=MACHINE, state="Map")
    for index in range(40):
        results.add(child("x" * 10_000, index))
    assert results._results == {}


def test_json_lines_as_the_state_s_output_are_a_text() -> None:
    """Our choice: a line a value."""
    results = CollectedResults(
        ResultWriterSpec(output_type="JSONL", transformation="COMPACT"), machine_arn="", state=""
    )
    results.add(child({"b": 1, "a": 2}))
    assert results.finish() == '{"a":2,"b":1}\n'


@pytest.mark.parametrize("writer", [None, {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "o"}}])
def test_a_breach_is_what_fails_the_run_whatever_becomes_of_its_results(writer: dict[str, Any] | None) -> None:
    """The store is broken, or the output too large; the error is the breach's."""

    def function(parameters: Any) -> Any:
        if parameters == "bad":
            raise StateError("Bad", "x")
        return parameters

    fields = {"MaxConcurrency": 1, **({"ResultWriter": writer} if writer else {})}
    data = ["x" * 200_000, "y" * 200_000, "bad"]
    result = run_map(fields, data, function=function, store=MemoryStore(broken=True))
    assert result.ended.error == "States.ExceedToleratedFailureThreshold"


def test_closing_files_again_adds_nothing(tmp_path: Path) -> None:
    """The files stay as they are."""
    files = ResultFiles(tmp_path, "FAILED", lines=False)
    files.add(b"1")
    assert files.close() == files.close()
    assert (tmp_path / "FAILED_0.json").read_bytes() == b"[1]"
