"""Takes out of a value what differs between any two runs: ids, times, accounts, regions, the run's own name."""

from __future__ import annotations

import json
import re
from typing import Any

from simulator.aws.json_reader import BadJson, read_json

LEFT_OUT = frozenset(
    {
        "versionId",
        "version-id",
        "sequencer",
        "etag",  # with SSE-KMS it is not the digest of the content
        "ttlTimestamp",
        "requestId",
        "stackTrace",  # quotes the paths of the code
        "SdkHttpMetadata",
        "SdkResponseMetadata",
        "roleArn",
        "stateMachineAliasArn",
        "stateMachineVersionArn",
        "inputDetails",
        "outputDetails",
        "assignedVariablesDetails",
    }
)
"""Fields that are compared nowhere."""

_PATTERNS = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)"), "<time>"),
    (re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"), "<id>"),
    (re.compile(r"(:function:[\w-]+):(?:\$LATEST|[\w-]+)"), r"\1"),
    (re.compile(r"(?<=:)[a-z]{2}(?:-[a-z]+)+-\d(?=:)"), "<region>"),
    # A bucket's name on AWS ends in account and region, that of the local cloud in the account.
    (re.compile(r"(?<!\d)\d{12}(?!\d)(?:-[a-z]{2}(?:-[a-z]+)+-\d)?"), "<account>"),
)
_MOST_PATHS = 20


class Expected:
    """What is expected of one side only.

    Args:
        name: the execution's name.
        suffix: what the names of its stage's resources end in, such as `-dev`.
        resources: the names that may have that suffix.
    """

    def __init__(self, name: str = "", suffix: str = "", resources: tuple[str, ...] = ()) -> None:
        self._name = name
        self._suffixed = (
            re.compile(f"({'|'.join(map(re.escape, sorted(resources, key=len, reverse=True)))}){re.escape(suffix)}")
            if suffix and resources
            else None
        )

    def without(self, value: Any) -> Any:
        """Return a JSON value without what is expected to differ; a text that is JSON becomes its value."""
        if isinstance(value, dict):
            return {self._text(key): self.without(one) for key, one in value.items() if key not in LEFT_OUT}
        if isinstance(value, list):
            return [self.without(one) for one in value]
        if isinstance(value, str):
            inner = _parsed(value)
            return self.without(inner) if inner is not None else self._text(value)
        return value

    def _text(self, text: str) -> str:
        if self._name:
            text = text.replace(self._name, "<run>")
        if self._suffixed is not None:
            text = self._suffixed.sub(r"\1", text)
        for pattern, placeholder in _PATTERNS:
            text = pattern.sub(placeholder, text)
        return text


def canonical(value: Any) -> str:
    """Return a text that is the same for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def value_differences(left: Any, right: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """Return (path, left, right) of what differs in two values, the first 20; what is not there is None.

    >>> value_differences({"a": 1, "b": [1, 2]}, {"a": 1, "b": [1, 3]})
    [('b[1]', 2, 3)]
    """
    if isinstance(left, dict) and isinstance(right, dict):
        keys = [*left, *(key for key in right if key not in left)]
        pairs = [(f"{path}.{key}" if path else str(key), left.get(key), right.get(key)) for key in keys]
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = [(f"{path}[{index}]", one, other) for index, (one, other) in enumerate(zip(left, right, strict=True))]
    else:
        return [] if canonical(left) == canonical(right) else [(path, left, right)]
    found: list[tuple[str, Any, Any]] = []
    for where, one, other in pairs:
        found += value_differences(one, other, where)
        if len(found) >= _MOST_PATHS:
            return found[:_MOST_PATHS]
    return found


def _parsed(text: str) -> Any:
    if not text.startswith(("{", "[")):
        return None
    try:
        return read_json(text, replace_halves=True)
    except BadJson:
        return None
