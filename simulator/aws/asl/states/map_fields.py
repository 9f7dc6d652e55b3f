"""The fields of a Map state: items, selector, concurrency and tolerance; ItemReader, ItemBatcher and ResultWriter.

The last three, which only a Distributed Map has, are checked when the state machine is created, and resolved (their
paths read) when the state is entered. States Language, "Map State"; developer guide, "Failure thresholds",
"ItemReader (Map)", "ItemBatcher (Map)" and "ResultWriter (Map)".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import RUNTIME, BareEvaluationError, EvaluationError
from simulator.aws.asl.expressions.jsonpath import compile_path
from simulator.aws.asl.expressions.path_fields import long_of, read_path, real_of, reference_field
from simulator.aws.asl.expressions.templates import PayloadTemplate
from simulator.aws.asl.json_text import to_json
from simulator.aws.asl.quotas import MAX_PAYLOAD_BYTES
from simulator.aws.asl.runtime.ports import ItemBatcherSpec, ItemReaderSpec, ResultWriterSpec

if TYPE_CHECKING:
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.jsonpath import Path
    from simulator.aws.asl.expressions.scope import Scope

MAX_COUNT = 2**31 - 1
ALL_PERCENT = 100
GET_OBJECT = "arn:aws:states:::s3:getObject"
LIST_OBJECTS = "arn:aws:states:::s3:listObjectsV2"
PUT_OBJECT = "arn:aws:states:::s3:putObject"
DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}
MOST_ITEMS = 100_000_000
MOST_HEADER_BYTES = 10 * 1024
_PARAMETERS = {
    GET_OBJECT: ({"Bucket", "Key"}, {"VersionId", "ExpectedBucketOwner"}),
    LIST_OBJECTS: ({"Bucket"}, {"Prefix", "ExpectedBucketOwner"}),
}


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


class ItemReaderField:
    """An ItemReader with its ReaderConfig; `resolve` gives it with its paths read."""

    def __init__(self, fields: Fields) -> None:
        self._resource = _resource(fields, tuple(_PARAMETERS), required=True) or GET_OBJECT
        if "Parameters" not in fields:
            fields.problem("", "needs the field Parameters")
        self._parameters = PayloadTemplate.of(fields, "Parameters")
        self._check_parameters(fields)
        config = fields.object("ReaderConfig")
        self._type: str | None = None
        self._config: dict[str, Any] = {}
        self._max_items_path: Path | None = None
        if config is not None:
            self._read_config(config)
        elif self._resource == GET_OBJECT:
            fields.problem("", "needs the field ReaderConfig with an InputType")
        fields.refuse_rest("ItemReader")

    def _check_parameters(self, fields: Fields) -> None:
        if self._parameters is None:
            return
        needed, optional = _PARAMETERS[self._resource]
        given = {key.removesuffix(".$") for key in self._parameters.raw}
        for name in sorted(needed - given):
            fields.problem("Parameters", f"needs {name}")
        for name in sorted(given - needed - optional):
            fields.problem(f"Parameters.{name}", f"is not a parameter of {self._resource.rpartition(':::')[2]}")

    def _read_config(self, config: Fields) -> None:
        written = config.string("InputType", required=self._resource == GET_OBJECT)
        for name, unsupported in (("InputType", ("PARQUET", "MANIFEST")), ("Transformation", ("LOAD_AND_FLATTEN",))):
            if config.raw.get(name) in unsupported:
                config.problem(name, f"{config.raw[name]} is not simulated")
        if written is not None and written not in ("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"):
            config.problem("InputType", f"must be CSV, JSON, JSONL, PARQUET or MANIFEST, not {written!r}")
        self._type = written
        config.choice("Transformation", ("NONE", "LOAD_AND_FLATTEN"))
        config.not_simulated("ManifestType")
        if written == "CSV":
            self._read_csv(config)
        else:
            for name in ("CSVDelimiter", "CSVHeaderLocation", "CSVHeaders"):
                if name in config and written not in ("MANIFEST", None):
                    config.problem(name, "is allowed with InputType CSV only")
                config.take(name)
        pointer = config.string("ItemsPointer")
        if pointer is not None:
            if written != "JSON":
                config.problem("ItemsPointer", "is allowed with InputType JSON only")
            if pointer and not pointer.startswith("/"):
                config.problem("ItemsPointer", f"must be a JSON Pointer like /data/items, not {pointer!r}")
            self._config["items_pointer"] = pointer
        config.exclude("MaxItems", "MaxItemsPath")
        # AWS reads a literal 0 as "all items".
        self._config["max_items"] = config.integer("MaxItems", least=0, most=MOST_ITEMS) or None
        self._max_items_path = reference_field(config, "MaxItemsPath")
        config.refuse_rest("ReaderConfig")

    def _read_csv(self, config: Fields) -> None:
        location = config.choice("CSVHeaderLocation", ("FIRST_ROW", "GIVEN"), required=True)
        headers = config.strings("CSVHeaders")
        if location == "GIVEN" and not headers:
            config.problem("", "needs CSVHeaders if CSVHeaderLocation is GIVEN")
        if location == "FIRST_ROW" and "CSVHeaders" in config:
            config.problem("CSVHeaders", "is allowed only if CSVHeaderLocation is GIVEN")
        if headers and len("".join(headers).encode()) > MOST_HEADER_BYTES:
            config.problem("CSVHeaders", f"must not be larger than {MOST_HEADER_BYTES} bytes")
        delimiter = config.choice("CSVDelimiter", tuple(DELIMITERS)) or "COMMA"
        self._config |= {
            "header_location": location,
            "headers": tuple(headers) if headers else None,
            "delimiter": DELIMITERS[delimiter],
        }

    def resolve(self, scope: Scope) -> ItemReaderSpec:
        """Return the reader with every path read.

        Raises:
            EvaluationError: States.Runtime if a path finds nothing, or what MaxItemsPath finds is not a whole number.
        """
        config = dict(self._config)
        if self._max_items_path is not None:
            # Recorded on AWS: 0 behind the path means all items, as the literal 0 does.
            config["max_items"] = whole_number(self._max_items_path, "MaxItemsPath", scope) or None
        parameters = self._parameters.evaluate(scope) if self._parameters else {}
        return ItemReaderSpec(resource=self._resource, parameters=parameters, input_type=self._type, **config)


class ItemBatcherField:
    """An ItemBatcher; `resolve` gives it with its paths read."""

    def __init__(self, fields: Fields) -> None:
        names = ("MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath")
        if not any(name in fields for name in names):
            fields.problem("", f"needs one of {', '.join(names)}")
        fields.exclude(*names[:2])
        fields.exclude(*names[2:])
        self._items = fields.integer(names[0], least=1, most=MAX_COUNT)
        self._items_path = reference_field(fields, names[1])
        self._bytes = fields.integer(names[2], least=1, most=MAX_PAYLOAD_BYTES)
        self._bytes_path = reference_field(fields, names[3])
        self._input = PayloadTemplate.of(fields, "BatchInput")
        fields.refuse_rest("ItemBatcher")

    def resolve(self, scope: Scope) -> ItemBatcherSpec:
        """Return the batcher with every path read."""
        items, size = self._items, self._bytes
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
        if not fields.raw:
            fields.problem("", "must not be empty: it needs Resource and Parameters, WriterConfig, or all three")
        _resource(fields, (PUT_OBJECT,), required=False)
        if self._exports != ("Parameters" in fields):
            fields.problem("", "needs both Resource and Parameters, or neither")
        self._parameters = PayloadTemplate.of(fields, "Parameters")
        if self._parameters is not None:
            given = {key.removesuffix(".$") for key in self._parameters.raw}
            if "Bucket" not in given:
                fields.problem("Parameters", "needs Bucket")
            for name in sorted(given - {"Bucket", "Prefix", "ExpectedBucketOwner"}):
                fields.problem(f"Parameters.{name}", "is not a parameter of a ResultWriter")
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


def _resource(fields: Fields, allowed: tuple[str, ...], *, required: bool) -> str | None:
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
