"""Event patterns: which events a rule is for.

A pattern is read into its alternatives, the patterns without `$or` that it stands for, and these are compared with
events. EventBridge user guide, "Event patterns"; if that is silent, github.com/aws/event-ruler and recordings from AWS
(keys with dots, repeated keys, names that `$or` reserves, `$or` beside a key of the same name).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.eventbridge.errors import InvalidEventPatternException, ValidationException
from simulator.aws.eventbridge.event_fields import NO_ELEMENTS, EventFields, joined
from simulator.aws.eventbridge.json_document import JsonObject, Members, read_document
from simulator.aws.eventbridge.matcher_parser import OPERATORS, parse_matcher
from simulator.aws.eventbridge.matchers import Exists, shown
from simulator.aws.json_reader import BadJson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.aws.eventbridge.event_fields import Elements, Field
    from simulator.aws.eventbridge.matchers import Matcher

__all__ = ["EventPattern", "InvalidEventPatternException", "test_event_pattern"]

MAX_OR_COMBINATIONS = 1000
MANDATORY = ("id", "account", "source", "time", "region", "resources", "detail-type")
"""The fields that an event must have for TestEventPattern (API reference)."""
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


class EventPattern:
    """A pattern that can be compared with events.

    Args:
        source: the pattern as a JSON object, or its text. The text can also have a key twice: see `parse_pattern`.

    Raises:
        InvalidEventPatternException: PutRule refuses it; says where in the pattern.
    """

    def __init__(self, source: str | dict[str, Any]) -> None:
        self._alternatives = parse_pattern(source)
        first, *others = self._alternatives
        self._common = {
            path: matchers for path, matchers in first.items() if all(one.get(path) is matchers for one in others)
        }

    def matches(self, event: dict[str, Any] | str) -> bool:
        """Tell whether an event matches the pattern.

        Args:
            event: the JSON object, or its text. Only the text has every digit of a number, and both values of a key
                that is given twice.

        Raises:
            ValidationException: the text is not a JSON object.
        """
        return self._match(_fields(event))

    def mismatches(self, event: dict[str, Any] | str) -> list[str]:
        """Return why an event does not match: a sentence for each field that is wrong; no sentence if it matches.

        Raises:
            ValidationException: the event is a text that is not a JSON object.
        """
        fields = _fields(event)
        if self._match(fields):
            return []
        found = list(_sentences(self._common, fields))
        if len(self._alternatives) > 1:
            # An alternative without a sentence fails for another reason: no array element has all its values.
            reasons = [" and ".join(_sentences(self._own(one), fields)) for one in self._alternatives]
            if all(reasons):
                found.append("none of $or: " + "; ".join(dict.fromkeys(reasons)))
        return found or ["no single element of an array in the event has all the values asked for"]

    def _match(self, fields: EventFields) -> bool:
        return any(_alternative_matches(one, fields) for one in self._alternatives)

    def _own(self, alternative: Alternative) -> Alternative:
        return {path: matchers for path, matchers in alternative.items() if path not in self._common}


def test_event_pattern(pattern_text: str, event_text: str) -> bool:
    """Tell whether an event matches a pattern, both as JSON texts: the API's TestEventPattern.

    Raises:
        InvalidEventPatternException: the pattern is refused.
        ValidationException: the event is not a JSON object.

    Example:
        >>> test_event_pattern('{"detail": {"size": [{"numeric": [">", 5]}]}}', '{"detail": {"size": 6}}')
        True
    """
    return EventPattern(pattern_text).matches(event_text)


def check_mandatory_fields(event_text: str) -> None:
    """Refuse an event that lacks one of the fields that TestEventPattern calls mandatory.

    Raises:
        ValidationException: the event is not a JSON object, or a field is missing.
    """
    there = {name for name, _ in _document(event_text).items()}
    missing = [f"'{name}'" for name in MANDATORY if name not in there]
    if missing:
        raise ValidationException(f"Parameter Event is not valid. Reason: it has no {', '.join(missing)}")


def _fields(event: dict[str, Any] | str) -> EventFields:
    return EventFields(_document(event) if isinstance(event, str) else event)


def _document(event: str) -> Members:
    try:
        value = read_document(event)
    except BadJson as error:
        raise ValidationException(f"Parameter Event is not valid. Reason: it is not JSON ({error})") from error
    if not isinstance(value, Members):
        raise ValidationException("Parameter Event is not valid. Reason: it is not a JSON object")
    return value


def _alternative_matches(alternative: Alternative, fields: EventFields) -> bool:
    """Choose one element of each array so that every field matches there (event-ruler: array consistency)."""
    wanted = [(path, matchers, fields.at(path)) for path, matchers in alternative.items()]
    return all(_group_matches(group) for group in _groups(wanted))


_Wanted = tuple[str, tuple["Matcher", ...], "Field"]


def _groups(wanted: list[_Wanted]) -> list[list[_Wanted]]:
    """Part fields that stand in different arrays: what is chosen for one group does not matter to another."""
    groups: list[tuple[set[int], list[_Wanted]]] = []
    for one in wanted:
        arrays, members = one[2].outermost, [one]
        apart = []
        for group in groups:
            if group[0] & arrays:
                arrays |= group[0]
                members += group[1]
            else:
                apart.append(group)
        groups = [*apart, (arrays, members)]
    return [sorted(members, key=_turn) for _, members in groups]


def _turn(wanted: _Wanted) -> tuple[int, str]:
    """Return when a field has its turn: fields that may be missing come last, after the elements are chosen."""
    path, matchers, _ = wanted
    absent = [_wants_absence(matcher) for matcher in matchers]
    return (2 if all(absent) else 1 if any(absent) else 0, path)


def _group_matches(group: list[_Wanted]) -> bool:
    choices = {NO_ELEMENTS}
    for position, (_, matchers, field) in enumerate(group):
        later = set[int]().union(*(rest.arrays for _, _, rest in group[position + 1 :]))
        choices = {
            frozenset(element for element in chosen if element[0] in later)
            for before in choices
            for chosen in _choose(matchers, field, before)
        }
        if not choices:
            return False
    return True


def _choose(matchers: tuple[Matcher, ...], field: Field, chosen: Elements) -> Iterator[Elements]:
    """Yield the elements that can be chosen so that a field matches beside those already chosen."""
    is_there = False
    for value, elements in field.beside(chosen):
        is_there = True
        if any(matcher.matches(value) for matcher in matchers):
            yield elements
    if not is_there and any(map(_wants_absence, matchers)):
        yield chosen


def _wants_absence(matcher: Matcher) -> bool:
    return isinstance(matcher, Exists) and not matcher.wanted


def _sentences(alternative: Alternative, fields: EventFields) -> Iterable[str]:
    """Yield a sentence for each field that matches in no element at all."""
    for path, matchers in alternative.items():
        field = fields.at(path)
        if any(True for _ in _choose(matchers, field, NO_ELEMENTS)):
            continue
        values = field.values()
        is_now = f"is {', '.join(shown(value) for value in values)}" if values else "is missing"
        nearly = next((words for value in values for one in matchers if (words := one.nearly(value))), "")
        wanted = " or ".join(matcher.words for matcher in matchers)
        yield f"{path} {is_now}, but must {wanted}{nearly}"
