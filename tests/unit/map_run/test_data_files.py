"""Datasets of several objects, and in Parquet: LOAD_AND_FLATTEN, manifests of Athena, inventories of S3."""

from __future__ import annotations

import base64
import gzip
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulator.aws.asl.errors import StateError
from simulator.aws.asl.runtime.ports import ItemReaderSpec
from simulator.aws.map_run.items import parquet_items
from simulator.aws.map_run.items.item_reader import open_items
from simulator.aws.map_run.items.items import Item, ItemSource
from tests.unit.map_run.harness import MemoryStore, run_map

GET, LIST = "arn:aws:states:::s3:getObject", "arn:aws:states:::s3:listObjectsV2"


def opened(objects: dict[str, bytes], resource: str = GET, **spec: Any) -> ItemSource:
    """Return a dataset: the object `k`, or a listing of `in/`."""
    where = {"Bucket": "b", "Key": "k"} if resource == GET else {"Bucket": "b", "Prefix": "in/"}
    return open_items(ItemReaderSpec(resource=resource, parameters=where, **spec), MemoryStore(objects))


def flattened(objects: dict[str, bytes], **spec: Any) -> list[Item]:
    """Return the items of all objects below `in/`."""
    return list(opened(objects, LIST, flatten=True, **spec))


def parquet(rows: list[dict[str, Any]], schema: pa.Schema | None = None, **options: Any) -> bytes:
    """Return rows as a Parquet file."""
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), file, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("objects", "spec"),
    [
        ({"in/a.json": b'[{"n":1},{"n":2}]', "in/b.json": b'[{"n":3}]'}, {"input_type": "JSON"}),
        (
            {"in/a.json": b'{"rows":[{"n":1}]}', "in/b.json": b'{"rows":[{"n":2},{"n":3}]}'},
            {"input_type": "JSON", "items_pointer": "/rows"},
        ),
        ({"in/a.jsonl": b'{"n":1}\n', "in/b.jsonl.gz": gzip.compress(b'{"n":2}\n{"n":3}')}, {"input_type": "JSONL"}),
        ({"in/a": parquet([{"n": 1}, {"n": 2}]), "in/b.gz": parquet([{"n": 3}])}, {"input_type": "PARQUET"}),
    ],
)
def test_all_objects_of_a_listing_are_one_dataset(objects: dict[str, bytes], spec: dict[str, Any]) -> None:
    """The items are counted through; each says its object as its source."""
    items = flattened({**objects, "in/": b"", "out/c": b"no"}, **spec)
    assert [item.value for item in items] == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert [item.index for item in items] == [0, 1, 2]
    assert sorted({item.source for item in items if item.source}) == [f"s3://b/{key}" for key in objects]
    assert [item.value for item in flattened(objects, max_items=2, **spec)] == [{"n": 1}, {"n": 2}]


