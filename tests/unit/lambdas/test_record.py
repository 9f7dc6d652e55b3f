"""The values of a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from lambdas.shared.errors import InvalidRecordError
from lambdas.user_log_processor.record import parse_record
from tests.rows import event_values, totals

ROW = {
    **event_values("U00001", "12", "0"),
    "rowIndex": 3,
    "mapEnteredAt": "2025-08-02T09:30:01.5Z",
    "uploadedAt": "2025-08-02T18:30:00+09:00",
    "executionName": "n",
    "executionArn": "a",
    "ttlTimestamp": "1740787815",
}


def parse(**changes: Any) -> Any:
    """Parse the row with changes."""
    return parse_record({**ROW, **changes})


def test_a_good_row_is_typed() -> None:
    """Counts are numbers, the upload's time is UTC without a zone."""
    record = parse()
    assert (record.totals, record.ttl) == (totals(12, 0), 1740787815)
    assert record.uploaded_at == datetime(2025, 8, 2, 9, 30)  # noqa: DTZ001 - the column has no zone


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("007", 7), ("2147483647", 2147483647), ("0" * 5000 + "1", 1)])
def test_a_count_is_any_run_of_ascii_digits_in_bounds(text: str, value: int) -> None:
    """0 to 2147483647."""
    assert parse(loginCount=text).totals[0] == value


@pytest.mark.parametrize(
    "text", ["", " ", "１２", "-1", "+1", "1.0", "1e3", "2147483648", "9" * 5000, "1 ", "0x1", "1_000", "٣", "=1+1"]
)
def test_anything_else_is_a_row_error_that_quotes_it(text: str) -> None:
    """With the column's name."""
    with pytest.raises(InvalidRecordError) as caught:
        parse(postCount=text)
    assert str(caught.value).startswith("投稿回数")
    assert repr(text) in str(caught.value) or repr(text[:49] + "…") in str(caught.value)


@pytest.mark.parametrize("user", ["", "   ", "U0000000001", "U\0"])
def test_a_user_id_that_cannot_be_one_is_a_row_error(user: str) -> None:
    """Blank, too long, NUL."""
    with pytest.raises(InvalidRecordError, match="ユーザーID"):
        parse(userId=user)
