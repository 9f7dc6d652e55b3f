"""Paths: `$.a.b[0]` into the input, `$$.State.Name` into the context object, `$name.a` into a variable.

States Language, "Paths" and "Reference Paths". AWS evaluates them with Jayway JsonPath: a path that can name one
place only gives that value and fails if there is none; any other (wildcard, slice, filter, `..`) gives a list
(path_query.py).
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.expressions.path_filter import MISSING
from simulator.aws.asl.expressions.path_query import INDEX, MEMBER, NAME, Query, QueryError, QuerySyntaxError

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.asl.expressions.scope import Scope

_VARIABLE = re.compile(r"\$([^\W\d]\w*)")

_JAVA = {str: "java.lang.String", list: "net.minidev.json.JSONArray", type(None): "null", bool: "java.lang.Boolean"}

Step = str | int


class PathSyntaxError(ValueError):
    """A text that is not a path; the message says why."""


class PathNotFoundError(LookupError):
    """A path that leads nowhere in the data it was read from; the message is Jayway's."""


class Path:
    """A compiled path.

    Args:
        text: the path as written.

    Raises:
        PathSyntaxError: the text is not a path.
    """

    __slots__ = ("_query", "read", "source", "steps", "text", "variable")

    def __init__(self, text: str) -> None:
        self.text = text
        self.variable: str | None = None
        self.source, rest = self._split(text)
        self.steps = _definite_steps(rest)
        self._query = None if self.steps is not None else _compile_query(text, rest)
        self.read: Callable[[Scope], Any] = self._reader()

    def _split(self, text: str) -> tuple[str, str]:
        if text.startswith("$$"):
            return "context", text[2:]
        if match := _VARIABLE.match(text):
            self.variable = match[1]
            if self.variable == "states":
                raise PathSyntaxError(f"{text!r} is JSONata's $states, which is not simulated")
            return "variable", text[match.end() :]
        if text.startswith("$"):
            return "input", text[1:]
        raise PathSyntaxError(f"{text!r} does not begin with $")

    def _reader(self) -> Callable[[Scope], Any]:
        """Return the function that reads the path; the common case, one property of the input, is the short one."""
        evaluate = self.evaluate
        if self.variable is not None:
            name = self.variable
            return lambda scope: evaluate(scope.variables.get(name))
        root = attrgetter(self.source)
        if not self.steps:
            return (lambda scope: evaluate(root(scope))) if self.steps is None else root
        *way, last = self.steps

        def read(scope: Scope) -> Any:
            value = root(scope)
            try:
                for step in way:
                    value = value[step]
                if value.__class__ is not str:
                    return value[last]
            except (KeyError, IndexError, TypeError):
                pass
            return evaluate(root(scope))  # it finds the same, or says what is missing

        return read

    def evaluate(self, root: Any) -> Any:
        """Return what the path names in `root`.

        Raises:
            PathNotFoundError: a path to one place finds nothing there.
        """
        if self.steps is None:
            assert self._query is not None  # noqa: S101 - a path has steps or a query
            try:
                found = self._query.read(root)
            except QueryError as error:
                raise PathNotFoundError(str(error)) from error
            if found is MISSING:
                raise PathNotFoundError(f"No results for path: {self.text}")
            return found
        value = root
        for depth, step in enumerate(self.steps):
            if value.__class__ is str:
                raise PathNotFoundError(self._missing(value, depth))
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                raise PathNotFoundError(self._missing(value, depth)) from None
        return value

    def _missing(self, value: Any, depth: int) -> str:
        assert self.steps is not None  # noqa: S101 - only called for paths to one place
        step, here = self.steps[depth], bracketed(self.steps[:depth])
        if isinstance(step, str) and not isinstance(value, dict):
            kind = _JAVA.get(type(value), "java.lang.Number")
            return f"Expected to find an object with property ['{step}'] in path {here} but found '{kind}'."
        if depth + 1 < len(self.steps):
            return f"Missing property in path {bracketed(self.steps[: depth + 1])}"
        return f"No results for path: {bracketed(self.steps)}"


@lru_cache(maxsize=4096)
def compile_path(text: str) -> Path:
    """Return the compiled path (the same object for the same text).

    Example:
        >>> compile_path("$.rows[0].id").evaluate({"rows": [{"id": 7}]})
        7
        >>> compile_path("$.rows[*].id").evaluate({"rows": [{"id": 7}, {"id": 8}]})
        [7, 8]
        >>> compile_path("rows")
        Traceback (most recent call last):
        simulator.aws.asl.expressions.jsonpath.PathSyntaxError: 'rows' does not begin with $

    Raises:
        PathSyntaxError: `text` is not a path.
    """
    return Path(text)


class ReferencePath:
    """A path to one place of the input, for ResultPath: only `.` and `[]`.

    Example:
        >>> ReferencePath("$.answer.code").put({"id": 7}, 200)
        {'id': 7, 'answer': {'code': 200}}

    Raises:
        PathSyntaxError: the text is not a path, or names more than one place.
    """

    __slots__ = ("steps", "text")

    def __init__(self, text: str) -> None:
        path = Path(text)
        if path.steps is None or path.source != "input":
            raise PathSyntaxError(
                f"{text!r} is not a Reference Path: it must name one place of the input, with . and [] only"
            )
        self.text = text
        self.steps = path.steps

    def put(self, document: Any, value: Any) -> Any:
        """Return a copy of `document` with `value` at this place; missing objects on the way are made.

        Raises:
            PathNotFoundError: the place cannot be made (a property of something that is not an object).
        """
        return self._put(document, self.steps, value)

    def _put(self, document: Any, steps: tuple[Step, ...], value: Any) -> Any:
        if not steps:
            return value
        step, rest = steps[0], steps[1:]
        if isinstance(step, int):
            if isinstance(document, list) and -len(document) <= step < len(document):
                copy = list(document)
                copy[step] = self._put(document[step], rest, value)
                return copy
            raise PathNotFoundError(f"No element {step} to set at {self.text}")
        if not isinstance(document, dict):
            raise PathNotFoundError(f"No object to set {step!r} in at {self.text}")
        return {**document, step: self._put(document.get(step, {}), rest, value)}


def bracketed(steps: tuple[Step, ...]) -> str:
    """Return steps as Jayway prints them: `$['a'][0]`."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f"['{step}']" for step in steps)


def _definite_steps(rest: str) -> tuple[Step, ...] | None:
    """Return the steps of a path that can name one place only; None for any other."""
    steps: list[Step] = []
    position = 0
    while position < len(rest):
        if rest[position] == ".":
            position += 1
            if match := NAME.match(rest, position):
                steps.append(match[0])
                position = match.end()
                continue
        if match := MEMBER.match(rest, position):
            steps.append(match[1][1:-1])
        elif match := INDEX.match(rest, position):
            steps.append(int(match[1]))
        else:
            return None
        position = match.end()
    return tuple(steps)


def _compile_query(text: str, rest: str) -> Query:
    try:
        return Query(rest)
    except QuerySyntaxError as error:
        raise PathSyntaxError(f"{text!r} is not a path: it {error}") from error
    except RecursionError:
        raise PathSyntaxError(f"{text!r} is not a path: its filters are nested too deeply") from None
