"""Event patterns: which events a rule is for.

EventBridge user guide, "Event patterns"; if that is silent, github.com/aws/event-ruler and recordings from AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.eventbridge.errors import InvalidEventPatternException, ValidationException
from simulator.aws.eventbridge.event_fields import NO_ELEMENTS, EventFields
from simulator.aws.eventbridge.json_document import Members, read_document
from simulator.aws.eventbridge.matchers import Exists, shown
from simulator.aws.eventbridge.pattern_parser import parse_pattern
from simulator.aws.json_reader import BadJson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.aws.eventbridge.event_fields import Elements, Field
    from simulator.aws.eventbridge.matchers import Matcher
    from simulator.aws.eventbridge.pattern_parser import Alternative

__all__ = ["EventPattern", "InvalidEventPatternException", "test_event_pattern"]


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


def _fields(event: dict[str, Any] | str) -> EventFields:
    if not isinstance(event, str):
        return EventFields(event)
    try:
        value = read_document(event)
    except BadJson as error:
        raise ValidationException(f"Parameter Event is not valid. Reason: it is not JSON ({error})") from error
    if not isinstance(value, Members):
        raise ValidationException("Parameter Event is not valid. Reason: it is not a JSON object")
    return EventFields(value)


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
