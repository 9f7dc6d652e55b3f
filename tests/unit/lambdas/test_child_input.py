"""The size of a row's child input, measured before the run as the run will make it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.csv_validator.child_input import ChildInput
from lambdas.csv_validator.validation import validate
from lambdas.shared.batch_limits import MAX_PAYLOAD_BYTES as MAX_BYTES
from simulator.aws.asl.json_text import json_size
from simulator.aws.asl.quotas import MAX_PAYLOAD_BYTES
from tests.rows import HEADER, MORE, WIDTH, event_values
from tests.unit.definitions.test_workflow import EVENT, workflow
from tests.unit.states.harness import FakeMaps

TTL = "1740787815"
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


def selected(index: int, *fields: str) -> Any:
    """What the ItemSelector of the deployed definition makes of a row."""
    maps = FakeMaps()
    workflow({"isValid": True, "rowCount": 1, "errors": [], "ttlTimestamp": TTL}, maps)
    (request,) = maps.requests
    assert request.select is not None
    return request.select(index, dict(zip(HEADER.split(","), fields, strict=True)), None, "s3://in/k")


@pytest.fixture(scope="module")
def child_input() -> ChildInput:
    """As the validator makes it for the same execution."""
    row = selected(0, *[""] * WIDTH)
    return ChildInput(
        uploaded_at=EVENT["time"],  # type: ignore[arg-type]  # it is a string
        execution_name=row["executionName"],
        execution_arn=row["executionArn"],
        ttl_timestamp=TTL,
    )


def test_it_has_what_the_item_selector_makes(child_input: ChildInput) -> None:
    """A field that is added to one must be added to the other; a time is as long as any other."""
    row = selected(0, *[""] * WIDTH)
    assert list(child_input.empty) == list(row)
    assert {key: len(str(value)) for key, value in child_input.empty.items()} == {
        key: len(str(value)) for key, value in row.items()
    }


def test_the_limit_is_that_of_the_map() -> None:
    """One number in two packages that do not import each other."""
    assert MAX_BYTES == MAX_PAYLOAD_BYTES


@given(index=st.integers(0, 10**8), fields=st.tuples(*[TEXT] * WIDTH))
def test_it_measures_as_the_map_does(child_input: ChildInput, index: int, fields: tuple[str, ...]) -> None:
    """Japanese, emoji, quotes, backslashes and control characters, which grow."""
    row = {**child_input.empty, "rowIndex": index}
    row |= event_values(*fields)
    assert child_input.size(index, fields) == json_size(row)


@pytest.mark.parametrize("filler", ["9", "あ", "😀", "\x01", "\t", "\\", "\x7f"])
@pytest.mark.parametrize("column", range(WIDTH))
def test_a_row_of_exactly_the_limit_passes_and_one_byte_more_is_refused_by_line(
    child_input: ChildInput, column: int, filler: str
) -> None:
    """Whatever the bytes are made of, and in whatever column they are."""
    fields = ["U2", *["1"] * (WIDTH - 1)]
    fields[column] = ""
    room = MAX_BYTES - child_input.size(1, fields)
    each = len(json.dumps(filler, ensure_ascii=False).encode()) - 2
    fields[column] = filler * (room // each) + "9" * (room % each)
    assert child_input.size(1, fields) == MAX_BYTES
    assert found(child_input, fields) == []
    fields[column] += "9"
    ((line, message),) = found(child_input, fields)
    assert line == 3
    assert message.startswith("The row is too large for Step Functions: 262,145 bytes of at most 262,144.")
    assert HEADER.split(",")[column] in message
    assert len(message) < 400


def found(child_input: ChildInput, fields: list[str]) -> list[tuple[int, str]]:
    """What the validator finds in a file whose second row that is; a backslash is written twice there."""
    row = ",".join(fields).replace("\\", "\\\\")
    text = f"{HEADER}\nU1,1,1{MORE}\n{row}\n"
    return [(one["line"], one["message"]) for one in validate([text.encode()], 100, child_input).errors]


def test_quotes_are_measured_as_they_are_escaped(child_input: ChildInput) -> None:
    """Two bytes in CSV and two in JSON, for one character."""
    row = ["U2", '"' * 140_000, *["1"] * (WIDTH - 2)]
    assert found(child_input, [row[0], '"' + row[1].replace('"', '""') + '"', *row[2:]]) != []
    assert found(child_input, [row[0], "9" * 140_000, *row[2:]]) == []


def test_what_is_not_in_the_input_is_not_measured(child_input: ChildInput) -> None:
    """The columns of failed-rows.csv; a long cause is a person's business."""
    text = f"{HEADER},_line,_error,_cause,_attempts\nU1,1,1{MORE},2,E,{'x' * 300_000},1\n"
    assert validate([text.encode()], 100, child_input).errors == []


def test_a_row_without_a_user_is_measured_too(child_input: ChildInput) -> None:
    """It is an error of that row alone, unless it would end the run."""
    assert [line for line, _ in found(child_input, [" ", "9" * 300_000, *["1"] * (WIDTH - 2)])] == [3]
