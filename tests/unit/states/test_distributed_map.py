"""The Distributed Map state: what it hands to the Map Run, and the events around it."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.aws.asl.errors import StateError
from tests.unit.states.harness import FakeMaps, execute, faults, one

LISTING = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b"}}
READER = {
    "Resource": "arn:aws:states:::s3:getObject",
    "Parameters": {"Bucket.$": "$.b", "Key": "k.csv"},
    "ReaderConfig": {
        "InputType": "CSV",
        "CSVHeaderLocation": "FIRST_ROW",
        "CSVDelimiter": "PIPE",
        "MaxItemsPath": "$.n",
    },
}


def processor(execution_type: str = "EXPRESS", **more: Any) -> dict[str, Any]:
    """Return an ItemProcessor of one Pass."""
    return {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": execution_type},
        "StartAt": "Inner",
        "States": {"Inner": {"Type": "Pass", "End": True}},
        **more,
    }


def mapped(**fields: Any) -> dict[str, Any]:
    """Return a machine with one Distributed Map."""
    return one({"Type": "Map", "ItemProcessor": processor(), **fields})


def test_all_fields_reach_the_map_run_with_their_paths_read() -> None:
    """Reader, selector, batcher, writer, tolerances, concurrency, label."""
    machine = mapped(
        Label="rows",
        ItemReader=READER,
        ItemSelector={
            "v.$": "$$.Map.Item.Value",
            "i.$": "$$.Map.Item.Index",
            "s.$": "$$.Map.Item.Source",
            "b.$": "$.b",
        },
        ItemBatcher={"MaxItemsPerBatch": 3, "BatchInput": {"x.$": "$.n"}},
        ResultWriter={"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket.$": "$.b", "Prefix": "out"}},
        MaxConcurrencyPath="$.n",
        ToleratedFailureCount=2,
        ToleratedFailurePercentagePath="$.p",
    )
    (request,) = execute(machine, {"b": "bucket", "n": 5, "p": 1.5}).maps.requests
    assert request.reader is not None
    assert request.reader.parameters == {"Bucket": "bucket", "Key": "k.csv"}
    assert (request.reader.delimiter, request.reader.max_items) == ("|", 5)
    assert request.select is not None
    assert request.select(3, {"c": "1"}, None, "s3://bucket/k.csv") == {
        "v": {"c": "1"},
        "i": 3,
        "s": "s3://bucket/k.csv",
        "b": "bucket",
    }
    assert request.batcher is not None
    assert (request.batcher.max_items, request.batcher.batch_input) == (3, {"x": 5})
    assert request.writer is not None
    assert (request.writer.bucket, request.writer.prefix, request.writer.transformation) == ("bucket", "out", "NONE")
    assert (request.max_concurrency, request.tolerated_count, request.tolerated_percentage) == (5, 2, 1.5)
    assert (request.label, request.execution_type, request.items) == ("rows", "EXPRESS", None)


def test_a_good_map_run_has_its_events_and_the_exit_is_caused_by_its_start() -> None:
    """Not by MapStateSucceeded, as recorded in 2026."""
    result = execute(mapped(), [1, 2], maps=FakeMaps(lambda request: request.items))
    assert result.types[1:-1] == [
        "MapStateEntered",
        "MapStateStarted",
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
    ]
    started, exited = result.events[3], result.events[6]
    assert exited["previousEventId"] == started["id"]
    assert result.details("MapStateStarted") == [{"length": 2}]


def test_a_failed_map_run_fails_the_state() -> None:
    """MapRunFailed carries error and cause."""

    def breach(_request: Any) -> Any:
        raise StateError(
            "States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded"
        )

    result = execute(mapped(), [1], maps=FakeMaps(breach))
    assert result.types[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]
    assert result.details("MapRunFailed")[0]["error"] == "States.ExceedToleratedFailureThreshold"


def test_a_generated_label_is_the_same_every_time() -> None:
    """UUID-shaped, with version nibble 3."""
    first, second = (execute(mapped(), []).maps.requests[0].label for _ in range(2))
    assert first == second
    assert first[14] == "3"


@pytest.mark.parametrize(
    ("fields", "data", "words"),
    [
        ({"ToleratedFailurePercentagePath": "$.v"}, 100.1, "ToleratedFailurePercentage must be between 0 and 100."),
        ({"ToleratedFailureCountPath": "$.v"}, -1, "ToleratedFailureCount cannot be negative."),
        (
            {"MaxConcurrencyPath": "$.v"},
            "many",
            'The MaxConcurrencyPath field refers to value "many" which is not a valid integer: $.v',
        ),
        ({"ItemReader": READER}, 1.5, 'The MaxItemsPath field refers to value "1.5" which is not a valid integer: $.n'),
    ],
)
def test_a_value_from_a_path_out_of_bounds_fails_before_any_map_run(
    fields: dict[str, Any], data: Any, words: str
) -> None:
    """States.Runtime, in AWS's words."""
    result = execute(mapped(ItemsPath="$.items", **fields), {"v": data, "n": data, "b": "b", "items": []})
    assert result.ended.error == "States.Runtime"
    assert (result.ended.cause or "").endswith(words)
    assert "MapRunStarted" not in result.types


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        (
            {"ItemReader": {**READER, "ReaderConfig": {"InputType": "XML"}}},
            "States.State.ItemReader.ReaderConfig.InputType must be CSV, JSON, JSONL, PARQUET or MANIFEST, not 'XML'",
        ),
        (
            {"ItemReader": {**READER, "ReaderConfig": {"InputType": "JSON", "ManifestType": "S3_INVENTORY"}}},
            "States.State.ItemReader.ReaderConfig.InputType is not allowed with ManifestType S3_INVENTORY",
        ),
        (
            {"ItemReader": {**READER, "ReaderConfig": {"InputType": "MANIFEST", "ManifestType": "ATHENA_DATA"}}},
            "States.State.ItemReader.ReaderConfig.InputType must be that of the data files: CSV, JSON, JSONL, PARQUET",
        ),
        (
            {"ItemReader": {**READER, "ReaderConfig": {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"}}},
            "States.State.ItemReader.ReaderConfig.Transformation LOAD_AND_FLATTEN is allowed with s3:listObjectsV2",
        ),
        (
            {"ItemReader": {**LISTING, "ReaderConfig": {"Transformation": "LOAD_AND_FLATTEN"}}},
            "States.State.ItemReader.ReaderConfig needs the InputType of the objects with LOAD_AND_FLATTEN",
        ),
        (
            {"ItemReader": {**LISTING, "ReaderConfig": {"InputType": "CSV", "Transformation": "LOAD_AND_FLATTEN"}}},
            "States.State.ItemReader.ReaderConfig needs the field CSVHeaderLocation",
        ),
        (
            {"ItemReader": {**LISTING, "ReaderConfig": {"ManifestType": "ATHENA_DATA"}}},
            "States.State.ItemReader.ReaderConfig.ManifestType is allowed with s3:getObject only",
        ),
        (
            {
                "ItemReader": {
                    **READER,
                    "Parameters": {"Bucket": "b", "Key": "k", "VersionId": "1"},
                    "ReaderConfig": {"InputType": "PARQUET"},
                }
            },
            "States.State.ItemReader.Parameters.VersionId is not allowed with InputType PARQUET",
        ),
        (
            {
                "ItemReader": {
                    **READER,
                    "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "CSVHeaders": ["a"]},
                }
            },
            "States.State.ItemReader.ReaderConfig.CSVHeaders is allowed only if CSVHeaderLocation is GIVEN",
        ),
        (
            {"ItemReader": {**READER, "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}}},
            "States.State.ItemReader.ReaderConfig needs CSVHeaders if CSVHeaderLocation is GIVEN",
        ),
        ({"ItemReader": {**READER, "Parameters": {"Bucket": "b"}}}, "States.State.ItemReader.Parameters needs Key"),
        ({"Label": "a b"}, "States.State.Label must not contain ' '"),
        ({"Label": "x" * 41}, "States.State.Label must have 1 to 40 characters, not 41"),
        ({"ResultWriter": {}}, "States.State.ResultWriter must not be empty"),
        (
            {"ResultWriter": {"Resource": "arn:aws:states:::s3:putObjekt", "Parameters": {"Bucket": "b"}}},
            "States.State.ResultWriter.Resource must be arn:aws:states:::s3:putObject",
        ),
        ({"ItemBatcher": {}}, "States.State.ItemBatcher needs one of MaxItemsPerBatch"),
        ({"ToleratedFailurePercentage": 101}, "States.State.ToleratedFailurePercentage must be between 0 and 100"),
        ({"Mode": "DISTRIBUTED"}, "States.State.Mode is not a field of a Map state"),
        (
            {"ItemProcessor": {**processor(), "ProcessorConfig": {"Mode": "DISTRIBUTED"}}},
            "States.State.ItemProcessor.ProcessorConfig needs the field ExecutionType",
        ),
    ],
)
def test_a_bad_distributed_map_is_refused_by_name(fields: dict[str, Any], fault: str) -> None:
    """Nothing is ignored."""
    found = faults(mapped(**fields))
    assert any(line.startswith(fault) for line in found), found


def test_a_distributed_map_in_express_children_is_refused_by_name() -> None:
    """As in an EXPRESS machine."""
    inner = {
        "Type": "Map",
        "ItemProcessor": {**processor(), "StartAt": "I", "States": {"I": {"Type": "Succeed"}}},
        "End": True,
    }
    nested = processor(StartAt="Nested", States={"Nested": inner})
    assert faults(mapped(ItemProcessor=nested)) == [
        "States.State.ItemProcessor.States.Nested is a Distributed Map, which an EXPRESS child execution cannot have"
    ]


def test_a_label_used_twice_is_refused() -> None:
    """It is part of the children's ARNs."""
    second = {
        "Type": "Map",
        "Label": "same",
        "ItemProcessor": processor(StartAt="I2", States={"I2": {"Type": "Succeed"}}),
        "End": True,
    }
    machine = one({"Type": "Map", "Label": "same", "ItemProcessor": processor(), "Next": "Second"}, Second=second)
    assert faults(machine) == [
        "States.Second.Label 'same' is used by another Map of this machine too; it must be unique"
    ]
