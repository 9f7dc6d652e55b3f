"""Fields of a state that hold a path: `InputPath`, `OutputPath`, `ItemsPath` and the other `...Path` fields.

`MaxConcurrencyPath`, `SecondsPath`, `TimeoutSecondsPath` and others lead to a number. Recorded on AWS: a JSON string
that reads as a number counts as one ("2"; "2.5" for a percentage). AWS reads what the path names as text and parses
that as a 64-bit integer, so 2.0, 1.5 and 9223372036854775808 are not valid integers.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.fields import JSONATA
from simulator.aws.asl.errors import RUNTIME, EvaluationError
from simulator.aws.asl.expressions.jsonpath import PathNotFoundError, PathSyntaxError, compile_path

if TYPE_CHECKING:
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.jsonpath import Path
    from simulator.aws.asl.expressions.scope import Scope


class PathField:
    """`InputPath`, `OutputPath` and their like: a path, or null for an empty object.

    `is_input` tells that it is `$`: what it names is the scope's input, so that a caller need make no scope for it.
    """

    __slots__ = ("is_input", "path")

    def __init__(self, fields: Fields, name: str) -> None:
        self.path: Path | None = compile_path("$")
        raw = fields.take(name, "$")
        try:
            self.path = (
                None if raw is None else compile_path(raw) if isinstance(raw, str) else self._refuse(fields, name)
            )
        except PathSyntaxError as error:
            fields.problem(name, f"cannot be read: {error}", aws="Value is not a valid JSONPath")
        self.is_input = self.path is not None and self.path.steps == () and self.path.source == "input"

    @staticmethod
    def _refuse(fields: Fields, name: str) -> Path:
        fields.problem(name, "must be a path or null")
        return compile_path("$")

    def read(self, scope: Scope) -> Any:
        """Return what the path names; an empty object for null."""
        return {} if self.path is None else read_path(self.path, scope)


def read_path(path: Path, scope: Scope) -> Any:
    """Return what a path of a state's field names.

    Example:
        >>> from simulator.aws.asl.expressions.scope import Scope
        >>> scope = Scope({"user": {"id": 7}}, lambda: {"State": {"Name": "Load"}}, {"stage": "test"})
        >>> [read_path(compile_path(text), scope) for text in ("$.user.id", "$$.State.Name", "$stage", "$..id")]
        [7, 'Load', 'test', [7]]
        >>> read_path(compile_path("$.name"), scope)
        Traceback (most recent call last):
        simulator.aws.asl.errors.EvaluationError: States.Runtime: Invalid path '$.name' : No results for path: $['name']

    Raises:
        EvaluationError: States.Runtime in AWS's words, if it names nothing.
    """
    try:
        return path.read(scope)
    except PathNotFoundError as error:
        raise EvaluationError(RUNTIME, f"Invalid path '{path.text}' : {error}") from error


def reference_field(fields: Fields, name: str, *, context: bool = False) -> Path | None:
    """Return a field that is a Reference Path, compiled; None if it is absent, or is not one (a problem then).

    It names one place, with `.` and `[]` only: no `[*]`, `..`, slice or filter. It starts in the input or in a
    variable; with `context` (ItemsPath alone) in the context object too. Measured on AWS for the fields of a Map,
    written in the States Language for the others.
    """
    path = path_field(fields, name)
    if path is not None and (path.steps is None or (path.source == "context" and not context)):
        fields.problem(
            name,
            f"must be a Reference Path, which names one place with . and [] only, not {path.text!r}",
            aws="Value is not a Reference Path",
        )
        return None
    return path


def path_field(fields: Fields, name: str) -> Path | None:
    """Return a `...Path` field of a state, compiled; None if it is absent, or not a path (a problem then)."""
    if fields.language == JSONATA:
        return None  # left unread, so that it is refused
    text = fields.string(name)
    if text is None:
        return None
    try:
        return compile_path(text)
    except PathSyntaxError as error:
        fields.problem(name, f"cannot be read: {error}", aws="Value is not a valid JSONPath")
        return None


_INTEGER = re.compile(r"[+-]?[0-9]+")
_REAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LONG = 2**63


def long_of(value: Any) -> int | None:
    """Return the 64-bit integer that a JSON number or string reads as; None for anything else.

    Example:
        >>> [long_of(value) for value in (2, "2", "-1", "+7", 2.0, "2.0", "x", "", True, None, 2**63)]
        [2, 2, -1, 7, None, None, None, None, None, None, None]
    """
    if isinstance(value, str):
        if _INTEGER.fullmatch(value) is None or len(value) > 30:  # noqa: PLR2004 - more than any 64-bit integer has
            return None
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not -_LONG <= value < _LONG:
        return None
    return value


def real_of(value: Any) -> float | None:
    """Return the number that a JSON number or string reads as; None for anything else.

    Example:
        >>> [real_of(value) for value in (2, 2.5, "2.5", "1e1", "x", "NaN", False)]
        [2, 2.5, 2.5, 10.0, None, None, None]
    """
    if isinstance(value, str):
        value = float(value) if _REAL.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isinf(value):
        return None
    return value
