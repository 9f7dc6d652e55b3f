"""ItemReader: CSV, JSON, JSON Lines and listings, as recorded from AWS."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.asl.errors import StateError
from simulator.aws.asl.runtime.ports import ItemReaderSpec
from simulator.aws.map_run.items.item_reader import open_items
from simulator.aws.map_run.items.items import UnreadableError
from simulator.aws.map_run.items.json_items import jsonl_items
from simulator.aws.map_run.items.object_text import PIECE, gunzip
from tests.unit.map_run.harness import MemoryStore

GET = "arn:aws:states:::s3:getObject"


def read(body: str | bytes, key: str = "file", **spec: Any) -> list[Any]:
    """Return the items' values."""
    data = body.encode() if isinstance(body, str) else body
    spec = {"input_type": "CSV", "header_location": "FIRST_ROW", **spec}
    items = open_items(
        ItemReaderSpec(resource=GET, parameters={"Bucket": "b", "Key": key}, **spec), MemoryStore({key: data})
    )
    return [item.value for item in items]


def test_rows_are_objects_of_text_by_header() -> None:
    """Nothing is trimmed or converted; an all-empty row and a row of blanks are items."""
    body = "Col1,Col2,Col3\nValue1,Value2,Value3\n,,,\ntrue,1,'HelloWorld'\nNull,None,\n   \n"
    assert read(body) == [
        {"Col1": "Value1", "Col2": "Value2", "Col3": "Value3"},
        {"Col1": "", "Col2": "", "Col3": ""},
        {"Col1": "true", "Col2": "1", "Col3": "'HelloWorld'"},
        {"Col1": "Null", "Col2": "None", "Col3": ""},
        {"Col1": "   ", "Col2": "", "Col3": ""},
    ]


def test_an_empty_line_is_no_item() -> None:
    """Our choice where the pages are silent."""
    assert read("a\n1\n\n2\n") == [{"a": "1"}, {"a": "2"}]


def test_long_rows_are_cut_and_given_headers_make_the_first_row_an_item() -> None:
    """CSVHeaderLocation GIVEN."""
    assert read("1,2,3\n4\n", header_location="GIVEN", headers=("a", "b")) == [
        {"a": "1", "b": "2"},
        {"a": "4", "b": ""},
    ]


def test_items_know_their_place_and_line() -> None:
    """The index counts items, the line is where the record begins in the file."""
    body = b'a,b\r\n"multi\nline",1\r\nx,2\r\n'
    source = open_items(
        ItemReaderSpec(
            resource=GET, parameters={"Bucket": "B", "Key": "k"}, input_type="CSV", header_location="FIRST_ROW"
        ),
        MemoryStore({"k": body}),
    )
    assert [(item.index, item.line) for item in source] == [(0, 2), (1, 4)]
    assert source.source == "s3://B/k"
    assert source.count() == 2


@pytest.mark.parametrize("delimiter", [",", "|", ";", " ", "\t"])
def test_every_delimiter_parts_fields(delimiter: str) -> None:
    """COMMA, PIPE, SEMICOLON, SPACE, TAB."""
    assert read(f"a{delimiter}b\n1{delimiter}2\n", delimiter=delimiter) == [{"a": "1", "b": "2"}]


def test_max_items_takes_the_first_ones() -> None:
    """In file order."""
    assert read("a\n1\n2\n3\n", max_items=2) == [{"a": "1"}, {"a": "2"}]


def test_a_max_items_that_is_not_positive_fails() -> None:
    """As recorded for MaxItemsPath."""
    with pytest.raises(StateError) as caught:
        read("a\n1\n", max_items=-1)
    assert (caught.value.error, caught.value.cause) == ("States.ItemReaderFailed", "field MaxItems must be positive")


@pytest.mark.parametrize(
    ("body", "spec", "cause"),
    [
        ("a,a\n1,2\n", {}, "CSV headers cannot contain duplicates."),
        ("", {}, "The CSV has no header row"),
        ("a\n1\nテスト\n2\n".encode("shift_jis"), {}, "The object is not UTF-8: line 3 has the byte 0x83"),
        ("a\nあ".encode()[:-1], {}, "The object is not UTF-8: line 2"),
        ('a\n1\n"2\n3\n', {}, "A quote in the record that begins on line 3 is never closed"),
        ('"a\n1\n', {}, "A quote in the record that begins on line 1 is never closed"),
        ("5", {"input_type": "JSON"}, "Attempting to map over non-iterable node."),
        ('{"a": 1}', {"input_type": "JSON", "items_pointer": "/b"}, "Attempting to map over non-iterable node."),
        (
            "[1\n,",
            {"input_type": "JSON"},
            "not JSON that can be read: Expecting value at line 2, column 2",
        ),
        ("[NaN]", {"input_type": "JSON"}, "NaN is not a JSON value"),
        ("[" * 100_000, {"input_type": "JSON"}, "The object is not JSON that can be read"),
        ('{"a": [1]}', {"input_type": "JSON", "items_pointer": "/a/00"}, "Attempting to map over non-iterable node."),
        (
            "1\n{\n",
            {"input_type": "JSONL"},
            "Line 2 is not JSON that can be read: Expecting property name enclosed in double quotes at column 2 [s3://b/file]",
        ),
    ],
)
def test_what_cannot_be_read_fails_with_item_reader_failed(body: str | bytes, spec: dict[str, Any], cause: str) -> None:
    """The cause says what is wrong."""
    with pytest.raises(StateError) as caught:
        read(body, **spec)
    assert caught.value.error == "States.ItemReaderFailed"
    assert cause in (caught.value.cause or "")


