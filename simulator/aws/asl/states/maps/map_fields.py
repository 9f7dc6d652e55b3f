"""The fields of a Map state: items, selector, concurrency and tolerance; ItemBatcher and ResultWriter.

The last two, which only a Distributed Map has, are checked when the state machine is created, and resolved (their
paths read) when the state is entered, as the ItemReader is (item_reader_field.py). States Language, "Map State";
developer guide, "Failure thresholds", "ItemBatcher (Map)" and "ResultWriter (Map)".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.fields import JSONATA
from simulator.aws.asl.errors import RUNTIME, BareEvaluationError, EvaluationError, QueryEvaluationError
from simulator.aws.asl.expressions.jsonata import jsonata_field, unexpected_type
from simulator.aws.asl.expressions.jsonpath import compile_path
from simulator.aws.asl.expressions.number_field import NumberField
from simulator.aws.asl.expressions.path_fields import long_of, read_path, real_of, reference_field
from simulator.aws.asl.expressions.templates import PayloadTemplate
from simulator.aws.asl.json_text import to_json
from simulator.aws.asl.quotas import MAX_PAYLOAD_BYTES
from simulator.aws.asl.runtime.ports import ItemBatcherSpec, ResultWriterSpec
from simulator.aws.asl.states.data_flow import parameters_name

if TYPE_CHECKING:
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.jsonpath import Path
    from simulator.aws.asl.expressions.scope import Scope

MAX_COUNT = 2**31 - 1
ALL_PERCENT = 100
PUT_OBJECT = "arn:aws:states:::s3:putObject"


class MapFields:
    """`ItemsPath` or `Items`, `ItemSelector` (or `Parameters`, its older name), `MaxConcurrency` and its path."""

    def __init__(self, fields: Fields) -> None:
        fields.exclude("MaxConcurrency", "MaxConcurrencyPath")
        name = "ItemSelector"
        self._items_path: Path | None = None
        self._items: PayloadTemplate | None = None
        before = len(fields.problems)
        self._items_expression = jsonata_field(fields, "Items")
        if fields.language == JSONATA:
            if self._items_expression is None and len(fields.problems) == before:
                self._items = PayloadTemplate.of(fields, "Items", kinds=(list, dict))
        else:
            fields.exclude("ItemSelector", "Parameters")
            self._items_path = reference_field(fields, "ItemsPath", context=True) or compile_path("$")
            name = "Parameters" if "Parameters" in fields else name
        self.selector = PayloadTemplate.of(fields, name, kinds=(object,))
        self._max_concurrency = NumberField(fields, "MaxConcurrency", least=0, most=MAX_COUNT)
        self._max_concurrency_path = reference_field(fields, "MaxConcurrencyPath")

    def max_concurrency(self, scope: Scope) -> int:
        """Return how many items at a time; 0 for no limit."""
        if self._max_concurrency_path is None:
            return self._max_concurrency.read(scope) or 0
        number = whole_number(self._max_concurrency_path, "MaxConcurrencyPath", scope)
        if number < 0:
            raise EvaluationError(RUNTIME, "MaxConcurrency cannot be negative.")
        return number

    def items(self, scope: Scope, kinds: tuple[type, ...] = (list,)) -> Any:
        """Return the items, which must be an array (or of another of `kinds`).

        Raises:
            EvaluationError: they are not. The words are recorded on AWS, with one `$` for the context object.
        """
        if self._items_path is not None:
            found = read_path(self._items_path, scope)
            if isinstance(found, kinds):
                return found
            path = self._items_path
            shown = path.text.removeprefix("$") if path.source == "context" else path.text
            raise BareEvaluationError(RUNTIME, f'Reference path "{shown}" must point to array.')
        if self._items_expression is not None:
            found = self._items_expression.evaluate(scope)
            if not isinstance(found, kinds):
                raise unexpected_type(self._items_expression.text, self._items_expression.path, "array", found)
            return found
        found = scope.input if self._items is None else self._items.evaluate(scope)
        if not isinstance(found, kinds):
            raise QueryEvaluationError(f"Map state input must be an array but was: {to_json(found)}")
        return found


class ToleranceField:
    """How many items may fail, as a count and as a percentage."""

    def __init__(self, fields: Fields) -> None:
        fields.exclude("ToleratedFailureCount", "ToleratedFailureCountPath")
        fields.exclude("ToleratedFailurePercentage", "ToleratedFailurePercentagePath")
        self._count = NumberField(fields, "ToleratedFailureCount", least=0, most=MAX_COUNT)
        self._count_path = reference_field(fields, "ToleratedFailureCountPath")
        self._percentage = NumberField(fields, "ToleratedFailurePercentage", least=0, most=ALL_PERCENT, whole=False)
        self._percentage_path = reference_field(fields, "ToleratedFailurePercentagePath")

    def resolve(self, scope: Scope) -> tuple[int | None, float | None]:
        """Return (count, percentage) with paths read; each None if it is unset.

        Raises:
            EvaluationError: States.Runtime if a value is not a number or is out of bounds.
        """
        count, percentage = self._count.read(scope), self._percentage.read(scope)
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
    """Return the integer that a `...Path` field names, or fail in AWS's words."""
    value = read_path(path, scope)
    number = long_of(value)
    if number is None:
        raise _not_valid(path, name, value, "integer")
    return number


