"""Reads an event pattern into its alternatives: the patterns without `$or` that it stands for.

EventBridge user guide, "Event patterns"; github.com/aws/event-ruler. Recorded on AWS: keys with dots, repeated keys,
names that `$or` reserves, and `$or` beside a key of the same name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.eventbridge.errors import InvalidEventPatternException
from simulator.aws.eventbridge.event_fields import joined
from simulator.aws.eventbridge.json_document import JsonObject, Members, read_document
from simulator.aws.eventbridge.matcher_parser import OPERATORS, parse_matcher
from simulator.aws.json_reader import BadJson

if TYPE_CHECKING:
    from simulator.aws.eventbridge.matchers import Matcher

MAX_OR_COMBINATIONS = 1000
Alternative = dict[str, tuple["Matcher", ...]]
"""A pattern without `$or`: the path of each field (names joined by dots) and its matchers, one of which must match."""

_RESERVED_IN_OR = {*OPERATORS, "exactly"}
_LEAST_ALTERNATIVES = 2


def parse_pattern(source: str | dict[str, Any]) -> list[Alternative]:
    """Return the alternatives of a pattern; an event matches it if it matches one of them.

    Of two fields with the same path the later one counts: for a key given twice, for `a.b` beside `a` with `b` inside,
    and for a `$or` after a key of the same name (in each of its alternatives). Every one of them is checked.

    Args:
        source: the pattern as a JSON object, or its text.

    Raises:
        InvalidEventPatternException: PutRule refuses the pattern.
    """
    value = _load(source) if isinstance(source, str) else source
    if not isinstance(value, dict | Members):
        raise InvalidEventPatternException("Filter is not an object", "")
    return _read_object([{}], value, None, in_or=False)


def _load(text: str) -> Any:
    try:
        return read_document(text)
    except BadJson as error:
        raise InvalidEventPatternException(f"It is not JSON ({error})", "") from error


def _read_object(found: list[Alternative], source: JsonObject, path: str | None, *, in_or: bool) -> list[Alternative]:
    """Put an object's fields into each alternative, and return the alternatives (more if the object has `$or`)."""
    if not len(source):
        raise InvalidEventPatternException("Empty objects are not allowed", path or "")
    for name, value in source.items():
        inner = joined(path, name)
        if in_or and name in _RESERVED_IN_OR:
            raise InvalidEventPatternException(
                f"{name} is Ruler reserved fieldName which cannot be used inside $or.", inner
            )
        if isinstance(value, dict | Members):
            found = _read_object(found, value, inner, in_or=in_or)
        elif not isinstance(value, list):
            raise InvalidEventPatternException(f'"{name}" must be an object or an array', inner)
        elif name == "$or":
            found = _read_or(found, value, path)
        else:
            matchers = _read_field(value, inner)
            for alternative in found:
                alternative[inner] = matchers
    return found


def _read_or(found: list[Alternative], entries: list[Any], path: str | None) -> list[Alternative]:
    where = joined(path, "$or")
    if not entries:
        raise InvalidEventPatternException("Empty arrays are not allowed", where)
    combined: list[Alternative] = []
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict | Members):
            raise InvalidEventPatternException(
                "Only JSON object is allowed in array of $or relationship.", f"{where}[{index}]"
            )
        combined += _read_object([dict(one) for one in found], entry, path, in_or=True)
        if len(combined) > MAX_OR_COMBINATIONS:
            raise InvalidEventPatternException(
                f"The alternatives of $or make more than {MAX_OR_COMBINATIONS} combinations", where
            )
    if len(entries) < _LEAST_ALTERNATIVES:
        raise InvalidEventPatternException("There must have at least 2 Objects in $or relationship.", where)
    return combined


def _read_field(entries: list[Any], where: str) -> tuple[Matcher, ...]:
    if not entries:
        raise InvalidEventPatternException("Empty arrays are not allowed", where)
    return tuple(parse_matcher(entry, f"{where}[{index}]") for index, entry in enumerate(entries))