def test_json_gives_an_arrays_items_or_an_objects_entries_at_the_pointer() -> None:
    """ItemsPointer is a JSON Pointer."""
    document = json.dumps({"data": {"items": [1, {"x": "あ"}], "odd/name": {"k": 1}}})
    assert read(document, input_type="JSON", items_pointer="/data/items") == [1, {"x": "あ"}]
    source = open_items(
        ItemReaderSpec(
            resource=GET, parameters={"Bucket": "b", "Key": "k"}, input_type="JSON", items_pointer="/data/odd~1name"
        ),
        MemoryStore({"k": document.encode()}),
    )
    assert [(item.key, item.value) for item in source] == [("k", 1)]


def test_a_json_object_is_mapped_over_only_at_an_items_pointer() -> None:
    """Two recordings: the root without an ItemsPointer is refused, what an ItemsPointer names is not."""
    with pytest.raises(StateError) as caught:
        read('{"apples": 3, "pears": 4}', input_type="JSON")
    assert (caught.value.error, caught.value.cause) == (
        "States.ItemReaderFailed",
        "Attempting to map over non-iterable node.",
    )
    assert read('{"apples": 3, "pears": 4}', input_type="JSON", items_pointer="") == [3, 4]
    assert read("[3, 4]", input_type="JSON") == [3, 4]


def test_json_lines_are_an_item_each() -> None:
    """Blank lines are none."""
    assert read('{"a": 1}\n\n2\n', input_type="JSONL") == [{"a": 1}, 2]


def test_gzip_is_unpacked_by_the_keys_suffix() -> None:
    """All members of the file."""
    packed = gzip.compress(b"a\n1\n", mtime=0) + gzip.compress(b"2\n", mtime=0)
    assert read(packed, key="x.csv.gz") == [{"a": "1"}, {"a": "2"}]


def test_zstandard_is_unpacked_by_the_keys_suffix() -> None:
    """All frames of the file; one that is damaged or cut off fails."""
    packed = zstd(b"a\n1\n") + zstd(b"2\n")
    assert read(packed, key="x.csv.zstd") == read(packed, key="x.csv.zst") == [{"a": "1"}, {"a": "2"}]
    for body in (b"a\n1\n", zstd(b"a\n" + b"1,\n" * 5000)[:-9]):
        with pytest.raises(StateError, match="not a whole ZSTD file") as caught:
            read(body, key="x.csv.zstd")
        assert caught.value.error == "States.ItemReaderFailed"


def zstd(data: bytes) -> bytes:
    """Return packed bytes."""
    return pa.compress(data, "zstd", asbytes=True)


@pytest.mark.parametrize(
    "body", [b"a\n1\n", gzip.compress(b"a\n1\n", mtime=0)[:-9], gzip.compress(b"a\n1\n", mtime=0)[:-4] + b"0000"]
)
def test_a_damaged_gzip_fails_instead_of_losing_rows(body: bytes) -> None:
    """Not packed at all, cut off, wrong length."""
    with pytest.raises(StateError) as caught:
        read(body, key="x.csv.gz")
    assert caught.value.error == "States.ItemReaderFailed"
    assert "not a whole gzip file" in (caught.value.cause or "")


def test_a_file_that_unpacks_to_a_thousand_times_its_size_comes_in_small_pieces() -> None:
    """Memory stays flat."""
    pieces = list(gunzip(iter([gzip.compress(b"0" * 3_000_000)])))
    assert sum(map(len, pieces)) == 3_000_000
    assert max(map(len, pieces)) <= PIECE


@given(values=st.lists(st.text(max_size=12) | st.integers() | st.none()), cut=st.integers(1, 9))
def test_json_lines_are_read_back_wherever_chunks_are_cut(values: list[Any], cut: int) -> None:
    """A line is an item, whatever its text holds."""
    body = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()
    spec = ItemReaderSpec(resource=GET, parameters={"Bucket": "b", "Key": "k"}, input_type="JSONL")
    items = list(open_items(spec, MemoryStore({"k": body}, cut=cut)))
    assert [(item.index, item.line, item.value) for item in items] == [
        (number, number + 1, value) for number, value in enumerate(values)
    ]


def test_a_json_line_without_end_fails_before_it_fills_the_memory() -> None:
    """More than 8 Mi characters."""
    chunks = (b" 1\n" if number == 0 else b"x" * 1_000_000 for number in range(1_000_000))
    with pytest.raises(UnreadableError, match="Line 2 is longer than"):
        list(jsonl_items(chunks, ItemReaderSpec(resource=GET, parameters={}, input_type="JSONL")))


def test_a_listing_gives_an_item_an_object() -> None:
    """listObjectsV2 with a Prefix."""
    spec = ItemReaderSpec(resource="arn:aws:states:::s3:listObjectsV2", parameters={"Bucket": "b", "Prefix": "in/"})
    source = open_items(spec, MemoryStore({"in/1": b"a", "out/2": b"b"}))
    assert [item.value["Key"] for item in source] == ["in/1"]
    assert source.source == "s3://b"


@given(
    rows=st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r")), min_size=2, max_size=2), max_size=8
    ),
    cut=st.integers(1, 9),
)
def test_any_text_survives_quoting_wherever_chunks_are_cut(rows: list[list[str]], cut: int) -> None:
    """What a spreadsheet quotes is read back as it was."""

    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '""') + '"'

    body = "a,b\n" + "".join(",".join(map(quoted, row)) + "\r\n" for row in rows)
    spec = ItemReaderSpec(
        resource=GET, parameters={"Bucket": "b", "Key": "k"}, input_type="CSV", header_location="FIRST_ROW"
    )
    items = open_items(spec, MemoryStore({"k": body.encode()}, cut=cut))
    assert [item.value for item in items] == [{"a": row[0], "b": row[1]} for row in rows]
