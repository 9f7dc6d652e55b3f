"""The quotas of Step Functions: sizes, counts and names it refuses. Developer guide, "Service quotas"."""

from __future__ import annotations

import re
from typing import Any

from simulator.aws.asl.errors import DATA_LIMIT_EXCEEDED, StateError
from simulator.aws.asl.json_text import is_larger

MAX_PAYLOAD_BYTES = 262_144
MAX_HISTORY_EVENTS = 25_000
MAX_NAME_LENGTH = 80
MAX_LABEL_LENGTH = 40
MAX_INTRINSICS_PER_FIELD = 10
MAX_DEFINITION_BYTES = 1_048_576
MAX_SECONDS = 99_999_999
MAX_RETRY_ATTEMPTS = 99_999_999
MAX_RETRY_DELAY_SECONDS = 31_622_400

_FORBIDDEN_IN_NAMES = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff\U0010ffff]")


def check_size(value: Any, what: str) -> None:
    """Raise States.DataLimitExceeded if `value` is larger than a payload may be; `what` is named in the cause."""
    if is_larger(value, MAX_PAYLOAD_BYTES):
        raise StateError(
            DATA_LIMIT_EXCEEDED,
            f"The state/task '{what}' returned a result with a size exceeding the maximum number of bytes "
            "service limit.",
        )


def name_problem(name: str) -> str | None:
    """Say what is wrong with a state machine's or execution's name; None for a good one."""
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        return f"must have 1 to {MAX_NAME_LENGTH} characters, not {len(name)}"
    if bad := _FORBIDDEN_IN_NAMES.search(name):
        return f"must not contain {bad.group()!r}"
    return None


def label_problem(label: str) -> str | None:
    """Say what is wrong with a Map's Label; None for a good one."""
    if not 1 <= len(label) <= MAX_LABEL_LENGTH:
        return f"must have 1 to {MAX_LABEL_LENGTH} characters, not {len(label)}"
    if bad := _FORBIDDEN_IN_NAMES.search(label):
        return f"must not contain {bad.group()!r}"
    return None
