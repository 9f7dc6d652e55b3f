"""One row as the state machine hands it over, checked value by value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.shared.columns import MAX_COUNT, MAX_USER_ID, TOTALS, USER
from lambdas.shared.errors import InvalidRecordError

_DIGITS = re.compile(r"[0-9]+")
_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLogRecord:
    """A row that can be processed.

    Args:
        user_id: at most 10 characters, not blank.
        totals: the user's totals, 0 to 2147483647, in the order of `TOTALS`.
        row_index: the row's 0-based place in the file.
        map_entered_at: when the Map was entered; part of the audit items' key.
        uploaded_at: the upload's time in UTC, without a zone, as the table keeps it.
        execution_name, execution_arn: the workflow's execution.
        ttl: when the audit items expire, in epoch seconds.
    """

    user_id: str
    totals: tuple[int, ...]
    row_index: int
    map_entered_at: str
    uploaded_at: datetime
    execution_name: str
    execution_arn: str
    ttl: int


def parse_record(event: dict[str, Any]) -> UserLogRecord:
    """Return the row of an event.

    Raises:
        InvalidRecordError: a value of the file cannot be used; the message names the column and quotes the value.
    """
    return UserLogRecord(
        user_id=_user_id(event.get(USER.event_key)),
        totals=tuple(_count(event.get(column.event_key), column.header) for column in TOTALS),
        row_index=int(event["rowIndex"]),
        map_entered_at=event["mapEnteredAt"],
        uploaded_at=datetime.fromisoformat(event["uploadedAt"]).astimezone(UTC).replace(tzinfo=None),
        execution_name=event["executionName"],
        execution_arn=event["executionArn"],
        ttl=int(event["ttlTimestamp"]),
    )


def _text(value: object, column: str) -> str:
    """Return a value of the file, which is text, and not blank."""
    if not isinstance(value, str):
        raise InvalidRecordError(f"{column} must be text as it stands in the file, not {value!r}")
    if not value.strip():
        raise InvalidRecordError(f"{column} is blank: {_quoted(value)}")
    return value


def _user_id(given: object) -> str:
    value = _text(given, USER.header)
    if len(value) > MAX_USER_ID:
        raise InvalidRecordError(f"{USER.header} has {len(value)} characters, at most {MAX_USER_ID}: {_quoted(value)}")
    if "\0" in value:
        raise InvalidRecordError(f"{USER.header} has a NUL character: {_quoted(value)}")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidRecordError(f"{USER.header} has half a character: {_quoted(value)}")
    return value


def _count(given: object, column: str) -> int:
    value = _text(given, column)
    if not _DIGITS.fullmatch(value):
        raise InvalidRecordError(f"{column} must be a whole number in the digits 0-9: {_quoted(value)}")
    significant = value.lstrip("0") or "0"
    if len(significant) > len(str(MAX_COUNT)) or int(significant) > MAX_COUNT:
        raise InvalidRecordError(f"{column} is larger than {MAX_COUNT}: {_quoted(value)}")
    return int(significant)


def _quoted(value: str) -> str:
    return repr(value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…")
