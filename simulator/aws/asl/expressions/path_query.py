"""Paths that can name more than one place: wildcards, slices, filters, `..` and several indexes or members.

They are read as Jayway JsonPath reads them, the library behind AWS's messages. It differs from RFC 9535:

- a filter on an object tests that object, never its members: the result is a list of it, or an empty list.
- a slice of a text or an object names nothing; a path that begins with a slice and meets no array fails.
- a slice has no step, and `[1:-1]` names nothing (Jayway compares the two numbers as they are written).
- a path to one place may end in a function: `.length()`, `.keys()`, `.min()`, `.max()`, `.avg()`, `.sum()`,
  `.stddev()`.
- `['a','b']` at the end of a path gives one object with those members.

Recorded on AWS: what is missing on the way to a wildcard or a slice gives an empty list, not an error.
"""

from __future__ import annotations

import re
import statistics
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.aws.asl.expressions.path_filter import MISSING, Filter, FilterSyntaxError, closing
from simulator.aws.asl.json_text import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Named = Callable[[Any, Any], Iterable[Any]]
    """(value, document) -> what a token names in the value."""

NAME = re.compile(r"[^\s.\[\]()'\"*?@,:$]+")
_QUOTED = r"(?:'(?:[^']|(?<=\\)'(?!\s*[\],]))*'|\"(?:[^\"]|(?<=\\)\"(?!\s*[\],]))*\")"
MEMBER = re.compile(rf"\[\s*({_QUOTED})\s*\]")
r"""One member in brackets. Recorded on AWS: a backslash is an ordinary character there, `['a\"b']` names `a\"b`."""
INDEX = re.compile(r"\[\s*(-?\d{1,9})\s*\]")
_MEMBERS = re.compile(rf"\[\s*{_QUOTED}(?:\s*,\s*{_QUOTED})+\s*\]")
_INDEXES = re.compile(r"\[\s*-?\d{1,9}(?:\s*,\s*-?\d{1,9})+\s*\]")
_SLICE = re.compile(r"\[\s*(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*\]")
_STEP = re.compile(r"\[[\s\d-]*:[\s\d-]*:[\s\d-]*\]")
_ALL = re.compile(r"\[\s*\*\s*\]|\*")
_FILTER = re.compile(r"\[\s*\?\s*\(")


_FUNCTION = re.compile(r"\.(length|keys|min|max|avg|sum|stddev)\(\s*\)$")


class QuerySyntaxError(ValueError):
    """A text that is not such a path; the message says why."""


class QueryError(LookupError):
    """A path that cannot be read from this document; the message is Jayway's."""


class Token(NamedTuple):
    """One part of a path: what it names, and whether that is one place only.

    `check` raises QueryError for a value that the token cannot be read from; (value, whether the path begins here).
    """

    named: Named
    definite: bool
    check: Callable[[Any, bool], None] = lambda _value, _first: None


class Query:
    """A compiled path; `read(document)` gives the list of what it names.

    Example:
        >>> Query(".rows[?(@.n > 1)].id").read({"rows": [{"n": 1, "id": "a"}, {"n": 2, "id": "b"}]})
        ['b']

    Args:
        rest: the path after its `$`.

    Raises:
        QuerySyntaxError: it is not a path.
    """

    __slots__ = ("_function", "_gives_value", "_tokens")

    def __init__(self, rest: str) -> None:
        called = _FUNCTION.search(rest)
        self._function = called[1] if called else None
        self._tokens = _tokens(rest[: called.start()] if called else rest)
        self._gives_value = all(token.definite for token in self._tokens)
        if called and not self._gives_value:
            raise QuerySyntaxError("uses a function of JsonPath on more than one place, which is not simulated")

    def read(self, document: Any) -> Any:
        """Return the list of what the path names; if it can name one thing only, that, or MISSING.

        Raises:
            QueryError: the path begins with a slice and the document is not an array, or a filter meets a scalar.
        """
        values, definite = [document], True
        for depth, token in enumerate(self._tokens):
            if definite and values:
                token.check(values[0], depth == 0)
            values = [found for value in values for found in token.named(value, document)]
            definite = definite and token.definite
        if not self._gives_value:
            return values
        if not values:
            return MISSING
        return values[0] if self._function is None else _called(self._function, values[0])


def _called(function: str, value: Any) -> Any:
    """Return what one of Jayway's functions gives for a value; None for a value that it is not for.

    Raises:
        QueryError: there are no numbers to calculate with.
    """
    if function == "length":
        return len(value) if isinstance(value, (list, dict)) else None
    if function == "keys":
        return list(value) if isinstance(value, dict) else None
    entries = value if isinstance(value, list) else []
    numbers = [float(entry) for entry in entries if isinstance(entry, (int, float)) and not isinstance(entry, bool)]
    if not numbers:
        raise QueryError("Aggregation function attempted to calculate value using empty array")
    return _CALCULATED[function](numbers)


_CALCULATED: dict[str, Callable[[list[float]], float]] = {
    "avg": statistics.fmean,
    "max": max,
    "min": min,
    "stddev": statistics.pstdev,
    "sum": sum,
}


