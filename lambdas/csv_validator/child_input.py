"""How large a row's child input would be: what is larger than Step Functions allows ends the whole Map Run.

Step Functions developer guide, "Service quotas": a payload has at most 256 KiB of UTF-8.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lambdas.shared.batch_limits import MAX_PAYLOAD_BYTES
from lambdas.shared.columns import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAP_ENTERED_AT = "2025-08-02T09:30:00.000Z"
"""Not known yet: every time that Step Functions gives has this length."""
_MOST_BYTES_A_CHARACTER = 6


class ChildInput:
    """Measures what the workflow's ItemSelector makes of a row: compact JSON in UTF-8.

    Args:
        uploaded_at, execution_name, execution_arn, ttl_timestamp: what it puts into each row's input.
        most_bytes: how large a row's input may be; less in a batch than alone.
    """

    def __init__(
        self,
        *,
        uploaded_at: str,
        execution_name: str,
        execution_arn: str,
        ttl_timestamp: str,
        most_bytes: int = MAX_PAYLOAD_BYTES,
    ) -> None:
        self.most_bytes = most_bytes
        self.empty: dict[str, Any] = {
            **dict.fromkeys((column.event_key for column in COLUMNS), ""),
            "rowIndex": 0,
            "mapEnteredAt": _MAP_ENTERED_AT,
            "uploadedAt": uploaded_at,
            "executionName": execution_name,
            "executionArn": execution_arn,
            "ttlTimestamp": ttl_timestamp,
        }
        self._rest = _size(self.empty) - len(COLUMNS) * _size("") - _size(0)

    def size(self, index: int, fields: Sequence[str]) -> int:
        """Return the bytes of a row's input.

        Args:
            index: the row's 0-based place in the file.
            fields: its columns; those after the known columns are not in it.
        """
        return self._rest + _size(index) + sum(_size(field) for field in fields[: len(COLUMNS)])

    def excess(self, index: int, fields: Sequence[str]) -> int | None:
        """Return the bytes of a row's input if they are too many, else None."""
        characters = sum(len(field) for field in fields[: len(COLUMNS)])
        most = characters * _MOST_BYTES_A_CHARACTER + self._rest + _size(index) + len(COLUMNS) * _size("")
        if most <= self.most_bytes:
            return None  # whatever they are
        size = self.size(index, fields)
        return size if size > self.most_bytes else None


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