def real_number(path: Path, name: str, scope: Scope) -> float:
    """Return the number that a `...Path` field names, or fail in AWS's words."""
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


class ItemBatcherField:
    """An ItemBatcher; `resolve` gives it with its paths read."""

    def __init__(self, fields: Fields) -> None:
        names = ("MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath")
        if not any(name in fields for name in names):
            fields.problem("", f"needs one of {', '.join(names)}")
        fields.exclude(*names[:2])
        fields.exclude(*names[2:])
        self._items = NumberField(fields, names[0], least=1, most=MAX_COUNT)
        self._items_path = reference_field(fields, names[1])
        self._bytes = NumberField(fields, names[2], least=1, most=MAX_PAYLOAD_BYTES)
        self._bytes_path = reference_field(fields, names[3])
        self._input = PayloadTemplate.of(fields, "BatchInput")
        fields.refuse_rest("ItemBatcher")

    def resolve(self, scope: Scope) -> ItemBatcherSpec:
        """Return the batcher with every path read."""
        items, size = self._items.read(scope), self._bytes.read(scope)
        if self._items_path is not None:
            items = _positive(whole_number(self._items_path, "MaxItemsPerBatchPath", scope), "MaxItemsPerBatch")
        if self._bytes_path is not None:
            size = _positive(
                whole_number(self._bytes_path, "MaxInputBytesPerBatchPath", scope), "MaxInputBytesPerBatch"
            )
        batch_input = self._input.evaluate(scope) if self._input else None
        return ItemBatcherSpec(max_items=items, max_bytes=size, batch_input=batch_input)


class ResultWriterField:
    """A ResultWriter: the bucket and the form of the results; `resolve` gives it with its paths read."""

    def __init__(self, fields: Fields) -> None:
        self._exports = "Resource" in fields
        field = parameters_name(fields)
        if not fields.raw:
            fields.problem("", f"must not be empty: it needs Resource and {field}, WriterConfig, or all three")
        resource_field(fields, (PUT_OBJECT,), required=False)
        if self._exports != (field in fields):
            fields.problem("", f"needs both Resource and {field}, or neither")
        self._parameters = PayloadTemplate.of(fields, field)
        if self._parameters is not None and isinstance(self._parameters.raw, dict):
            given = {key.removesuffix(".$") for key in self._parameters.raw}
            if "Bucket" not in given:
                fields.problem(field, "needs Bucket")
            for name in sorted(given - {"Bucket", "Prefix", "ExpectedBucketOwner"}):
                fields.problem(f"{field}.{name}", "is not a parameter of a ResultWriter")
        config = fields.object("WriterConfig")
        # Exported results keep all details; a state's own output has the bare outputs.
        self._transformation = "NONE" if self._exports else "COMPACT"
        self._output_type = "JSON"
        if config is not None:
            transformation = config.choice("Transformation", ("NONE", "COMPACT", "FLATTEN"))
            self._transformation = transformation or self._transformation
            self._output_type = config.choice("OutputType", ("JSON", "JSONL")) or "JSON"
            config.refuse_rest("WriterConfig")
        fields.refuse_rest("ResultWriter")

    def resolve(self, scope: Scope) -> ResultWriterSpec:
        """Return the writer with every path read."""
        where = self._parameters.evaluate(scope) if self._parameters else {}
        return ResultWriterSpec(
            bucket=where.get("Bucket"),
            prefix=where.get("Prefix") or "",
            transformation=self._transformation,
            output_type=self._output_type,
        )


def resource_field(fields: Fields, allowed: tuple[str, ...], *, required: bool) -> str | None:
    """Return the Resource as an ARN of the partition `aws`; `aws-cn`, `aws-us-gov` and the like are taken too."""
    written = fields.string("Resource", required=required)
    if written is None:
        return None
    resource = re.sub(r"^arn:aws(?:-[a-z]+)+:", "arn:aws:", written)
    if resource not in allowed:
        fields.problem("Resource", f"must be {' or '.join(allowed)}, not {written!r}")
        return None
    return resource


def _positive(number: int, name: str) -> int:
    if number < 1:
        raise EvaluationError(RUNTIME, f"{name} must be positive.")
    return number