def compile_query(rest: str) -> Callable[[Any], Any]:
    """Return what reads the path whose text after `$` or `@` is `rest`; see `Query.read`."""
    return Query(rest).read


def _tokens(rest: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while position < len(rest):
        dots = 2 if rest.startswith("..", position) else int(rest.startswith(".", position))
        token, position = _token(rest, position + dots, dotted=bool(dots))
        tokens.append(_anywhere(token) if dots == 2 else token)  # noqa: PLR2004 - `..`
    return tokens


def _token(rest: str, position: int, *, dotted: bool) -> tuple[Token, int]:  # noqa: PLR0911 - one return a kind
    if dotted and (match := NAME.match(rest, position)):
        return _member(match[0]), match.end()
    if (match := _ALL.match(rest, position)) and (dotted or match[0] != "*"):
        return Token(lambda value, _document: _children(value), definite=False), match.end()
    if match := MEMBER.match(rest, position):
        return _member(match[1][1:-1]), match.end()
    if match := INDEX.match(rest, position):
        return _indexes([int(match[1])]), match.end()
    if match := _MEMBERS.match(rest, position):
        names = [text[1:-1] for text in re.findall(_QUOTED, match[0])]
        return _members(names, merged=match.end() == len(rest)), match.end()
    if match := _INDEXES.match(rest, position):
        return _indexes([int(text) for text in re.findall(r"-?\d+", match[0])]), match.end()
    if match := _SLICE.match(rest, position):
        return _slice(match[1], match[2]), match.end()
    if match := _FILTER.match(rest, position):
        return _filter(rest, position, match.end() - 1)
    raise QuerySyntaxError(_reason(rest, position))


def _reason(rest: str, position: int) -> str:
    if _STEP.match(rest, position):
        return "has a slice with a step, which JsonPath on AWS does not know"
    if rest.startswith("(", position):
        return "uses a function of JsonPath, which is not simulated"
    return f"cannot be read from {rest[position:][:20]!r}" if position < len(rest) else "ends in a dot"


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _member(name: str) -> Token:
    return Token(
        lambda value, _document: (value[name],) if isinstance(value, dict) and name in value else (), definite=True
    )


def _members(names: list[str], *, merged: bool) -> Token:
    def named(value: Any, _document: Any) -> Iterable[Any]:
        if not isinstance(value, dict):
            return ()
        found = {name: value[name] for name in names if name in value}
        return (found,) if merged else found.values()

    return Token(named, definite=merged)


def _indexes(indexes: list[int]) -> Token:
    def named(value: Any, _document: Any) -> Iterable[Any]:
        if isinstance(value, list):
            for index in indexes:
                if -len(value) <= index < len(value):
                    yield value[index]

    return Token(named, definite=len(indexes) == 1)


def _slice(first: str | None, last: str | None) -> Token:
    def named(value: Any, _document: Any) -> Iterable[Any]:
        if not isinstance(value, list):
            return ()
        if first is None or last is None:
            return value[int(first) if first else None : int(last) if last else None]
        places = range(int(first), min(int(last), len(value)))
        return [value[place] for place in places if place >= -len(value)]

    def check(value: Any, begins: bool) -> None:  # noqa: FBT001 - Token's signature
        if begins and not isinstance(value, list):
            shown = f"[{first or ''}:{last or ''}]"
            raise QueryError(f"Filter: {shown} can only be applied to arrays. Current context is: {to_json(value)}")

    return Token(named, False, check)  # noqa: FBT003 - Token's field


def _filter(rest: str, start: int, opening: int) -> tuple[Token, int]:
    end = closing(rest, opening)
    after = re.compile(r"\s*\]").match(rest, end)
    if after is None:
        raise QuerySyntaxError(f"has a filter that does not end in )]: {rest[start:][:30]!r}")
    try:
        test = Filter(rest[opening + 1 : end - 1], compile_query).test
    except FilterSyntaxError as error:
        raise QuerySyntaxError(f"cannot be read, because {error}") from error

    def named(value: Any, document: Any) -> Iterable[Any]:
        if isinstance(value, list):
            return [entry for entry in value if test(entry, document)]
        return (value,) if isinstance(value, dict) and test(value, document) else ()

    def check(value: Any, _begins: bool) -> None:  # noqa: FBT001 - Token's signature
        if not isinstance(value, (list, dict)):
            raise QueryError(f"Filter: [?] can not be applied to primitives. Current context is: {to_json(value)}")

    return Token(named, False, check), after.end()  # noqa: FBT003 - Token's field


def _anywhere(token: Token) -> Token:
    """Return the token after `..`: what it names in the value and in everything inside it, the outermost first."""

    def walk(value: Any) -> Iterator[Any]:
        yield value
        for child in _children(value):
            yield from walk(child)

    def named(value: Any, document: Any) -> Iterator[Any]:
        for inner in walk(value):
            yield from token.named(inner, document)

    return Token(named, definite=False)
