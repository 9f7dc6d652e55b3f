r"""The expressions of intrinsic functions: `States.Format('{}-{}', $.a, States.UUID())`.

States Language, "Intrinsic Functions": arguments are strings in single quotes, numbers, true, false, null, paths and
other functions; in a string `\'`, `\{`, `\}` and `\\` are escapes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import INTRINSIC_FAILURE, EvaluationError, IntrinsicFailure
from simulator.aws.asl.expressions.intrinsic_functions import ANY, FUNCTIONS, IntrinsicError
from simulator.aws.asl.expressions.jsonpath import PathNotFoundError, PathSyntaxError, compile_path
from simulator.aws.asl.quotas import MAX_INTRINSICS_PER_FIELD
from simulator.aws.json_reader import BadJson, read_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.asl.expressions.scope import Scope

    Expression = Callable[[Scope], Any]

_FUNCTION = re.compile(r"\s*([A-Za-z][A-Za-z0-9_.]*)\s*\(")
_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}
_ESCAPABLE = set("'{}\\")


class IntrinsicSyntaxError(ValueError):
    """A text that is not an intrinsic function call; the message says why."""


class Intrinsic:
    """A compiled intrinsic function call; `read(scope)` gives its value.

    Example:
        >>> from simulator.aws.asl.expressions.scope import Scope
        >>> Intrinsic("States.Format('{}-{}', $.name, States.MathAdd($.count, 1))").read(
        ...     Scope({"name": "row", "count": 4}, dict, {})
        ... )
        'row-5'

    Args:
        text: the expression as written.

    Raises:
        IntrinsicSyntaxError: it is not one, names an unknown function, or has more than ten functions.
    """

    __slots__ = ("_count", "_position", "read", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._position = 0
        self._count = 0
        try:
            self.read: Expression = self._call()
        except RecursionError:
            raise self._syntax("it is nested too deeply") from None
        if text[self._position :].strip():
            raise self._syntax(f"unexpected {text[self._position :].strip()[:20]!r}")
        if self._count > MAX_INTRINSICS_PER_FIELD:
            raise self._syntax(f"{self._count} intrinsic functions in one field; AWS allows {MAX_INTRINSICS_PER_FIELD}")

    def _syntax(self, reason: str) -> IntrinsicSyntaxError:
        return IntrinsicSyntaxError(f"{self.text!r} is not an intrinsic function call: {reason}")

    def _call(self) -> Expression:
        match = _FUNCTION.match(self.text, self._position)
        if match is None:
            raise self._syntax(f"expected a function at character {self._position + 1}")
        name = match[1]
        if name not in FUNCTIONS:
            raise self._syntax(f"there is no function {name}")
        self._count += 1
        self._position = match.end()
        arguments = self._arguments(raw_template=name == "States.Format")
        function, fewest, most = FUNCTIONS[name]
        if not fewest <= len(arguments) <= most:
            wanted = f"{fewest} or more" if most == ANY else (str(fewest) if fewest == most else f"{fewest} to {most}")
            raise self._syntax(f"{name} takes {wanted} arguments, not {len(arguments)}")
        return self._calling(name, function, arguments)

    def _calling(self, name: str, function: Callable[..., Any], arguments: list[Expression]) -> Expression:
        text = self.text

        def call(scope: Scope) -> Any:
            values = [argument(scope) for argument in arguments]
            try:
                return function(*values)
            except IntrinsicError as error:
                raise IntrinsicFailure(text, name, str(error)) from error

        return call

    def _arguments(self, *, raw_template: bool) -> list[Expression]:
        arguments: list[Expression] = []
        while True:
            self._skip_blanks()
            if self.text.startswith(")", self._position):
                if arguments and self.text[: self._position].rstrip().endswith(","):
                    raise self._syntax("an argument is missing")
                self._position += 1
                return arguments
            if arguments and not self.text[: self._position].rstrip().endswith(","):
                raise self._syntax(f"expected , or ) at character {self._position + 1}")
            arguments.append(self._argument(raw_template=raw_template and not arguments))
            self._skip_blanks()
            if self.text.startswith(",", self._position):
                self._position += 1

    def _skip_blanks(self) -> None:
        while self._position < len(self.text) and self.text[self._position].isspace():
            self._position += 1

    def _argument(self, *, raw_template: bool) -> Expression:
        if match := _STRING.match(self.text, self._position):
            self._position = match.end()
            return self._text(match[1], raw_template=raw_template)
        if match := _NUMBER.match(self.text, self._position):
            self._position = match.end()
            number = self._number(match[0])
            return lambda _scope: number
        for word, constant in _WORDS.items():
            if re.match(rf"{word}\b", self.text[self._position :]):
                self._position += len(word)
                return lambda _scope, constant=constant: constant  # type: ignore[misc]
        if self.text.startswith("$", self._position):
            return self._path()
        return self._call()

    def _number(self, text: str) -> int | float:
        try:
            return read_number(text)
        except BadJson as error:
            raise self._syntax(str(error)) from error

    def _text(self, raw: str, *, raw_template: bool) -> Expression:
        """Return the text of a string. Recorded on AWS: any other escape than the four is refused at creation."""
        for escaped in re.findall(r"\\(.)", raw, re.DOTALL):
            if escaped not in _ESCAPABLE:
                raise self._syntax(f"\\{escaped} is not an escape; a backslash is written \\\\")
        value = self._template(raw) if raw_template else re.sub(r"\\(.)", r"\1", raw, flags=re.DOTALL)
        return lambda _scope: value

    def _template(self, raw: str) -> str:
        r"""Keep `\{` and `\}` for States.Format, which must tell them from placeholders."""
        return raw.replace("\\'", "'")

    def _path(self) -> Expression:
        start, depth, quote = self._position, 0, ""
        while self._position < len(self.text):
            character = self.text[self._position]
            if quote:
                quote = "" if character == quote else quote
            elif depth and character in "'\"":
                quote = character
            elif character in "[(":
                depth += 1
            elif character in "])" and depth:
                depth -= 1
            elif not depth and character in ",)":
                break
            self._position += 1
        path_text = self.text[start : self._position].strip()
        try:
            path = compile_path(path_text)
        except PathSyntaxError as error:
            raise self._syntax(str(error)) from error
        text = self.text

        def read(scope: Scope) -> Any:
            try:
                return path.read(scope)
            except PathNotFoundError as error:
                raise EvaluationError(
                    INTRINSIC_FAILURE, f"The function '{text}' failed: the path {path_text} finds nothing: {error}"
                ) from error

        return read
