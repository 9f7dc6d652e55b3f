"""JSON as Step Functions writes and measures it: compact RFC 8259 text in UTF-8 (json_reader.py reads it)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class JsonText:
    """JSON as a caller wrote it, which is shown as it is: recorded on AWS for an execution's input."""

    text: str


# What a double may look like that Java writes otherwise: eight digits before the point, zeros behind it, an exponent.
_OTHER_IN_JAVA = re.compile(rb"[:,\[-](?:\d{8,}\.|0\.000|\d(?:\.\d+)?e)|^(?:\d{8,}\.|0\.000|\d(?:\.\d+)?e)")
_MOST_LONGER_IN_JAVA = 2  # `1e16` is `1.0E16`
_LEAST_PLAIN, _MOST_PLAIN = 1e-3, 1e7


def to_json(value: Any) -> str:
    """Return compact JSON text, non-ASCII characters as they are, doubles as Java writes them (recorded on AWS).

    Example:
        >>> to_json({"name": "Zoë", "ids": [1, 2]})
        '{"name":"Zoë","ids":[1,2]}'
        >>> to_json([1790204286.0, 0.25, 0.00001])
        '[1.790204286E9,0.25,1.0E-5]'
    """
    try:
        return _encoded(value).decode()
    except (TypeError, ValueError):  # an integer beyond 64 bits, a lone surrogate
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_size(value: Any) -> int:
    """Return the size of a JSON value in bytes of compact UTF-8 text.

    Example:
        >>> json_size({"name": "Zoë"})
        15
    """
    try:
        return len(_encoded(value))
    except (TypeError, ValueError):
        return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def is_larger(value: Any, limit: int) -> bool:
    """Tell whether a JSON value has more than so many bytes of compact UTF-8 text, without measuring a small one.

    Example:
        >>> is_larger({"name": "Zoë"}, 14)
        True
    """
    try:
        size = len(orjson.dumps(value))
    except (TypeError, ValueError):
        return json_size(value) > limit
    return size * _MOST_LONGER_IN_JAVA > limit and json_size(value) > limit


def _encoded(value: Any) -> bytes:
    data = orjson.dumps(value)
    if not _has_double(value) or _OTHER_IN_JAVA.search(data) is None:
        return data
    return orjson.dumps(_with_java_doubles(value))


def _has_double(value: Any) -> bool:
    """Tell whether a double is in the value: most have none, and to look at each value is quicker than at each byte."""
    if isinstance(value, dict):
        for item in value.values():  # noqa: SIM110 - a generator takes longer than what it looks at
            if item.__class__ is not str and _has_double(item):
                return True
        return False
    return any(map(_has_double, value)) if isinstance(value, list) else isinstance(value, float)


def _with_java_doubles(value: Any) -> Any:
    """Return the value with each double that Java writes otherwise as the text that Java writes."""
    if isinstance(value, float):
        plain = value == 0 or _LEAST_PLAIN <= abs(value) < _MOST_PLAIN
        return value if plain else orjson.Fragment(_java_double(value))
    if isinstance(value, dict):
        return {key: _with_java_doubles(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_java_doubles(item) for item in value]
    return value


def _java_double(number: float) -> str:
    """Return a double in Java's computerised scientific notation (`Double.toString`): one digit before the point."""
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    figures = "".join(map(str, digits))
    power = len(figures) - 1 + int(exponent)
    return f"{'-' * sign}{figures[0]}.{figures[1:] or '0'}E{power}"
