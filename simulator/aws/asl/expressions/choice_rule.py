"""A Choice rule: a comparison, or And, Or and Not of further rules.

States Language, "Choice State".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import RUNTIME, EvaluationError
from simulator.aws.asl.expressions.comparison import COMPARISONS, TYPE_TESTS, string_pattern
from simulator.aws.asl.expressions.jsonpath import PathNotFoundError
from simulator.aws.asl.expressions.path_fields import path_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.jsonpath import Path
    from simulator.aws.asl.expressions.scope import Scope

    Test = Callable[[Scope], bool]

_OPERATORS = (*COMPARISONS, *(f"{name}Path" for name in COMPARISONS), *TYPE_TESTS, "IsPresent", "StringMatches")
_COMBINATIONS = ("And", "Or", "Not")


def compile_rule(fields: Fields) -> Test | None:
    """Compile a rule into a test of a scope; None if it has problems, which are noted.

    Example:
        >>> from simulator.aws.asl.definition.fields import Fields
        >>> from simulator.aws.asl.expressions.scope import Scope
        >>> rule = {"Variable": "$.age", "NumericGreaterThanEquals": 18}
        >>> is_adult = compile_rule(Fields(rule, "States.Check.Choices[0]", problems := []))
        >>> [is_adult(Scope({"age": age}, dict, {})) for age in (17, 18, "18")]
        [False, True, False]
        >>> compile_rule(Fields({"Variable": "$.age"}, "States.Check.Choices[0]", problems))
        >>> print(problems[0])
        States.Check.Choices[0] has no comparison operator, And, Or or Not; a rule needs exactly one
    """
    kinds = [name for name in (*_COMBINATIONS, *_OPERATORS) if name in fields]
    if len(kinds) != 1:
        said = f"has {' and '.join(kinds)}" if kinds else "has no comparison operator, And, Or or Not"
        fields.problem("", f"{said}; a rule needs exactly one")
        for name in kinds:
            fields.take(name)
        fields.take("Variable")
        return None
    kind = kinds[0]
    return _combination(fields, kind) if kind in _COMBINATIONS else _comparison(fields, kind)


def _combination(fields: Fields, kind: str) -> Test | None:
    if kind == "Not":
        inner = fields.object("Not")
        test = None if inner is None else _inner_rule(inner)
        return None if test is None else (lambda scope: not test(scope))
    rules = fields.objects(kind)
    if not rules:
        fields.problem(kind, "needs at least one rule")
    tests = [_inner_rule(rule) for rule in rules]
    compiled = [test for test in tests if test is not None]
    every = all if kind == "And" else any
    return lambda scope: every(test(scope) for test in compiled)


def _inner_rule(fields: Fields) -> Test | None:
    test = compile_rule(fields)
    if "Next" in fields:
        fields.take("Next")
        fields.problem("Next", "is allowed in a top-level rule only")
    fields.refuse_rest("a Choice rule")
    return test


def _comparison(fields: Fields, kind: str) -> Test | None:  # noqa: PLR0911 - one return a kind of operator
    variable = path_field(fields, "Variable")
    if "Variable" not in fields:
        fields.problem("", "needs the field Variable")
    if kind == "IsPresent" or kind in TYPE_TESTS:
        expected = fields.boolean(kind)
        if variable is None or expected is None:
            return None
        return (
            _presence(variable, expected) if kind == "IsPresent" else _type_test(variable, TYPE_TESTS[kind], expected)
        )
    if kind == "StringMatches":
        text = fields.string(kind)
        if variable is None or text is None:
            return None
        pattern = string_pattern(text)
        return lambda scope: isinstance(value := _read(variable, scope), str) and bool(pattern.fullmatch(value))
    if kind in COMPARISONS:
        test, legal, words = COMPARISONS[kind]
        wanted = fields.take(kind)
        if legal(wanted) is None:
            fields.problem(kind, f"must be {words}")
        return None if variable is None else (lambda scope: test(_read(variable, scope), wanted))
    test = COMPARISONS[kind.removesuffix("Path")][0]
    other = path_field(fields, kind)
    if variable is None or other is None:
        return None
    return lambda scope: test(_read(variable, scope), _read(other, scope))


def _presence(variable: Path, expected: bool) -> Test:  # noqa: FBT001 - the operand of IsPresent
    def test(scope: Scope) -> bool:
        try:
            found = variable.read(scope)
        except PathNotFoundError:
            return not expected
        return (variable.steps is not None or bool(found)) is expected

    return test


def _type_test(variable: Path, is_of_type: Callable[[Any], bool], expected: bool) -> Test:  # noqa: FBT001 - as above
    return lambda scope: is_of_type(_read(variable, scope)) is expected


def _read(path: Path, scope: Scope) -> Any:
    try:
        return path.read(scope)
    except PathNotFoundError as error:
        raise EvaluationError(
            RUNTIME, f"Invalid path '{path.text}': The choice state's condition path references an invalid value."
        ) from error
