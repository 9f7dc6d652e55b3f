"""JSON in which strings may be JSONata expressions: `Arguments`, `Output`, `Assign`, `ItemSelector` and others.

States Language, "JSONata". Keys are never expressions, and numbers, booleans and other strings stand for themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.expressions.jsonata import expression_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.scope import Scope

    Evaluate = Callable[[Scope], Any]


def compile_values(raw: Any, name: str, fields: Fields, sees: tuple[str, ...] = ()) -> Evaluate | None:
    """Return the function that makes the value, or None if it is a constant.

    Args:
        raw: the value as written.
        name: its field, with `/` before what is inside it.
        fields: notes the problems.
        sees: which of `result` and `errorOutput` its expressions may read in `$states`.
    """
    if isinstance(raw, str):
        expression = expression_in(raw, name, fields, sees)
        return None if expression is None else expression.evaluate
    if isinstance(raw, list):
        parts = [compile_values(entry, f"{name}[{index}]", fields, sees) for index, entry in enumerate(raw)]
        return None if not any(parts) else _array(raw, parts)
    if isinstance(raw, dict):
        made = {key: compile_values(entry, f"{name}/{key}", fields, sees) for key, entry in raw.items()}
        computed = {key: evaluate for key, evaluate in made.items() if evaluate is not None}
        return None if not computed else lambda scope: {**raw, **{key: make(scope) for key, make in computed.items()}}
    return None


def _array(raw: list[Any], parts: list[Evaluate | None]) -> Evaluate:
    return lambda scope: [entry if make is None else make(scope) for entry, make in zip(raw, parts, strict=True)]
