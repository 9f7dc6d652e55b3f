"""JSON as Step Functions writes and measures it: compact RFC 8259 text in UTF-8 (json_reader.py reads it)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class JsonText:
    """JSON as a caller wrote it, which is shown as it is: recorded on AWS for an execution's input."""

    text: str


def to_json(value: Any) -> str:
    """Return compact JSON text, non-ASCII characters as they are.

    Example:
        >>> to_json({"name": "Zoë", "ids": [1, 2]})
        '{"name":"Zoë","ids":[1,2]}'
    """
    try:
        return orjson.dumps(value).decode()
    except (TypeError, ValueError):  # an integer beyond 64 bits, a lone surrogate
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_size(value: Any) -> int:
    """Return the size of a JSON value in bytes of compact UTF-8 text.

    Example:
        >>> json_size({"name": "Zoë"})
        15
    """
    try:
        return len(orjson.dumps(value))
    except (TypeError, ValueError):
        return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
