"""Event patterns: which events a rule is for.

EventBridge user guide, "Event patterns"; where that is silent, github.com/aws/event-ruler.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.aws.eventbridge.errors import InvalidEventPatternException
from simulator.aws.eventbridge.matcher_parser import OPERATORS, parse_matcher
from simulator.aws.eventbridge.matchers import Exists, shown
from simulator.aws.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from simulator.aws.eventbridge.matchers import Matcher

MAX_OR_COMBINATIONS = 1000
_LEAST_ALTERNATIVES = 2
_MISSING: Any = object()


class EventPattern:
    """A pattern, ready to be held against events.

    Args:
        source: the pattern as a JSON object, or its text (of a key given twice, the last one counts).

    Raises:
        InvalidEventPatternException: it is no pattern; says where.
    """

    def __init__(self, source: str | dict[str, Any]) -> None:
        if isinstance(source, str):
            source = _load(source)
        self._top = _parse_object(source, ())
        if _combinations(self._top) > MAX_OR_COMBINATIONS:
            raise InvalidEventPatternException(
                f"The alternatives of $or make more than {MAX_OR_COMBINATIONS} combinations", "$or"
            )

    def matches(self, event: dict[str, Any]) -> bool:
        """Tell whether an event (a JSON object) is one the pattern asks for."""
        return self._top.matches(event, _leaves(event))

    def mismatches(self, event: dict[str, Any]) -> list[str]:
        """Return why an event does not match, a sentence for each field that is not as asked; empty where it does."""
        leaves = _leaves(event)
        if self._top.matches(event, leaves):
            return []
        return self._top.mismatches(event, leaves) or [
            "no single element of an array in the event has all the values asked for"
        ]


_Leaves = set[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Field:
    """A field with its alternatives."""

    path: tuple[str, ...]
    matchers: tuple[Matcher, ...]

    def matches(self, node: Any, leaves: _Leaves) -> bool:
        values = list(_flat(node))
        if any(matcher.matches(value) for value in values for matcher in self.matchers):
            return True
        absent = any(isinstance(matcher, Exists) and not matcher.wanted for matcher in self.matchers)
        return absent and self.path not in leaves

    def mismatches(self, node: Any, leaves: _Leaves) -> list[str]:
        if self.matches(node, leaves):
            return []
        values = list(_flat(node))
        is_now = f"is {', '.join(shown(value) for value in values)}" if values else "is missing"
        nearly = next((words for value in values for one in self.matchers if (words := one.nearly(value))), "")
        wanted = " or ".join(matcher.words for matcher in self.matchers)
        return [f"{'.'.join(self.path)} {is_now}, but must {wanted}{nearly}"]


@dataclass(frozen=True, slots=True)
class _Object:
    """An object of the pattern: all fields, and of each `$or` one alternative."""

    fields: dict[str, _Field | _Object]
    either: tuple[_Object, ...] = ()

    def matches(self, node: Any, leaves: _Leaves) -> bool:
        # Fields are looked for in one element of an array together: event-ruler calls this array consistency.
        return any(self._matches_one(candidate, leaves) for candidate in _objects(node))

    def _matches_one(self, node: dict[str, Any], leaves: _Leaves) -> bool:
        return all(part.matches(node.get(name, _MISSING), leaves) for name, part in self.fields.items()) and (
            not self.either or any(one.matches(node, leaves) for one in self.either)
        )

    def mismatches(self, node: Any, leaves: _Leaves) -> list[str]:
        found: list[str] = []
        candidates = _objects(node)
        for name, part in self.fields.items():
            inner = [candidate[name] for candidate in candidates if name in candidate]
            found += part.mismatches(inner if len(inner) != 1 else inner[0], leaves)
        if self.either and not any(one.matches(node, leaves) for one in self.either):
            sentences = [" and ".join(one.mismatches(node, leaves)) for one in self.either]
            found.append("none of $or: " + "; ".join(sentences))
        return found


def _load(text: str) -> dict[str, Any]:
    try:
        value = read_json(text)
    except BadJson as error:
        raise InvalidEventPatternException(f"It is not JSON ({error})", "") from error
    if not isinstance(value, dict):
        raise InvalidEventPatternException("Filter is not an object", "")
    return value


def _parse_object(source: dict[str, Any], path: tuple[str, ...]) -> _Object:
    where = ".".join(path)
    if not source:
        raise InvalidEventPatternException("Empty objects are not allowed", where)
    fields: dict[str, _Field | _Object] = {}
    either: tuple[_Object, ...] = ()
    for name, value in source.items():
        inner = (*path, name)
        if name == "$or" and _is_or(value):
            either = tuple(_parse_object(one, path) for one in value)
        elif isinstance(value, dict):
            fields[name] = _parse_object(value, inner)
        elif isinstance(value, list):
            fields[name] = _parse_field(value, inner)
        else:
            raise InvalidEventPatternException(f'"{name}" must be an object or an array', ".".join(inner))
    return _Object(fields, either)


def _is_or(value: Any) -> bool:
    """Tell whether `$or` is the operator: with fewer objects, or with matchers, it is a field of that name."""
    return (
        isinstance(value, list)
        and len(value) >= _LEAST_ALTERNATIVES
        and all(isinstance(one, dict) and not OPERATORS.keys() & one.keys() for one in value)
    )


def _parse_field(entries: list[Any], path: tuple[str, ...]) -> _Field:
    where = ".".join(path)
    if not entries:
        raise InvalidEventPatternException("Empty arrays are not allowed", where)
    return _Field(path, tuple(parse_matcher(entry, f"{where}[{index}]") for index, entry in enumerate(entries)))


def _combinations(part: _Field | _Object) -> int:
    """Count the patterns without `$or` that one with it stands for."""
    if isinstance(part, _Field):
        return 1
    count = sum(_combinations(one) for one in part.either) or 1
    for inner in part.fields.values():
        count *= _combinations(inner)
    return count


def _objects(node: Any) -> list[dict[str, Any]]:
    """Return the objects that a node stands for: itself, or those of an array; an empty one where there is none."""
    if isinstance(node, list):
        return [inner for entry in node for inner in _objects(entry) if isinstance(entry, dict | list)] or [{}]
    return [node] if isinstance(node, dict) else [{}]


def _flat(node: Any) -> Any:
    """Yield the scalars that a node stands for: itself, or those of an array, however nested."""
    if isinstance(node, list):
        for entry in node:
            yield from _flat(entry)
    elif node is not _MISSING and not isinstance(node, dict):
        yield node


def _leaves(node: Any, path: tuple[str, ...] = ()) -> _Leaves:
    """Return the paths of all scalars of an event."""
    if isinstance(node, dict):
        return set().union(*(_leaves(value, (*path, name)) for name, value in node.items()))
    if isinstance(node, list):
        return set().union(*(_leaves(entry, path) for entry in node))
    return {path}
