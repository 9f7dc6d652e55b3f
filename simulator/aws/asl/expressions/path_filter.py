r"""The filter of a path: `[?(@.size > 10 && @.kind == 'csv')]`.

AWS evaluates paths with Jayway JsonPath, so this follows Jayway if that differs from RFC 9535:

- `@.x` alone holds if `x` is there and is not null; `!@.x` holds if it is missing or null (Step Functions Local).
- a number equals the text that reads as it (`@.n == '5'`); `<` and its like compare two numbers or two texts only.
- `!=` holds for what is missing.
- `=~` matches the whole text.

Operators: `== != < <= > >= =~ in nin size empty contains`, joined by `&&`, `||`, `!` and parentheses. Jayway's others
(`all`, `type`, `subsetof`, `anyof`, `noneof`, `===`) are refused by name.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.json_text import to_json
from simulator.aws.json_reader import BadJson, read_json, read_number

if TYPE_CHECKING:
    from collections.abc import Callable

    Value = Callable[[Any, Any], Any]
    Test = Callable[[Any, Any], bool]
    """(item, document) -> whether the item passes."""

MISSING = object()
_OPERATOR = re.compile(r"\s*(==|!=|<=|>=|=~|<|>|(?:in|nin|size|empty|contains)\b)\s*", re.IGNORECASE)
_UNKNOWN = re.compile(r"\s*(===|!==|<>|=(?![=~])|(?:all|type|subsetof|anyof|noneof|exists|matches)\b)", re.IGNORECASE)
_TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"(true|false|null)\b")
_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/([a-zA-Z]*)")
_AFTER_MATCHES = re.compile(r"=~\s*/(?:[^/\\]|\\.)*/")
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
_WORDS = {"true": True, "false": False, "null": None}


class FilterSyntaxError(ValueError):
    """A text that is not a filter; the message says why."""


class Filter:
    """A compiled filter; `test(item, document)` tells whether an item passes.

    Example:
        >>> from simulator.aws.asl.expressions.path_query import compile_query
        >>> Filter("@.size > 1 && !@.hidden", compile_query).test({"size": 2, "hidden": None}, {})
        True

    Args:
        text: what is between the parentheses of `[?( )]`.
        compile_query: compiles the text of a path after its `$` or `@` into `read(root) -> value or MISSING`.

    Raises:
        FilterSyntaxError: it is not a filter, or uses an operator that is not simulated.
    """

    def __init__(self, text: str, compile_query: Callable[[str], Callable[[Any], Any]]) -> None:
        self._text = text
        self._position = 0
        self._compile_query = compile_query
        self.test: Test = self._any()
        if text[self._position :].strip():
            raise self._problem(f"unexpected {text[self._position :].strip()[:20]!r}")

    def _problem(self, reason: str) -> FilterSyntaxError:
        return FilterSyntaxError(f"the filter ({self._text}) {reason}")

    def _take(self, mark: str) -> bool:
        self._blanks()
        if self._text.startswith(mark, self._position):
            self._position += len(mark)
            return True
        return False

    def _blanks(self) -> None:
        while self._text[self._position : self._position + 1].isspace():
            self._position += 1

    def _any(self) -> Test:
        tests = [self._all()]
        while self._take("||"):
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else (lambda item, root: any(test(item, root) for test in tests))

    def _all(self) -> Test:
        tests = [self._one()]
        while self._take("&&"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else (lambda item, root: all(test(item, root) for test in tests))

    def _one(self) -> Test:
        if self._take("!"):
            inner = self._one()
            return lambda item, root: not inner(item, root)
        if self._take("("):
            inner = self._any()
            if not self._take(")"):
                raise self._problem("has a ( without its )")
            return inner
        left = self._value()
        self._blanks()
        if match := _UNKNOWN.match(self._text, self._position):
            raise self._problem(f"uses the operator {match[1]}, which is not simulated")
        if (match := _OPERATOR.match(self._text, self._position)) is None:
            return lambda item, root: (value := left(item, root)) is not MISSING and value is not None
        self._position = match.end()
        return self._comparison(left, match[1].lower())

    def _comparison(self, left: Value, operator: str) -> Test:
        if operator == "=~":
            pattern = self._regex()
            return lambda item, root: (text := _plain(left(item, root))) is not None and bool(pattern.fullmatch(text))
        right = self._value()
        compare = _COMPARE[operator]
        return lambda item, root: compare(left(item, root), right(item, root))

    def _regex(self) -> re.Pattern[str]:
        match = _REGEX.match(self._text, self._position)
        if match is None:
            raise self._problem("needs a pattern like /a.*/i after =~")
        self._position = match.end()
        flags = 0
        for flag in match[2]:
            if flag not in _FLAGS:
                raise self._problem(f"has the flag {flag} in a pattern, which is not simulated")
            flags |= _FLAGS[flag]
        try:
            return re.compile(match[1], flags)
        except re.error as error:
            raise self._problem(f"has a pattern that cannot be read: {error}") from error

    def _value(self) -> Value:
        self._blanks()
        text, position = self._text, self._position
        if text[position : position + 1] in ("@", "$"):
            return self._path()
        if match := _TEXT.match(text, position):
            self._position = match.end()
            literal: Any = re.sub(r"\\(.)", r"\1", match[1] if match[1] is not None else match[2])
        elif match := _WORD.match(text, position):
            self._position = match.end()
            literal = _WORDS[match[1]]
        elif match := _NUMBER.match(text, position):
            self._position = match.end()
            literal = self._number(match[0])
        elif text[position : position + 1] in ("[", "{"):
            literal = self._json()
        else:
            raise self._problem(f"has no value at {text[position : position + 20]!r}")
        return lambda _item, _root: literal

    def _number(self, text: str) -> int | float:
        try:
            return read_number(text)
        except BadJson as error:
            raise self._problem(f"has a bad value: {error}") from error

    def _json(self) -> Any:
        """Return an array or object written in the filter; Jayway allows single quotes there."""
        start = self._position
        end = closing(self._text, start)
        self._position = end
        written = self._text[start:end]
        text = _TEXT.sub(lambda match: json.dumps(match[1] if match[1] is not None else match[2]), written)
        try:
            return read_json(text)
        except BadJson as error:
            raise self._problem(f"has a value that is not JSON: {written}: {error.reason}") from error

    def _path(self) -> Value:
        text, start = self._text, self._position
        position = start + 1
        while position < len(text):
            character = text[position]
            if character == "[":
                position = closing(text, position)
            elif character in " )=!<>&|,~":
                break
            elif character == "(":
                raise self._problem("uses a function of JsonPath, which is not simulated")
            else:
                position += 1
        self._position = position
        read = self._compile_query(text[start + 1 : position])
        if text[start] == "@":
            return lambda item, _root: read(item)
        return lambda _item, root: read(root)


def closing(text: str, start: int) -> int:
    """Return the position after the bracket that closes the one at `start`, or the end of the text."""
    depth, position = 0, start
    while position < len(text):
        if match := _TEXT.match(text, position) or _AFTER_MATCHES.match(text, position):
            position = match.end()
            continue
        depth += {"[": 1, "{": 1, "(": 1, "]": -1, "}": -1, ")": -1}.get(text[position], 0)
        position += 1
        if depth == 0:
            break
    return position


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _plain(value: Any) -> str | None:
    """Return a text, or a number or boolean as text; None for anything else."""
    if isinstance(value, str):
        return value
    return to_json(value) if isinstance(value, (int, float)) else None


def _equal(left: Any, right: Any) -> bool:
    if left is MISSING or right is MISSING:
        return False
    if _is_number(left) and isinstance(right, str):
        try:
            return bool(Decimal(right) == Decimal(str(left)))
        except InvalidOperation:
            return False
    if isinstance(left, str) and _is_number(right):
        return left == to_json(right)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _ordered(left: Any, right: Any) -> bool:
    return (_is_number(left) and _is_number(right)) or (isinstance(left, str) and isinstance(right, str))


def _contains(left: Any, right: Any) -> bool:
    if isinstance(left, list):
        return any(_equal(entry, right) for entry in left)
    return isinstance(left, str) and isinstance(right, str) and right in left


def _in(left: Any, right: Any) -> bool:
    return isinstance(right, list) and any(_equal(left, entry) for entry in right)


def _has_size(left: Any, right: Any) -> bool:
    return _is_number(right) and isinstance(left, (str, list)) and len(left) == int(right)


def _is_empty(left: Any, right: Any) -> bool:
    return isinstance(left, (str, list, dict)) and isinstance(right, bool) and (not left) is right


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<": lambda left, right: _ordered(left, right) and left < right,
    "<=": lambda left, right: _ordered(left, right) and left <= right,
    ">": lambda left, right: _ordered(left, right) and left > right,
    ">=": lambda left, right: _ordered(left, right) and left >= right,
    "in": _in,
    "nin": lambda left, right: not _in(left, right),
    "size": _has_size,
    "empty": _is_empty,
    "contains": _contains,
}
