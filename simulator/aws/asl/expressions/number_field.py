"""A field that holds a number: written as one, or in a JSONata state as an expression that gives one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import QueryEvaluationError
from simulator.aws.asl.expressions.jsonata import jsonata_field
from simulator.aws.asl.json_text import to_json

if TYPE_CHECKING:
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.scope import Scope


class NumberField:
    """A number from `least` to `most`; `whole` if it must be an integer. `literal` is the number, if it is written."""

    __slots__ = ("_expression", "_least", "_most", "_whole", "literal")

    def __init__(self, fields: Fields, name: str, *, least: float, most: float, whole: bool = True) -> None:
        self._least, self._most, self._whole = least, most, whole
        before = len(fields.problems)
        self._expression = jsonata_field(fields, name)
        self.literal: Any = None
        if self._expression is None and len(fields.problems) == before:
            self.literal = (fields.integer if whole else fields.number)(name, least=least, most=most)  # type: ignore[arg-type]

    def read(self, scope: Scope) -> Any:
        """Return the number; None if the field is absent.

        Raises:
            QueryEvaluationError: the expression fails, or gives something else.
        """
        if self._expression is None:
            return self.literal
        value = self._expression.expect(scope, "number")
        if self._whole and float(value).is_integer():
            value = int(value)
        if (self._whole and not isinstance(value, int)) or not self._least <= value <= self._most:
            kind = "a whole number" if self._whole else "a number"
            raise QueryEvaluationError(  # AWS's words are not known
                f"The JSONata expression '{self._expression.text}' specified for the field '{self._expression.path}' "
                f"returned an unexpected result. Expected {kind} from {self._least} to {self._most}, but was "
                f"{to_json(value)}",
                self._expression.path,
            )
        return value
