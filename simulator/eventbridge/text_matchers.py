"""Matchers of strings: prefix, suffix, equals-ignore-case, wildcard.

Source: README of github.com/aws/event-ruler.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_CASE = " (upper and lower case differ)"


@dataclass(frozen=True, slots=True)
class Prefix:
    """The string begins with `text`."""

    text: str
    ignore_case: bool = False

    @property
    def words(self) -> str:
        """What it asks for."""
        return f"start with {self.text!r}{_ignoring(self.ignore_case)}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value begins so."""
        return isinstance(value, str) and _fold(value, self.ignore_case).startswith(_fold(self.text, self.ignore_case))

    def nearly(self, value: Any) -> str:
        """Say whether only the case differs."""
        return _CASE if not self.ignore_case and Prefix(self.text, ignore_case=True).matches(value) else ""


@dataclass(frozen=True, slots=True)
class Suffix:
    """The string ends with `text`."""

    text: str
    ignore_case: bool = False

    @property
    def words(self) -> str:
        """What it asks for."""
        return f"end in {self.text!r}{_ignoring(self.ignore_case)}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value ends so."""
        return isinstance(value, str) and _fold(value, self.ignore_case).endswith(_fold(self.text, self.ignore_case))

    def nearly(self, value: Any) -> str:
        """Say whether only the case differs."""
        return _CASE if not self.ignore_case and Suffix(self.text, ignore_case=True).matches(value) else ""


@dataclass(frozen=True, slots=True)
class EqualsIgnoreCase:
    """The string equals `text` but for upper and lower case."""

    text: str

    @property
    def words(self) -> str:
        """What it asks for."""
        return f"be {self.text!r} in any case"

    def matches(self, value: Any) -> bool:
        """Tell whether the value equals the text."""
        return isinstance(value, str) and value.lower() == self.text.lower()

    def nearly(self, _value: Any) -> str:
        """Return nothing: nothing looks right and is not."""
        return ""


class Wildcard:
    r"""The string fits a text in which `*` stands for any characters; `\*` and `\\` for themselves.

    Raises:
        ValueError: two stars in a row, or a backslash before anything else.
    """

    __slots__ = ("_regex", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        parts: list[str] = []
        position = 0
        while position < len(text):
            pair = text[position : position + 2]
            if pair == "**":
                raise ValueError(f"Consecutive wildcard characters at pos {position}")
            if pair[0] == "\\":
                if pair not in ("\\*", "\\\\"):
                    raise ValueError(f"Invalid escape character at pos {position}")
                parts.append(re.escape(pair[1]))
                position += 2
                continue
            parts.append(".*" if pair[0] == "*" else re.escape(pair[0]))
            position += 1
        self._regex = re.compile("".join(parts), re.DOTALL)

    @property
    def words(self) -> str:
        """What it asks for."""
        return f"fit {self.text!r}"

    def matches(self, value: Any) -> bool:
        """Tell whether the value fits."""
        return isinstance(value, str) and self._regex.fullmatch(value) is not None

    def nearly(self, value: Any) -> str:
        """Say whether only the case differs."""
        if isinstance(value, str) and re.fullmatch(self._regex.pattern, value, re.DOTALL | re.IGNORECASE):
            return _CASE
        return ""


def _fold(text: str, ignore_case: bool) -> str:  # noqa: FBT001 - private, and named where it is called
    return text.lower() if ignore_case else text


def _ignoring(ignore_case: bool) -> str:  # noqa: FBT001 - private
    return " in any case" if ignore_case else ""
