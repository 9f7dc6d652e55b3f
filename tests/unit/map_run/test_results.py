"""ResultWriter's files, character by character, and ItemBatcher's batches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.asl.errors import StateError
from simulator.aws.asl.json_text import json_size
from simulator.aws.asl.runtime.ports import ItemBatcherSpec
from simulator.aws.map_run.items.item_batcher import child_works
from simulator.aws.map_run.items.items import items_of
from simulator.aws.map_run.results.result_writer import ResultFiles
from tests.unit.map_run.harness import run_map

WRITER = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "out", "Prefix": "results"}}


def half(parameters: Any) -> Any:
    """Fail for odd numbers."""
    if parameters % 2:
        raise StateError("Odd", '{"errorMessage":"奇数"}')
    return {"even": parameters}


def test_the_files_are_those_that_aws_writes(tmp_path: Path) -> None:
    """Sorted keys, compact JSON, text in text; a manifest of one line; the same files locally."""
    fields = {"ResultWriter": WRITER, "ToleratedFailurePercentage": 100, "MaxConcurrency": 1}
    result = run_map(fields, [0, 1], function=half, folder=tmp_path)
    map_run_arn = result.told.map_runs[-1].arn
    uuid = map_run_arn.rpartition(":")[2]
    prefix = f"results/{uuid}"
    assert result.ended.output == {
        "MapRunArn": map_run_arn,
        "ResultWriterDetails": {"Bucket": "out", "Key": f"{prefix}/manifest.json"},
    }
    assert sorted(result.store.objects) == [
        f"{prefix}/{name}" for name in ("FAILED_0.json", "SUCCEEDED_0.json", "manifest.json")
    ]
    good, bad = result.told.children
    assert list(result.store.json("SUCCEEDED_0.json")[0].items()) == [
        ("ExecutionArn", good.arn),
        ("Input", "0"),
        ("InputDetails", {"Included": True}),
        ("Name", good.name),
        ("Output", '{"even":0}'),
        ("OutputDetails", {"Included": True}),
        ("RedriveCount", 0),
        ("RedriveStatus", "NOT_REDRIVABLE"),
        ("RedriveStatusReason", "Execution is SUCCEEDED and cannot be redriven"),
        ("StartDate", result.store.json("SUCCEEDED_0.json")[0]["StartDate"]),
        ("StateMachineArn", "arn:aws:states:ap-northeast-1:123456789012:stateMachine:machine/rows"),
        ("Status", "SUCCEEDED"),
        ("StopDate", result.store.json("SUCCEEDED_0.json")[0]["StopDate"]),
    ]
    failed = result.store.json("FAILED_0.json")[0]
    assert list(failed) == [
        "Cause",
        "Error",
        "ExecutionArn",
        "Input",
        "InputDetails",
        "Name",
        "OutputDetails",
        "RedriveCount",
        "RedriveStatus",
        "StartDate",
        "StateMachineArn",
        "Status",
        "StopDate",
    ]
    assert (failed["Error"], failed["RedriveStatus"], failed["Name"]) == ("Odd", "REDRIVABLE_BY_MAP_RUN", bad.name)
    size = len(result.store.objects[f"{prefix}/FAILED_0.json"])
    manifest = result.store.objects[f"{prefix}/manifest.json"].decode()
    assert manifest.startswith(f'{{"DestinationBucket":"out","MapRunArn":"{map_run_arn}","ResultFiles":{{"FAILED":')
    assert json.loads(manifest)["ResultFiles"]["PENDING"] == []
    assert json.loads(manifest)["ResultFiles"]["FAILED"] == [{"Key": f"{prefix}/FAILED_0.json", "Size": size}]
    assert (tmp_path / uuid / "manifest.json").read_text() == manifest


def test_pending_records_hold_the_input_only() -> None:
    """A breach leaves what was never started."""
    result = run_map({"ResultWriter": WRITER, "MaxConcurrency": 1}, [1, 2, 3], function=half)
    assert result.store.json("PENDING_0.json") == [
        {"Input": "2", "InputDetails": {"Included": True}, "Status": "PENDING"},
        {"Input": "3", "InputDetails": {"Included": True}, "Status": "PENDING"},
    ]


def test_json_lines_and_the_compact_forms() -> None:
    """WriterConfig; failures are always whole records."""
    config = {"Transformation": "FLATTEN", "OutputType": "JSONL"}
    result = run_map({"ResultWriter": {**WRITER, "WriterConfig": config}}, [[1, 2], [3]])
    (body,) = (body for key, body in result.store.objects.items() if key.endswith("SUCCEEDED_0.jsonl"))
    assert sorted(body.decode()) == sorted("1\n2\n3\n")
    compact = run_map({"ResultWriter": {"WriterConfig": {"Transformation": "FLATTEN"}}}, [[1, 2], [3]])
    assert compact.ended.output == [1, 2, 3]


@given(texts=st.lists(st.text(), max_size=30), limit=st.integers(20, 200), lines=st.booleans())
def test_records_of_any_text_are_read_back_from_files_kept_below_the_limit(
    tmp_path_factory: Any, texts: list[str], limit: int, lines: bool
) -> None:
    """A new file begins where the limit would be passed; only a single record may be larger."""
    folder = tmp_path_factory.mktemp("files")
    files = ResultFiles(folder, "SUCCEEDED", lines=lines, limit=limit)
    for text in texts:
        files.add(json.dumps(text).encode())
    read: list[str] = []
    for number, file in enumerate(files.close()):
        assert file.path.name == f"SUCCEEDED_{number}.{'jsonl' if lines else 'json'}"
        body = file.path.read_bytes()
        assert len(body) == file.size
        part = [json.loads(line) for line in body.splitlines()] if lines else json.loads(body)
        assert file.size <= limit or len(part) == 1
        read += part
    assert read == texts


@given(
    values=st.lists(st.text(max_size=40), max_size=40),
    most=st.none() | st.integers(1, 6),
    size=st.none() | st.integers(60, 300),
    extra=st.none() | st.fixed_dictionaries({"k": st.text(max_size=5)}),
)
def test_batches_keep_order_and_bounds(values: list[str], most: int | None, size: int | None, extra: Any) -> None:
    """No item lost, doubled or moved; a batch passes its size only where it has one item."""
    source = items_of(values)
    spec = ItemBatcherSpec(max_items=most, max_bytes=size, batch_input=extra)
    works = list(child_works(source, source.source, None, spec))
    assert [value for work in works for value in work.input["Items"]] == values
    assert [work.index for work in works] == [sum(w.items for w in works[:n]) for n in range(len(works))]
    for work in works:
        assert list(work.input) == (["Items"] if extra is None else ["BatchInput", "Items"])
        assert most is None or work.items <= most
        assert size is None or work.items == 1 or json_size(work.input) <= size
