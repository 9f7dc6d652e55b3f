"""The functions that Step Functions adds to JSONata, and the one it takes away.

Developer guide, "JSONata functions provided by Step Functions": `$partition`, `$range`, `$hash`, `$random` with a
seed, `$uuid` and `$parse`; `$eval` is not supported.
"""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
MOST_ITEMS = 1_000_000


class FunctionRefused(Exception):
    """A function that refuses its arguments; the text begins with a JSONata error code."""


def _refuse(function: str, argument: int) -> FunctionRefused:
    return FunctionRefused(f"T0410: Argument {argument} of function {function} does not match function signature")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def partition(*arguments: Any) -> list[list[Any]] | None:
    """Return an array cut into arrays of `size` items; the last may have fewer.

    Example:
        >>> partition([1, 2, 3, 4, 5], 2)
        [[1, 2], [3, 4], [5]]
    """
    array, size = _arguments("partition", arguments, 2)
    if array is None:
        return None
    items = array if isinstance(array, list) else [array]
    if not _is_number(size) or int(size) < 1:
        raise _refuse("partition", 2)
    step = int(size)
    return [items[start : start + step] for start in range(0, len(items), step)]


def range_(*arguments: Any) -> Any:
    """Return the numbers from `first` to `last`, by `step`; as in JSONata, one number is not an array.

    Example:
        >>> range_(0, 9, 3), range_(1, 9, 9), range_(3, 1, -1)
        ([0, 3, 6, 9], 1, [3, 2, 1])
    """
    values = _arguments("range", arguments, 3)
    for index, value in enumerate(values):
        if not _is_number(value):
            raise _refuse("range", index + 1)
    first, last, step = (int(value) if float(value).is_integer() else value for value in values)
    if step == 0:
        raise _refuse("range", 3)
    count = int((last - first) / step) + 1
    if count > MOST_ITEMS:
        raise FunctionRefused(f"D2014: The size of the sequence must not exceed {MOST_ITEMS}, but was {count}")
    found = [first + index * step for index in range(max(count, 0))]
    return found[0] if len(found) == 1 else found


def hash_(*arguments: Any) -> str | None:
    """Return the hexadecimal digest of a text (of the JSON of anything else).

    Example:
        >>> hash_("input data", "SHA-1")
        'aaff4a450a104cd177d28d18d74485e8cae074b7'
    """
    content, algorithm = _arguments("hash", arguments, 2)
    if content is None:
        return None
    if algorithm not in _ALGORITHMS:
        raise _refuse("hash", 2)
    text = content if isinstance(content, str) else json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return hashlib.new(_ALGORITHMS[algorithm], text.encode("utf-8", "surrogatepass")).hexdigest()


def random_(*arguments: Any) -> float:
    """Return a number from 0 up to 1; with a seed always the same one."""
    if not arguments or arguments[0] is None:
        return random.random()  # noqa: S311 - JSONata's $random is not meant for secrets
    if not _is_number(arguments[0]):
        raise _refuse("random", 1)
    return random.Random(arguments[0]).random()  # noqa: S311 - the same


def uuid_(*arguments: Any) -> str:
    """Return a version 4 UUID."""
    _arguments("uuid", arguments, 0)
    return str(uuid.uuid4())


def parse(*arguments: Any) -> Any:
    """Return the value of a JSON text.

    Example:
        >>> parse('{"ids": [1, 2]}')
        {'ids': [1, 2]}
    """
    (text,) = _arguments("parse", arguments, 1)
    if text is None:
        return None
    if not isinstance(text, str):
        raise _refuse("parse", 1)
    try:
        return json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        raise FunctionRefused(f"D3137: $parse cannot read its argument as JSON: {error}") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _eval(*_arguments: Any) -> Any:
    raise FunctionRefused("T1006: Attempted to invoke a non-function")


def _arguments(function: str, arguments: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    """Return the arguments, filled up with None for those left out; more than there may be are refused."""
    if len(arguments) > count:
        raise _refuse(function, count + 1)
    return arguments + (None,) * (count - len(arguments))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "partition": partition,
    "range": range_,
    "hash": hash_,
    "random": random_,
    "uuid": uuid_,
    "parse": parse,
    "eval": _eval,
}
