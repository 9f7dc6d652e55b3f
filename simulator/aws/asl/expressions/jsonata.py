"""JSONata expressions: strings that begin with `{%` and end with `%}`, as `{% $states.input.total * 2 %}`.

States Language, "JSONata"; developer guide, "Transforming data with JSONata in Step Functions". The language itself is
the library `jlens` (docs/decisions.md says why). Here is what Step Functions adds: `$states`, the variables, functions
of its own, and the words of each failure, which are recorded on AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from jlens import Expression, JlensError

from simulator.aws.asl.definition.fields import JSONATA
from simulator.aws.asl.errors import QueryEvaluationError
from simulator.aws.asl.expressions.jsonata_functions import FUNCTIONS, FunctionRefused
from simulator.aws.asl.expressions.jsonpath import PathNotFoundError
from simulator.aws.asl.json_text import to_json

if TYPE_CHECKING:
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.scope import Scope

OPEN, CLOSE = "{%", "%}"
MAX_SECONDS = 10.0
"""How long one expression may take. AWS has a limit as well; its size is not documented."""
MAX_DEPTH = 500


class Jsonata:
    """A compiled expression.

    Example:
        >>> from simulator.aws.asl.expressions.scope import Scope
        >>> scope = Scope({"rows": [3, 4]}, lambda: {"State": {"Name": "Sum"}}, {"factor": 10})
        >>> Jsonata("$sum($states.input.rows) * $factor", "Output").evaluate(scope)
        70
        >>> Jsonata("$states.input.none", "Output/none").evaluate(scope)
        Traceback (most recent call last):
        simulator.aws.asl.errors.QueryEvaluationError: States.QueryEvaluationError: The JSONata expression \
'$states.input.none' specified for the field 'Output/none' returned nothing (undefined).

    Args:
        text: the expression, without its braces.
        path: the field it stands in, as AWS names it in failures: `Output/total`.

    Raises:
        JlensError: it is not JSONata.
    """

    __slots__ = ("_expression", "_reads", "_variables", "path", "text")

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self._expression = Expression(text)
        for name, function in FUNCTIONS.items():
            if name in text:
                self._expression.register_function(name, function)
        read = self._expression.reads()["bindings"]
        states = read.pop("states", {})
        self._reads: frozenset[str] | None = None if states is True else frozenset(states)
        self._variables = tuple(read)

    def reads(self, member: str) -> bool:
        """Tell whether the expression names a member of `$states` (`result`, `errorOutput`)."""
        return self._reads is not None and member in self._reads

    def evaluate(self, scope: Scope) -> Any:
        """Return the expression's value (JSON).

        Raises:
            QueryEvaluationError: it fails, or gives nothing.
        """
        try:
            text = self._expression.evaluate_json(None, self._bindings(scope), timeout=MAX_SECONDS, max_depth=MAX_DEPTH)
        except JlensError as error:
            raise self._failed(f"threw an error during evaluation. {error.code}: {error}") from error
        except FunctionRefused as error:
            raise self._failed(f"threw an error during evaluation. {error}") from error
        if text is None:
            raise self._failed("returned nothing (undefined).")
        return orjson.loads(text)

    def expect(self, scope: Scope, kind: str) -> Any:
        """Return the expression's value, which must be of a JSON type (`number`, `string`, `boolean`, `array`).

        Raises:
            QueryEvaluationError: it is not; or the expression fails, or gives nothing.
        """
        value = self.evaluate(scope)
        if type_name(value) != kind:
            raise unexpected_type(self.text, self.path, kind, value)
        return value

    def _failed(self, told: str) -> QueryEvaluationError:
        return _failure(self.text, self.path, told)

    def _bindings(self, scope: Scope) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in self._variables:
            try:
                found[name] = scope.variables.get(name)
            except (PathNotFoundError, KeyError):  # undefined, as of a name that the expression itself assigns
                continue
        if self._reads is None or self._reads:
            found["states"] = self._states(scope)
        return found

    def _states(self, scope: Scope) -> dict[str, Any]:
        states = {"input": scope.input, **scope.outcome}
        if self._reads is None or "context" in self._reads:
            states["context"] = scope.context
        return states if self._reads is None else {name: states[name] for name in self._reads if name in states}


def unexpected_type(text: str, path: str, kind: str, value: Any) -> QueryEvaluationError:
    """Return the error of an expression that gives a value of another type than its field takes."""
    told = f"Expected '{kind}', but was '{type_name(value)}' for value: {to_json(value)}"
    return _failure(text, path, f"returned an unexpected result type. {told}")


def _failure(text: str, path: str, told: str) -> QueryEvaluationError:
    return QueryEvaluationError(f"The JSONata expression '{text}' specified for the field '{path}' {told}", path)


def type_name(value: Any) -> str:
    """Return the name of a JSON value's type, as AWS's messages have it."""
    if isinstance(value, bool):
        return "boolean"
    if value is None:
        return "null"
    names = ((int | float, "number"), (str, "string"), (list, "array"))
    return next((name for kind, name in names if isinstance(value, kind)), "object")


def expression_in(raw: Any, name: str, fields: Fields, sees: tuple[str, ...] = ()) -> Jsonata | None:
    """Return the expression in a string of a JSONata state; None if the value is none, or is not sound (a problem).

    A string is an expression if it begins with `{%` and ends with `%}`; with only one of the two it is a mistake.

    Args:
        raw: the value as written.
        name: its field, with `/` before what is inside it.
        fields: notes the problems.
        sees: which of `result` and `errorOutput` the expression may read in `$states`; AWS refuses others when the
            state machine is created.
    """
    if fields.language != JSONATA or not isinstance(raw, str):
        return None
    opened, closed = raw.startswith(OPEN), raw.endswith(CLOSE) and len(raw) >= len(OPEN + CLOSE)
    if not opened and not closed:
        return None
    if opened != closed:
        wrong = f"begins with {OPEN} and does not end with {CLOSE}" if opened else f"ends with {CLOSE} only"
        fields.problem(name.replace("/", "."), f"{wrong}; a JSONata expression needs both, without spaces around them")
        return None
    try:
        expression = Jsonata(raw[len(OPEN) : -len(CLOSE)].strip(), fields.path_to(name))
    except JlensError as error:
        where = "" if error.position is None else f" at character {error.position}"
        fields.problem(name.replace("/", "."), f"is not JSONata: {error.code}: {error}{where}")
        return None
    for member in ("result", "errorOutput"):
        if member not in sees and expression.reads(member):
            fields.problem(name.replace("/", "."), f"reads $states.{member}, which this field cannot see")
            return None
    return expression


def jsonata_field(fields: Fields, name: str) -> Jsonata | None:
    """Return a field that is one expression; None if it is not, so that the field is read as a literal."""
    raw = fields.raw.get(name)
    if fields.language != JSONATA or not isinstance(raw, str):
        return None
    fields.take(name)
    return expression_in(raw, name, fields)