def test_a_map_runs_over_what_its_objects_hold() -> None:
    """ItemSelector sees the object of each item."""
    fields = {
        "ItemReader": {
            "Resource": LIST,
            "Parameters": {"Bucket": "b", "Prefix": "in/"},
            "ReaderConfig": {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"},
        },
        "ItemSelector": {"from.$": "$$.Map.Item.Source", "at.$": "$$.Map.Item.Index", "value.$": "$$.Map.Item.Value"},
        "MaxConcurrency": 1,
    }
    result = run_map(fields, store=MemoryStore({"in/a": b"[1]", "in/b": b"[2]"}))
    assert result.ended.output == [
        {"from": "s3://b/in/a", "at": 0, "value": 1},
        {"from": "s3://b/in/b", "at": 1, "value": 2},
    ]


def test_each_csv_of_a_listing_has_its_header() -> None:
    """Or all have the given ones."""
    objects = {"in/a.csv": b"n,m\n1,2\n", "in/b.csv": b"m,n\n3,4\n"}
    first = flattened(objects, input_type="CSV", header_location="FIRST_ROW")
    assert [item.value for item in first] == [{"n": "1", "m": "2"}, {"m": "3", "n": "4"}]
    given = flattened(objects, input_type="CSV", header_location="GIVEN", headers=("x", "y"))
    assert [item.value["x"] for item in given] == ["n", "1", "m", "3"]


def test_an_object_that_cannot_be_read_fails_by_its_name() -> None:
    """And a listing without objects has no items."""
    with pytest.raises(StateError, match=r"Line 1 is not JSON.*\[s3://b/in/b\]") as caught:
        flattened({"in/a": b"1\n", "in/b": b"{\n"}, input_type="JSONL")
    assert caught.value.error == "States.ItemReaderFailed"
    assert flattened({"out/a": b"1\n"}, input_type="JSONL") == []


def test_what_json_has_no_type_for_becomes_text_or_number() -> None:
    """At every depth; a number that JSON cannot say is null."""
    moment = datetime(2025, 8, 2, 9, 30, tzinfo=UTC)
    schema = pa.schema(
        [
            ("at", pa.timestamp("ms", tz="UTC")),
            ("day", pa.date32()),
            ("price", pa.decimal128(9, 2)),
            ("whole", pa.decimal128(9, 2)),
            ("bytes", pa.binary()),
            ("ratio", pa.float64()),
            ("tags", pa.map_(pa.string(), pa.int64())),
            ("none", pa.map_(pa.string(), pa.int64())),
            ("deep", pa.struct([("days", pa.list_(pa.date32()))])),
            ("ok", pa.bool_()),
            ("missing", pa.string()),
        ]
    )
    row = {
        "at": moment,
        "day": date(2025, 8, 2),
        "price": Decimal("1.50"),
        "whole": Decimal("2.00"),
        "bytes": b"\xff\x00",
        "ratio": float("nan"),
        "tags": [("a", 1)],
        "none": [],
        "deep": {"days": [date(2025, 1, 1)]},
        "ok": True,
        "missing": None,
    }
    [item] = opened({"k": parquet([row], schema)}, input_type="PARQUET")
    assert item.value == {
        "at": "2025-08-02T09:30:00Z",
        "day": "2025-08-02",
        "price": 1.5,
        "whole": 2,
        "bytes": base64.b64encode(b"\xff\x00").decode(),
        "ratio": None,
        "tags": {"a": 1},
        "none": {},
        "deep": {"days": ["2025-01-01"]},
        "ok": True,
        "missing": None,
    }
    json.dumps(item.value, allow_nan=False)


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd"])
def test_parquet_is_read_through_all_its_row_groups(compression: str) -> None:
    """However it is packed within."""
    body = parquet([{"n": number} for number in range(2500)], row_group_size=700, compression=compression)
    source = opened({"k": body}, input_type="PARQUET")
    assert source.count() == 2500
    assert [item.value["n"] for item in source] == list(range(2500))


def test_what_is_not_parquet_or_too_large_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the row group that is too large."""
    whole = parquet([{"n": 1}])
    for body in (b"", b"PAR1", b"n\n1\n", whole[:-20]):
        with pytest.raises(StateError, match="not a Parquet file") as caught:
            list(opened({"k": body}, input_type="PARQUET"))
        assert caught.value.error == "States.ItemReaderFailed"
    monkeypatch.setattr(parquet_items, "MOST_GROUP_BYTES", 10)
    with pytest.raises(StateError, match="Row group 0"):
        list(opened({"k": whole}, input_type="PARQUET"))


def test_a_manifest_of_athena_names_the_data_files() -> None:
    """In its order, in any bucket; their own suffix says how they are packed."""
    objects = {
        "k": b"s3://b/x/2.gz\ns3://other/x/1.gz\n\n",
        "x/1.gz": gzip.compress(b'{"n":1}\n'),
        "x/2.gz": gzip.compress(b'{"n":2}\n{"n":3}\n'),
    }
    items = list(opened(objects, input_type="JSONL", manifest="ATHENA_DATA"))
    assert [(item.value["n"], item.source) for item in items] == [
        (2, "s3://b/x/2.gz"),
        (3, "s3://b/x/2.gz"),
        (1, "s3://other/x/1.gz"),
    ]
    assert opened(objects, input_type="JSONL", manifest="ATHENA_DATA", max_items=1).count() == 1
    in_parquet = {"k": b"s3://b/x", "x": parquet([{"n": 1}])}
    assert [item.value for item in opened(in_parquet, input_type="PARQUET", manifest="ATHENA_DATA")] == [{"n": 1}]
    with pytest.raises(StateError, match="Line 2 of the manifest is not the URI of an object"):
        list(opened({"k": b"s3://b/x\nb/y\n", "x": b"1"}, input_type="JSONL", manifest="ATHENA_DATA"))


def inventory(**changed: Any) -> bytes:
    """Return the manifest of an inventory."""
    manifest = {
        "sourceBucket": "source",
        "destinationBucket": "arn:aws:s3:::b",
        "version": "2016-11-30",
        "fileFormat": "CSV",
        "fileSchema": "Bucket, Key, Size",
        "files": [{"key": "data/1.csv.gz", "size": 1, "MD5checksum": "x"}, {"key": "data/2.csv.gz"}],
        **changed,
    }
    return json.dumps({name: value for name, value in manifest.items() if value is not None}).encode()


def test_an_inventory_lists_objects() -> None:
    """Its files have no header: the manifest has it."""
    objects = {
        "k": inventory(),
        "data/1.csv.gz": gzip.compress(b'"source","a%20b","1"\n"source","c","2"\n'),
        "data/2.csv.gz": gzip.compress(b'"source","d","3"\n'),
    }
    source = opened(objects, input_type="CSV", manifest="S3_INVENTORY")
    assert source.source == "s3://b/k"
    assert [item.value for item in source] == [
        {"Bucket": "source", "Key": "a%20b", "Size": "1"},
        {"Bucket": "source", "Key": "c", "Size": "2"},
        {"Bucket": "source", "Key": "d", "Size": "3"},
    ]
    assert [(item.index, item.source) for item in source] == [(0, None), (1, None), (2, None)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (inventory(fileFormat="ORC"), "The inventory's files are ORC"),
        (inventory(files=None), "it needs a list of files with their keys"),
        (inventory(files=[{"size": 1}]), "it needs a list of files with their keys"),
        (inventory(fileSchema=None), "it needs fileSchema and destinationBucket"),
        (b"[]", "it needs a list of files"),
        (b"Bucket,Key\n", "is not JSON that can be read"),
        (inventory(), "The specified key does not exist"),
    ],
)
def test_what_is_not_an_inventory_in_csv_fails(body: bytes, words: str) -> None:
    """With the reason."""
    with pytest.raises(StateError, match=words) as caught:
        list(opened({"k": body}, input_type="CSV", manifest="S3_INVENTORY"))
    assert caught.value.error == "States.ItemReaderFailed"
