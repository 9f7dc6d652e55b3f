"""JSON that came from outside, read strictly: definitions, inputs, items, event patterns and functions' answers.

Python's own `json` takes NaN, makes infinity of 1e999, and lets a document be nested until the interpreter gives up.
RFC 8259 has no NaN, and RFC 7493 (I-JSON) asks for numbers within a double and for whole Unicode characters.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH = 200
"""Arrays and objects inside one another. AWS names no limit; what is deeper would break what writes it again."""

_LONG_NUMBER = 300
_SHOWN = 40
_LEADING_ZEROS = re.compile(r"^(-?)0+(?=[0-9])")
_MAYBE_HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


class BadJson(ValueError):
    """The text is not JSON that can be used.

    Args:
        reason: what is wrong, without a place.
        line, column: where, counted from 1; None if that is not known.
    """

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        self.reason, self.line, self.column = reason, line, column
        super().__init__(reason if line is None else f"{reason} at line {line}, column {column}")


def read_json(
    text: str | bytes, *, repeated: Callable[[str], object] | None = None, replace_halves: bool = False
) -> Any:
    """Return the value of a JSON text.

    Args:
        text: the text; bytes are UTF-8.
        repeated: called with each key that one object has more than once; without it the last value counts, as in
            the Java readers that AWS uses. `refuse_repeated` makes it an error.
        replace_halves: put U+FFFD for a surrogate without its other half, instead of refusing the text.

    Raises:
        BadJson: the text is not JSON; or it has NaN, Infinity, a number beyond a double, more than MAX_DEPTH levels or
            (unless they are replaced) a surrogate without its other half.
    """
    try:
        decoded = text if isinstance(text, str) else text.decode()
    except UnicodeDecodeError as error:
        raise BadJson(f"it is not UTF-8: byte {error.start + 1} is 0x{error.object[error.start]:02x}") from None
    try:
        value = (_DECODER if repeated is None else _decoder(repeated)).decode(decoded)
    except json.JSONDecodeError as error:
        raise BadJson(error.msg, error.lineno, error.colno) from None
    except RecursionError:
        raise _too_deep() from None
    if decoded.count("[") + decoded.count("{") > MAX_DEPTH:
        _check_depth(value)
    return _whole_characters(value, replace=replace_halves) if _MAYBE_HALF.search(decoded) else value


def read_number(text: str) -> int | float:
    """Return the value of a number that is written outside JSON: in a path's filter, in an intrinsic function.

    Args:
        text: ASCII digits, and maybe a sign, a fraction and an exponent; leading zeros count for nothing.

    Example:
        >>> [read_number(text) for text in ("7", "007", "-0", "1.50", "1e2")]
        [7, 7, 0, 1.5, 100.0]

    Raises:
        BadJson: it is beyond a double.
    """
    plain = _LEADING_ZEROS.sub(r"\1", text)
    return _float(plain) if any(mark in plain for mark in ".eE") else _int(plain)


def refuse_repeated(key: str) -> NoReturn:
    """Refuse a key that one object has more than once: one of the two values would be ignored in silence."""
    raise BadJson(f"the key {key!r} is twice in one object")


def _decoder(repeated: Callable[[str], object] | None = None) -> json.JSONDecoder:
    def pairs_hook(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if repeated is not None and len(found) < len(pairs):
            names = [name for name, _ in pairs]
            for name in found:
                if names.count(name) > 1:
                    repeated(name)
        return found

    return json.JSONDecoder(
        parse_constant=_no_constant,
        parse_float=_float,
        parse_int=_int,
        object_pairs_hook=None if repeated is None else pairs_hook,
    )


def _no_constant(name: str) -> NoReturn:
    raise BadJson(f"{name} is not a JSON value")


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _too_large(text)
    return number


def _int(text: str) -> int:
    if len(text) > _LONG_NUMBER and math.isinf(float(text)):
        raise _too_large(text)
    return int(text)


def _too_large(text: str) -> BadJson:
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text):,} characters)"
    return BadJson(f"the number {shown} is too large: beyond what a double can hold")


def _too_deep() -> BadJson:
    return BadJson(f"it is nested too deeply: more than {MAX_DEPTH} levels")


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise _too_deep()


def _whole_characters(value: Any, *, replace: bool) -> Any:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        if not replace:
            code = f"\\u{ord(text[error.start]):04x}"
            raise BadJson(f"{code} is half a character: a surrogate without its other half") from None
        return json.loads(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    return value


_DECODER = _decoder()
