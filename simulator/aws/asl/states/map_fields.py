"""The fields of a Map state itself: items, selector and concurrency, and how many items may fail.

States Language, "Map State"; developer guide, "Failure thresholds". `ItemReader`, `ItemBatcher` and `ResultWriter`,
which only a Distributed Map has, are in distributed_map_fields.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import RUNTIME, BareEvaluationError, EvaluationError
from simulator.aws.asl.expressions.jsonpath import compile_path
from simulator.aws.asl.expressions.numbers import long_of, real_of
from simulator.aws.asl.expressions.path_fields import read_path, reference_field
from simulator.aws.asl.expressions.templates import PayloadTemplate
from simulator.aws.asl.json_text import to_json

if TYPE_CHECKING:
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.jsonpath import Path
    from simulator.aws.asl.expressions.scope import Scope

MAX_COUNT = 2**31 - 1
ALL_PERCENT = 100


class MapFields:
    """`ItemsPath`, `ItemSelector` (or `Parameters`, its older name), `MaxConcurrency` and `MaxConcurrencyPath`."""

    def __init__(self, fields: Fields) -> None:
        fields.exclude("ItemSelector", "Parameters")
        fields.exclude("MaxConcurrency", "MaxConcurrencyPath")
        self.items_path = reference_field(fields, "ItemsPath", context=True) or compile_path("$")
        name = "Parameters" if "Parameters" in fields else "ItemSelector"
        self.selector = PayloadTemplate.of(fields, name, kinds=(object,))
        self._max_concurrency = fields.integer("MaxConcurrency", least=0, most=MAX_COUNT)
        self._max_concurrency_path = reference_field(fields, "MaxConcurrencyPath")

    def max_concurrency(self, scope: Scope) -> int:
        """Return how many items at a time; 0 for no limit."""
        if self._max_concurrency_path is None:
            return self._max_concurrency or 0
        number = whole_number(self._max_concurrency_path, "MaxConcurrencyPath", scope)
        if number < 0:
            raise EvaluationError(RUNTIME, "MaxConcurrency cannot be negative.")
        return number

    def not_an_array(self) -> EvaluationError:
        """Return the error for items that are not an array; recorded on AWS, with one `$` for the context object."""
        path = self.items_path.text.removeprefix("$") if self.items_path.source == "context" else self.items_path.text
        return BareEvaluationError(RUNTIME, f'Reference path "{path}" must point to array.')

    def items(self, scope: Scope) -> Any:
        """Return what ItemsPath names."""
        return read_path(self.items_path, scope)


class ToleranceField:
    """How many items may fail, as a count and as a percentage."""

    def __init__(self, fields: Fields) -> None:
        fields.exclude("ToleratedFailureCount", "ToleratedFailureCountPath")
        fields.exclude("ToleratedFailurePercentage", "ToleratedFailurePercentagePath")
        self._count = fields.integer("ToleratedFailureCount", least=0, most=MAX_COUNT)
        self._count_path = reference_field(fields, "ToleratedFailureCountPath")
        self._percentage = fields.number("ToleratedFailurePercentage", least=0, most=ALL_PERCENT)
        self._percentage_path = reference_field(fields, "ToleratedFailurePercentagePath")

    def resolve(self, scope: Scope) -> tuple[int | None, float | None]:
        """Return (count, percentage) with paths read; each None if it is unset.

        Raises:
            EvaluationError: States.Runtime if a value is not a number or is out of bounds.
        """
        count, percentage = self._count, self._percentage
        if self._count_path is not None:
            count = whole_number(self._count_path, "ToleratedFailureCountPath", scope)
            if count < 0:
                raise EvaluationError(RUNTIME, "ToleratedFailureCount cannot be negative.")
        if self._percentage_path is not None:
            percentage = real_number(self._percentage_path, "ToleratedFailurePercentagePath", scope)
            if not 0 <= percentage <= ALL_PERCENT:
                raise EvaluationError(RUNTIME, "ToleratedFailurePercentage must be between 0 and 100.")
        return count, percentage


def whole_number(path: Path, name: str, scope: Scope) -> int:
    """Return the integer that a `...Path` field names (numbers.py), or fail in AWS's words."""
    value = read_path(path, scope)
    number = long_of(value)
    if number is None:
        raise _not_valid(path, name, value, "integer")
    return number


def real_number(path: Path, name: str, scope: Scope) -> float:
    """Return the number that a `...Path` field names (numbers.py), or fail in AWS's words."""
    value = read_path(path, scope)
    number = real_of(value)
    if number is None:
        raise _not_valid(path, name, value, "float")
    return number


def _not_valid(path: Path, name: str, value: Any, kind: str) -> EvaluationError:
    shown = value if isinstance(value, str) else to_json(value)
    return EvaluationError(
        RUNTIME, f'The {name} field refers to value "{shown}" which is not a valid {kind}: {path.text}'
    )
