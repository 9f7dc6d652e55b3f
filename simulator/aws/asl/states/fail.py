"""The Fail state: ends the machine, the branch or the iteration with an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from simulator.aws.asl.definition.fields import JSONATA
from simulator.aws.asl.errors import RUNTIME, EvaluationError, StateError
from simulator.aws.asl.expressions.jsonata import jsonata_field
from simulator.aws.asl.expressions.templates import compile_expression
from simulator.aws.asl.json_text import to_json
from simulator.aws.asl.states.state import State

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from simulator.aws.asl.definition.build_context import BuildContext
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.scope import Scope
    from simulator.aws.asl.runtime.frame import Frame


class FailState(State):
    """States Language, "Fail State"; `ErrorPath` and `CausePath` take a path or an intrinsic function giving text.

    In JSONata mode `Error` and `Cause` may be expressions.
    """

    kind = "Fail"
    transition = None

    def __init__(self, name: str, fields: Fields, context: BuildContext) -> None:  # noqa: ARG002 - one signature for all
        super().__init__(name, fields)
        self._error = _text_field(fields, "Error")
        self._cause = _text_field(fields, "Cause")

    def resume(self, frame: Frame, data: Any, entered_at: datetime, entered_id: int) -> tuple[Any, str | None]:
        """Enter the state once more: a redriven Fail fails again."""
        del entered_at, entered_id
        return self.run(frame, data)

    def execute(self, frame: Frame, data: Any) -> NoReturn:
        """Fail with the error and cause given."""
        scope = frame.scope(data)
        raise StateError(self._error(scope) or "", self._cause(scope))


def _text_field(fields: Fields, name: str) -> Callable[[Scope], str | None]:
    """Return what reads `Error` or `ErrorPath` (`Cause` or `CausePath`)."""
    path_name = f"{name}Path"
    if fields.language == JSONATA:
        jsonata = jsonata_field(fields, name)
        if jsonata is not None:
            return lambda scope: str(jsonata.expect(scope, "string"))
        text = fields.string(name)
        return lambda _scope: text
    fields.exclude(name, path_name)
    literal = fields.string(name)
    if path_name not in fields:
        return lambda _scope: literal
    expression = fields.take(path_name)
    evaluate = compile_expression(expression, path_name, fields)

    def read(scope: Scope) -> str | None:
        value = evaluate(scope) if evaluate else None
        if not isinstance(value, str):
            raise EvaluationError(
                RUNTIME, f"The field '{path_name}' must give a string, but {expression} gives {to_json(value)}"
            )
        return value

    return read
