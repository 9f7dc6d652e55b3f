"""Filter patterns for JSON messages: `{ ($.level = "ERROR") && ($.count > 3) }`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

import orjson

from simulator.aws.logs.pattern_text import BadPattern, compiled_regex

_TOKEN = re.compile(
    r"\s*(?:"
    r"(?P<selector>\$(?:\.[A-Za-z0-9_@#/:-]+|\.\*|\[\d+\]|\[\*\]|\[\"[^\"]+\"\]|\['[^']+'\])+)"
    r'|"(?P<string>(?:[^"\\]|\\.)*)"'
    r"|%(?P<regex>(?:[^%\\]|\\.)*)%"
    r"|(?P<operator>&&|\|\||!=|<=|>=|=|<|>|\(|\))"
    r"|(?P<word>[^\s()=<>!&|\"%]+)"
    r")"
)
_STEP = re.compile(r"\.([A-Za-z0-9_@#/:-]+|\*)|\[(\d+|\*)\]|\[[\"']([^\"']+)[\"']\]")
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_IS: dict[str, Callable[[Any], bool]] = {
    "TRUE": lambda value: value is True,
    "FALSE": lambda value: value is False,
    "NULL": lambda value: value is None,
}

Test = Callable[[Any], bool]


class JsonFilter:
    """A pattern in braces. Only a message that is a JSON object or array can match.

    Args:
        text: the pattern, braces included.

    Raises:
        BadPattern: with the place.
    """

    def __init__(self, text: str) -> None:
        if not text.endswith("}"):
            raise BadPattern("the closing } is missing")
        self._tokens = list(_tokens(text[1:-1]))
        self._at = 0
        self._test = self._either()
        if self._at < len(self._tokens):
            raise self._wrong("&& or ||")

    def matches(self, message: str) -> bool:
        """Tell whether a message matches."""
        try:
            value = orjson.loads(message)
        except orjson.JSONDecodeError:
            return False
        return isinstance(value, dict | list) and self._test(value)

    def _either(self) -> Test:
        tests = [self._both()]
        while self._take("operator", "||"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda value: any(test(value) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._take("operator", "&&"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda value: all(test(value) for test in tests)

    def _one(self) -> Test:
        if self._take("operator", "("):
            test = self._either()
            if not self._take("operator", ")"):
                raise self._wrong(")")
            return test
        selector = self._take("selector")
        if selector is None:
            raise self._wrong("a selector such as $.level")
        found = _selector(selector)
        if self._take("word", "NOT"):
            if not self._take("word", "EXISTS"):
                raise self._wrong("EXISTS")
            return lambda value: not found(value)
        if self._take("word", "EXISTS"):
            return lambda value: bool(found(value))
        if self._take("word", "IS"):
            kind = self._take("word")
            if kind not in _IS:
                raise self._wrong("TRUE, FALSE or NULL", back=kind is not None)
            is_kind = _IS[kind]
            return lambda value: any(is_kind(one) for one in found(value))
        return self._comparison(found)

    def _comparison(self, found: Callable[[Any], list[Any]]) -> Test:
        sign = self._take("operator")
        if sign not in ("=", "!=", *_ORDERS):
            raise self._wrong("=, !=, <, >, <=, >=, IS, EXISTS or NOT EXISTS", back=sign is not None)
        if sign in _ORDERS:
            text = self._take("word")
            if text is None or not _NUMBER.fullmatch(text):
                raise self._wrong("a number", back=text is not None)
            number, compare = float(text), _ORDERS[sign]
            return lambda value: any(compare(one, number) for one in found(value) if _is_number(one))
        equal = self._equality()
        if sign == "=":
            return lambda value: any(equal(one) for one in found(value))
        # A field that is missing, or is an object or array, is not compared.
        return lambda value: any(not equal(one) for one in found(value) if not isinstance(one, dict | list))

    def _equality(self) -> Test:
        if (regex := self._take("regex")) is not None:
            pattern = compiled_regex(regex)
            return lambda one: isinstance(one, str) and pattern.search(one) is not None
        if (string := self._take("string")) is not None:
            return _equal_text(re.sub(r"\\(.)", r"\1", string))
        word = self._take("word")
        if word is None:
            raise self._wrong("a value")
        if _NUMBER.fullmatch(word):
            number, same = float(word), _equal_text(word)
            return lambda one: float(one) == number if _is_number(one) else same(one)
        return _equal_text(word)

    def _take(self, kind: str, text: str | None = None) -> str | None:
        """Return the next token's text and go on, if it is of that kind (and has that text)."""
        if self._at < len(self._tokens):
            found, value = self._tokens[self._at]
            if found == kind and text in (None, value):
                self._at += 1
                return value
        return None

    def _wrong(self, wanted: str, *, back: bool = False) -> BadPattern:
        at = self._at - back
        found = repr(self._tokens[at][1]) if at < len(self._tokens) else "the end"
        return BadPattern(f"{found} stands in the place of {wanted}")


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise BadPattern(f"at {text[position:].strip()[:20]!r}")
        found.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found


def _selector(text: str) -> Callable[[Any], list[Any]]:
    """Return a function that gives the values a selector leads to: none, one, or with `*` several."""
    steps = [(name or quoted, index) for name, index, quoted in _STEP.findall(text)]

    def find(value: Any) -> list[Any]:
        values = [value]
        for name, index in steps:
            values = [inner for one in values for inner in _inside(one, name, index)]
        return values

    return find


def _inside(value: Any, name: str, index: str) -> list[Any]:
    if "*" in (name, index):
        return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if name:
        return [value[name]] if isinstance(value, dict) and name in value else []
    return [value[int(index)]] if isinstance(value, list) and int(index) < len(value) else []


def _equal_text(wanted: str) -> Test:
    """Compare with a text in which `*` stands for any characters."""
    pattern = re.compile(".*".join(map(re.escape, wanted.split("*"))), re.DOTALL)
    return lambda one: isinstance(one, str) and pattern.fullmatch(one) is not None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
