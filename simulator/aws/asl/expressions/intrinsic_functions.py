"""The intrinsic functions themselves: `States.Format` and the seventeen others.

Developer guide, "Intrinsic functions for JSONPath states". If recordings from AWS differ from the page, they win.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import random
import re
import uuid
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.json_text import to_json
from simulator.aws.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_TEXT = 10_000
MAX_RANGE = 1_000
_INT32 = 2**31
_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_PLACEHOLDER = re.compile(r"\\(.)|\{\}|([{}])")


class IntrinsicError(ValueError):
    """An intrinsic function that cannot be computed from these arguments; the message says why."""


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise IntrinsicError(f"{what} must be a string, not {to_json(value)}")
    return value


def _array(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise IntrinsicError(f"the first argument must be an array, not {to_json(value)}")
    return value


def _whole(value: Any, what: str) -> int:
    """Return a number rounded half towards plus infinity, as Java's Math.round does."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise IntrinsicError(f"{what} must be a number, not {to_json(value)}")
    number = value if isinstance(value, int) else math.floor(value + 0.5)
    if not -_INT32 <= number < _INT32:
        raise IntrinsicError(f"{what} must be within 32 bits, not {value}")
    return number


def _short(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise IntrinsicError(f"the text has {len(text)} characters, more than {MAX_TEXT}")
    return text


def java_text(value: Any) -> str:
    """Return a value as States.Format prints it: strings raw, objects like Java maps (`{a=1, b=[]}`)."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={java_text(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(java_text(entry) for entry in value) + "]"
    return to_json(value)


def format_text(template: Any, *values: Any) -> str:
    """Fill each `{}` of the template with the next value; their numbers must agree."""
    remaining = iter(values)
    used = 0

    def fill(match: re.Match[str]) -> str:
        nonlocal used
        if match[1] is not None:
            return match[1]
        if match[2] is not None:
            raise IntrinsicError(f"a lone {match[2]} in the template must be written \\\\{match[2]}")
        used += 1
        if used > len(values):
            raise IntrinsicError(f"the template has more {{}} than the {len(values)} values given")
        return java_text(next(remaining))

    filled = _PLACEHOLDER.sub(fill, _text(template, "the template"))
    if used < len(values):
        raise IntrinsicError(f"the template has {used} {{}} for {len(values)} values")
    return filled


def string_to_json(text: Any) -> Any:
    """Parse JSON; blank text gives null, as on AWS."""
    text = _text(text, "the argument")
    if not text.strip():
        return None
    try:
        value = read_json(text)
    except BadJson as error:
        raise IntrinsicError(f"the text is not JSON: {error}") from error
    return 0 if value == 0 and type(value) is int else value


def array_partition(array: Any, size: Any) -> list[list[Any]]:
    """Cut an array into parts of `size`."""
    array, size = _array(array), _whole(size, "the size")
    if size < 1:
        raise IntrinsicError(f"the size must be 1 or more, not {size}")
    return [array[start : start + size] for start in range(0, len(array), size)]


def array_range(first: Any, last: Any, step: Any) -> list[int]:
    """Count from `first` to `last`, which is included if a step hits it."""
    first, last, step = _whole(first, "the start"), _whole(last, "the end"), _whole(step, "the step")
    if step == 0:
        raise IntrinsicError("the step must not be 0")
    numbers = range(first, last + (1 if step > 0 else -1), step)
    if len(numbers) > MAX_RANGE:
        raise IntrinsicError(f"the range has {len(numbers)} numbers, more than {MAX_RANGE}")
    return list(numbers)


def array_get_item(array: Any, index: Any) -> Any:
    """Return the item at a 0-based index."""
    array, index = _array(array), _whole(index, "the index")
    if not 0 <= index < len(array):
        raise IntrinsicError(f"the index {index} is outside the array of {len(array)}")
    return array[index]


def array_unique(array: Any) -> list[Any]:
    """Drop repeated items, comparing deeply; `1` and `true` are different things."""
    seen: set[str] = set()
    unique = []
    for item in _array(array):
        key = json.dumps(item, sort_keys=True)
        if key not in seen:
            seen.add(key)
            unique.append(item)
    return unique


def json_equal(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are equal; true is not 1."""
    return (
        json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
        if type(one) is type(other)
        else (not isinstance(one, bool) and not isinstance(other, bool) and one == other)
    )


def array_contains(array: Any, value: Any) -> bool:
    """Tell whether the array has an item deeply equal to `value`."""
    return any(json_equal(item, value) for item in _array(array))


def base64_encode(text: Any) -> str:
    """Encode UTF-8 text as Base64."""
    return base64.b64encode(_short(_text(text, "the argument")).encode()).decode()


def base64_decode(text: Any) -> str:
    """Decode Base64 into UTF-8 text."""
    try:
        return base64.b64decode(_short(_text(text, "the argument")), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise IntrinsicError(f"the text is not Base64 of UTF-8: {error}") from error


def hash_text(data: Any, algorithm: Any) -> str:
    """Return the lower-case hex digest of a value's text."""
    if algorithm not in _HASHES:
        raise IntrinsicError(f"the algorithm must be one of {', '.join(_HASHES)}, not {to_json(algorithm)}")
    text = data if isinstance(data, str) else to_json(data)
    return hashlib.new(_HASHES[algorithm], _short(text).encode(), usedforsecurity=False).hexdigest()


def json_merge(one: Any, other: Any, deep: Any) -> dict[str, Any]:
    """Merge two objects, the second wins; AWS supports the shallow form only."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        raise IntrinsicError("both arguments must be objects")
    if deep is not False:
        raise IntrinsicError("deep merging is not supported: the third argument must be false")
    return {**one, **other}


def math_add(one: Any, other: Any) -> int:
    """Add two numbers, each rounded to a whole one."""
    return _whole(_whole(one, "the first number") + _whole(other, "the second number"), "the sum")


def math_random(start: Any, end: Any, seed: Any = None) -> int:
    """Return a random number, `start` included and `end` not; the same seed gives the same number."""
    start, end = _whole(start, "the start"), _whole(end, "the end")
    if start >= end:
        raise IntrinsicError(f"the start {start} must be below the end {end}")
    source = random.Random() if seed is None else random.Random(_whole(seed, "the seed"))  # noqa: S311 - not for secrets
    return source.randrange(start, end)


def string_split(text: Any, delimiters: Any) -> list[str]:
    """Split at every character of `delimiters`; empty parts are dropped, as on AWS."""
    text, delimiters = _text(text, "the text"), _text(delimiters, "the delimiters")
    if not delimiters:
        return [text] if text else []
    return [part for part in re.split(f"[{re.escape(delimiters)}]", text) if part]


def array_length(array: Any) -> int:
    """Return how many items the array has."""
    return len(_array(array))


def new_uuid() -> str:
    """Return a random UUID (version 4)."""
    return str(uuid.uuid4())


ANY = 1_000
FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    "States.Array": (lambda *items: list(items), 0, ANY),
    "States.ArrayPartition": (array_partition, 2, 2),
    "States.ArrayContains": (array_contains, 2, 2),
    "States.ArrayRange": (array_range, 3, 3),
    "States.ArrayGetItem": (array_get_item, 2, 2),
    "States.ArrayLength": (array_length, 1, 1),
    "States.ArrayUnique": (array_unique, 1, 1),
    "States.Base64Encode": (base64_encode, 1, 1),
    "States.Base64Decode": (base64_decode, 1, 1),
    "States.Hash": (hash_text, 2, 2),
    "States.JsonMerge": (json_merge, 3, 3),
    "States.JsonToString": (to_json, 1, 1),
    "States.StringToJson": (string_to_json, 1, 1),
    "States.MathRandom": (math_random, 2, 3),
    "States.MathAdd": (math_add, 2, 2),
    "States.StringSplit": (string_split, 2, 2),
    "States.UUID": (new_uuid, 0, 0),
    "States.Format": (format_text, 1, ANY),
}
"""Name -> (function, fewest arguments, most arguments)."""
