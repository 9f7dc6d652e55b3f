"""Payload templates: JSON in which a key ending in `.$` takes its value from a path or an intrinsic function.

States Language, "Payload Template": Parameters, ResultSelector, ItemSelector, BatchInput and Assign are templates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.fields import JSONATA
from simulator.aws.asl.errors import RUNTIME, EvaluationError
from simulator.aws.asl.expressions.intrinsics import Intrinsic, IntrinsicSyntaxError
from simulator.aws.asl.expressions.jsonata_templates import compile_values
from simulator.aws.asl.expressions.jsonpath import PathNotFoundError, PathSyntaxError, compile_path
from simulator.aws.asl.json_text import to_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.scope import Scope

    Evaluate = Callable[[Scope], Any]


class PayloadTemplate:
    """A compiled template; `evaluate(scope)` gives the JSON value.

    Example:
        >>> from simulator.aws.asl.definition.fields import Fields
        >>> from simulator.aws.asl.expressions.scope import Scope
        >>> state = {"Parameters": {"id.$": "$.user", "label.$": "States.Format('user {}', $.user)", "kind": "row"}}
        >>> template = PayloadTemplate.of(Fields(state, "States.Load", problems := []), "Parameters")
        >>> template.evaluate(Scope({"user": 7}, dict, {}))
        {'id': 7, 'label': 'user 7', 'kind': 'row'}
        >>> problems
        []
    """

    __slots__ = ("evaluate", "raw")

    def __init__(self, raw: Any, evaluate: Evaluate) -> None:
        self.raw = raw
        self.evaluate = evaluate

    @classmethod
    def of(
        cls, fields: Fields, name: str, *, kinds: tuple[type, ...] = (dict,), sees: tuple[str, ...] = ()
    ) -> PayloadTemplate | None:
        """Compile the field `name`, noting every problem in it; None if the field is absent or has a problem.

        In a JSONata state it may be one expression as well. `sees` is for it alone: see `jsonata.expression_in`.
        """
        raw = fields.take(name)
        if name not in fields:
            return None
        before = len(fields.problems)
        is_jsonata = fields.language == JSONATA
        evaluate = compile_values(raw, name, fields, sees) if is_jsonata else _compile(raw, name, fields)
        if not isinstance(raw, kinds) and not (is_jsonata and isinstance(raw, str) and evaluate is not None):
            if len(fields.problems) == before:
                fields.problem(name, f"must be {_words(kinds, jsonata=is_jsonata)}")
            return None
        return cls(raw, evaluate or (lambda _scope: raw)) if len(fields.problems) == before else None


def _words(kinds: tuple[type, ...], *, jsonata: bool) -> str:
    """Say what a template may be: `an object`, `an array, an object or a JSONata string`."""
    names = [name for kind, name in ((list, "an array"), (dict, "an object")) if kind in kinds]
    *first, last = [*names, "a JSONata string"] if jsonata else names
    return f"{', '.join(first)} or {last}" if first else last


def _compile(raw: Any, field: str, fields: Fields) -> Evaluate | None:
    """Return the function that makes the value, or None if it is a constant."""
    if isinstance(raw, dict):
        return _compile_object(raw, field, fields)
    if isinstance(raw, list):
        parts = [_compile(entry, f"{field}[{index}]", fields) for index, entry in enumerate(raw)]
        if not any(parts):
            return None
        made = [part or (lambda _scope, entry=entry: entry) for part, entry in zip(parts, raw, strict=True)]
        return lambda scope: [part(scope) for part in made]
    return None


def _compile_object(raw: dict[str, Any], field: str, fields: Fields) -> Evaluate | None:
    constants: dict[str, Any] = {}
    computed: list[tuple[str, Evaluate]] = []
    for key, entry in raw.items():
        name = key.removesuffix(".$")
        if name in constants:
            fields.problem(field, f"gives {name!r} twice, with and without .$")
            continue
        constants[name] = entry
        if key.endswith(".$"):
            if (evaluate := compile_expression(entry, f"{field}.{key}", fields)) is not None:
                computed.append((name, evaluate))
        elif (evaluate := _compile(entry, f"{field}.{key}", fields)) is not None:
            computed.append((name, evaluate))
    if not computed:
        return None
    if len(computed) == len(constants):
        return lambda scope: {name: evaluate(scope) for name, evaluate in computed}
    return lambda scope: {**constants, **{name: evaluate(scope) for name, evaluate in computed}}


def compile_expression(text: Any, field: str, fields: Fields) -> Evaluate | None:
    """Compile the value of a `.$` key: a path or an intrinsic function; a problem and None if it is neither."""
    key = field.rpartition(".$")[0].rpartition(".")[2] + ".$" if field.endswith(".$") else field
    told = {
        "aws": f"The value for the field '{key}' must be a valid JSONPath or a valid intrinsic function call",
        "pointer": fields.pointer_to(field.removesuffix(key).rstrip(".").replace(".", "/")).rstrip("/"),
    }
    if not isinstance(text, str):
        fields.problem(field, f"must be a path or an intrinsic function, not {to_json(text)}", **told)
        return None
    try:
        if not text.startswith("$"):
            return Intrinsic(text).read
        read = compile_path(text).read
    except (PathSyntaxError, IntrinsicSyntaxError) as error:
        fields.problem(field, f"cannot be read: {error}", **told)
        return None

    def evaluate(scope: Scope) -> Any:
        try:
            return read(scope)
        except PathNotFoundError as error:
            shown = to_json(scope.context if text.startswith("$$") else scope.input)
            raise EvaluationError(
                RUNTIME,
                f"The JSONPath '{text}' specified for the field '{key}' could not be found in the input '{shown}'",
            ) from error

    return evaluate
