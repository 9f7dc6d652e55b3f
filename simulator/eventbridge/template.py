"""Reads an InputTemplate: its text, and where the variables stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.eventbridge.errors import ValidationException

if TYPE_CHECKING:
    from collections.abc import Collection

_TOKEN = re.compile(r'\\.|"|<([A-Za-z0-9_.-]+)>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`<variable>` in a template: whether inside a JSON string, and whether it is an object's value of its own."""

    variable: str
    quoted: bool
    follows_colon: bool


def parse_template(text: str, *, known: Collection[str], target: str, strict: bool) -> list[str | Placeholder]:
    """Split a template into its text and its placeholders, in order.

    Args:
        text: the InputTemplate.
        known: the variables there are.
        target: the target's Id, for messages.
        strict: whether an unknown variable is refused; else it stays as text.

    Raises:
        ValidationException: a variable that is not known, or one in the key of an object.
    """
    parts: list[str | Placeholder] = []
    done = 0
    opened = -1  # where the string we are in begins; -1 outside
    in_string: list[str] = []
    for token in _TOKEN.finditer(text):
        variable = token[1]
        if token[0] == '"':
            if opened >= 0 and in_string and _colon_at(text, token.end()):
                raise _key_refused(in_string[0], target)
            opened = -1 if opened >= 0 else token.start()
            in_string = []
        elif variable is not None and variable not in known and strict:
            raise ValidationException(f"InputTemplate for target {target} contains invalid placeholder {variable}.")
        elif variable is not None and variable in known:
            if opened >= 0:
                in_string.append(variable)
            elif _colon_at(text, token.end()):
                raise _key_refused(variable, target)
            follows = opened < 0 and text[: token.start()].rstrip().endswith(":")
            parts += [text[done : token.start()], Placeholder(variable, opened >= 0, follows)]
            done = token.end()
    return [part for part in (*parts, text[done:]) if part != ""]


def _colon_at(text: str, position: int) -> bool:
    return text[position:].lstrip().startswith(":")


def _key_refused(variable: str, target: str) -> ValidationException:
    return ValidationException(
        f"InputTemplate for target {target} contains the placeholder {variable} in the key of an object; "
        "it may only stand in a value."
    )
