"""Any bytes at all: no traceback, no hang, and validator and reader never disagree on what a row is."""

from __future__ import annotations

import time
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lambdas.csv_validator.validation import MAX_ERRORS, validate
from lambdas.shared.columns import HEADER
from lambdas.shared.csv_dialect import records
from lambdas.shared.errors import InvalidRecordError
from lambdas.shared.upload_columns import FAILED_ROWS_COLUMNS
from lambdas.user_log_processor.record import MAX_COUNT, MAX_USER_ID, parse_record
from simulator.aws.asl.errors import StateError
from simulator.aws.asl.runtime.ports import ItemReaderSpec
from simulator.aws.map_run.items.item_reader import open_items
from simulator.aws.map_run.items.items import Item
from simulator.csv_files.encoding import CHUNK
from simulator.verify.row import read_rows
from tests.rows import WIDTH, event_values
from tests.unit.map_run.harness import MemoryStore
from tests.unit.safety.injections import SMALL

FIRST = (",".join(HEADER) + "\n").encode()
FAILED_FIRST = (",".join([*HEADER, *FAILED_ROWS_COLUMNS]) + "\r\n").encode()
OURS = ["1", "E", "c", "INVALID_VALUE", "no", "r"]
WIDTHS = (WIDTH, WIDTH + len(FAILED_ROWS_COLUMNS))
SPEC = ItemReaderSpec(
    resource="arn:aws:states:::s3:getObject",
    parameters={"Bucket": "b", "Key": "k"},
    input_type="CSV",
    header_location="FIRST_ROW",
)

TRICKY = st.text(alphabet='U1,"\\\r\n\t \0あ😀\u2028\ufeff\x1b=', max_size=60)
FIELDS = st.one_of(st.sampled_from(SMALL), st.text(max_size=20), TRICKY)
QUOTED = FIELDS.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '""') + '"')
ROWS = st.lists(st.tuples(*[st.one_of(FIELDS, QUOTED)] * WIDTH), max_size=6)
BODIES = st.one_of(
    st.binary(max_size=200),
    TRICKY.map(lambda text: FIRST + text.encode()),
    ROWS.map(lambda rows: FIRST + "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogatepass")),
    ROWS.map(
        lambda rows: FAILED_FIRST + "\r\n".join(",".join([*row, *OURS]) for row in rows).encode("utf-8", "replace")
    ),
    st.tuples(ROWS, st.binary(max_size=6)).map(lambda two: FIRST + repr(two[0]).encode() + two[1]),
)


def read(data: bytes, cut: int) -> list[Item] | None:
    """Read as the Map does; None if it refuses the file (a StateError, which the workflow knows)."""
    try:
        return list(open_items(SPEC, MemoryStore({"k": data}, cut=cut)))
    except StateError:
        return None


def pieces(data: bytes, cut: int) -> list[bytes]:
    """Cut bytes as a network would."""
    return [data[start : start + cut] for start in range(0, len(data), cut)]


@settings(max_examples=200, deadline=2000)
@given(data=BODIES, cut=st.integers(1, 300))
def test_what_is_valid_is_read_row_by_row_as_it_was_counted_and_the_rest_is_refused_in_words(
    data: bytes, cut: int
) -> None:
    """Whatever the bytes, and wherever they are cut."""
    findings = validate(pieces(data, cut), 1000)
    assert all(isinstance(error["line"], int) and error["message"] for error in findings.errors)
    assert len(findings.errors) <= MAX_ERRORS
    items = read(data, cut)
    if findings.valid:
        assert items is not None
        assert len(items) == findings.row_count > 0
        assert [item.index for item in items] == list(range(len(items)))
        assert all(list(item.value)[:WIDTH] == HEADER and len(item.value) in WIDTHS for item in items)


@settings(max_examples=100, deadline=2000)
@given(data=BODIES, cut=st.integers(1, 300))
def test_what_is_found_does_not_depend_on_where_the_bytes_are_cut(data: bytes, cut: int) -> None:
    """S3 cuts as it likes."""
    whole, cut_up = validate([data], 1000), validate(pieces(data, cut), 1000)
    assert (whole.errors, whole.row_count) == (cut_up.errors, cut_up.row_count)
    assert read(data, cut) == read(data, len(data) or 1)


@settings(max_examples=100, deadline=2000)
@given(
    rows=st.lists(
        st.tuples(*[st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9)] * WIDTH),
        min_size=1,
        max_size=5,
    )
)
def test_a_row_that_is_written_with_quotes_comes_back_as_it_was(rows: list[tuple[str, ...]]) -> None:
    """From the parser and from the Map: quotes, commas, newlines, backslashes are data."""
    text = "\n".join(
        ",".join('"' + field.replace("\\", "\\\\").replace('"', '""') + '"' for field in row) for row in rows
    )
    assert [tuple(record.fields) for record in records([text])] == rows
    items = read(FIRST + text.encode(), 50)
    assert items is not None
    assert [tuple(item.value.values()) for item in items] == rows


@settings(max_examples=50, deadline=2000)
@given(data=BODIES)
def test_verify_reads_the_rows_that_the_map_reads(data: bytes, tmp_path_factory: Any) -> None:
    """One parser for all: a row is the same thing to every caller."""
    if not validate([data], 1000).valid:
        return
    path = tmp_path_factory.mktemp("rows") / "input.csv"
    path.write_bytes(data)
    items = read(data, CHUNK)
    assert items is not None
    found = [(row.index, row.line, row.fields) for row in read_rows(path)]
    assert found == [(item.index, item.line, list(item.value.values())[:WIDTH]) for item in items]


@settings(max_examples=200, deadline=2000)
@given(fields=st.tuples(*[FIELDS] * WIDTH))
@example(fields=("U1", "9" * 5000, *["1"] * (WIDTH - 2)))
def test_a_row_is_a_record_within_the_tables_bounds_or_an_invalid_record(fields: tuple[str, ...]) -> None:
    """No other error, whatever the values."""
    event = {
        **event_values(*fields),
        "rowIndex": 0,
        "mapEnteredAt": "2025-08-02T09:30:00Z",
        "uploadedAt": "2025-08-02T09:30:00Z",
        "executionName": "n",
        "executionArn": "a",
        "ttlTimestamp": "1",
    }
    try:
        record = parse_record(event)
    except InvalidRecordError as error:
        assert len(str(error)) < 500  # noqa: PT017 - either end is right
        return
    assert 1 <= len(record.user_id) <= MAX_USER_ID
    assert all(0 <= total <= MAX_COUNT for total in record.totals)


def test_a_long_file_of_anything_takes_no_time() -> None:
    """Quotes, backslashes, commas, newlines: nothing grows with the square of the length."""
    for unit in (b'"', b"\\", b",", b"\n", b'""', b'",', b'\\"', b"\r\n", b'"\n', b"a", b"\0", b"\xff", '"あ'.encode()):
        data = FIRST + unit * (300_000 // len(unit))
        started = time.monotonic()
        validate(pieces(data, 65_536), 10**6)
        read(data, 65_536)
        assert time.monotonic() - started < 5, unit
