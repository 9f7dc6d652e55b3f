"""The ItemReader of a Distributed Map: checked when the machine is created, resolved when the state is entered.

Developer guide, "ItemReader (Map)": a CSV, JSON, JSON Lines or Parquet file; the objects of a listing, or with
`LOAD_AND_FLATTEN` what they hold; the objects that a manifest of Athena names, or an inventory of S3 lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.asl.expressions.number_field import NumberField
from simulator.aws.asl.expressions.path_fields import reference_field
from simulator.aws.asl.expressions.templates import PayloadTemplate
from simulator.aws.asl.runtime.ports import ItemReaderSpec
from simulator.aws.asl.states.data_flow import parameters_name
from simulator.aws.asl.states.maps.map_fields import resource_field, whole_number

if TYPE_CHECKING:
    from simulator.aws.asl.definition.fields import Fields
    from simulator.aws.asl.expressions.jsonpath import Path
    from simulator.aws.asl.expressions.scope import Scope

GET_OBJECT = "arn:aws:states:::s3:getObject"
LIST_OBJECTS = "arn:aws:states:::s3:listObjectsV2"
DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}
MOST_ITEMS = 100_000_000
MOST_HEADER_BYTES = 10 * 1024
LOAD_AND_FLATTEN = "LOAD_AND_FLATTEN"
S3_INVENTORY, ATHENA_DATA = "S3_INVENTORY", "ATHENA_DATA"
_DATA = ("CSV", "JSON", "JSONL", "PARQUET")
_PARAMETERS = {
    GET_OBJECT: ({"Bucket", "Key"}, {"VersionId", "ExpectedBucketOwner"}),
    LIST_OBJECTS: ({"Bucket"}, {"Prefix", "ExpectedBucketOwner"}),
}


class ItemReaderField:
    """An ItemReader with its ReaderConfig; `resolve` gives it with its paths read."""

    def __init__(self, fields: Fields) -> None:
        self._resource = resource_field(fields, tuple(_PARAMETERS), required=True) or GET_OBJECT
        name = parameters_name(fields)
        if name not in fields:
            fields.problem("", f"needs the field {name}")
        self._parameters = PayloadTemplate.of(fields, name)
        self._check_parameters(fields, name)
        config = fields.object("ReaderConfig")
        self._type: str | None = None
        self._config: dict[str, Any] = {}
        self._max_items: NumberField | None = None
        self._max_items_path: Path | None = None
        if config is not None:
            self._read_config(config)
        elif self._resource == GET_OBJECT:
            fields.problem("", "needs the field ReaderConfig with an InputType")
        if self._type == "PARQUET" and self._gives("VersionId"):
            fields.problem(f"{name}.VersionId", "is not allowed with InputType PARQUET")
        fields.refuse_rest("ItemReader")

    def _gives(self, name: str) -> bool:
        raw = self._parameters.raw if self._parameters is not None else None
        return isinstance(raw, dict) and (name in raw or f"{name}.$" in raw)

    def _check_parameters(self, fields: Fields, field: str) -> None:
        if self._parameters is None or not isinstance(self._parameters.raw, dict):
            return
        needed, optional = _PARAMETERS[self._resource]
        given = {key.removesuffix(".$") for key in self._parameters.raw}
        for name in sorted(needed - given):
            fields.problem(field, f"needs {name}")
        for name in sorted(given - needed - optional):
            fields.problem(f"{field}.{name}", f"is not a parameter of {self._resource.rpartition(':::')[2]}")

    def _read_config(self, config: Fields) -> None:
        listing = self._resource == LIST_OBJECTS
        flatten = config.choice("Transformation", ("NONE", LOAD_AND_FLATTEN)) == LOAD_AND_FLATTEN
        manifest = config.choice("ManifestType", (ATHENA_DATA, S3_INVENTORY))
        written = config.string("InputType", required=not listing and manifest != S3_INVENTORY)
        if written is not None and written not in (*_DATA, "MANIFEST"):
            config.problem("InputType", f"must be CSV, JSON, JSONL, PARQUET or MANIFEST, not {written!r}")
        if manifest is not None:
            self._check_manifest(config, manifest, written)
        if flatten and not listing and manifest != ATHENA_DATA:
            config.problem("Transformation", "LOAD_AND_FLATTEN is allowed with s3:listObjectsV2 only")
        elif flatten and listing and written not in _DATA:
            config.problem("", f"needs the InputType of the objects with LOAD_AND_FLATTEN: {', '.join(_DATA)}")
        if written == "MANIFEST":
            manifest = manifest or S3_INVENTORY
        self._type = "CSV" if manifest == S3_INVENTORY else written
        self._config |= {"flatten": flatten and listing, "manifest": manifest}
        if self._type == "CSV":
            self._read_csv(config, required=manifest != S3_INVENTORY)
        else:
            for name in ("CSVDelimiter", "CSVHeaderLocation", "CSVHeaders"):
                if name in config and written is not None:
                    config.problem(name, "is allowed with InputType CSV or MANIFEST only")
                config.take(name)
        self._read_items(config, written)
        config.refuse_rest("ReaderConfig")

    def _check_manifest(self, config: Fields, manifest: str, written: str | None) -> None:
        if self._resource == LIST_OBJECTS:
            config.problem("ManifestType", "is allowed with s3:getObject only")
        elif manifest == S3_INVENTORY and written not in (None, "MANIFEST"):
            config.problem("InputType", "is not allowed with ManifestType S3_INVENTORY: its files are CSV")
        elif manifest == ATHENA_DATA and written == "MANIFEST":
            config.problem("InputType", f"must be that of the data files: {', '.join(_DATA)}")

    def _read_items(self, config: Fields, written: str | None) -> None:
        pointer = config.string("ItemsPointer")
        if pointer is not None:
            if written != "JSON":
                config.problem("ItemsPointer", "is allowed with InputType JSON only")
            if pointer and not pointer.startswith("/"):
                config.problem("ItemsPointer", f"must be a JSON Pointer like /data/items, not {pointer!r}")
            self._config["items_pointer"] = pointer
        config.exclude("MaxItems", "MaxItemsPath")
        # AWS reads a literal 0 as "all items".
        self._max_items = NumberField(config, "MaxItems", least=0, most=MOST_ITEMS)
        self._max_items_path = reference_field(config, "MaxItemsPath")

    def _read_csv(self, config: Fields, *, required: bool) -> None:
        location = config.choice("CSVHeaderLocation", ("FIRST_ROW", "GIVEN"), required=required)
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
        if self._max_items is not None:
            config["max_items"] = self._max_items.read(scope) or None
        if self._max_items_path is not None:
            # Recorded on AWS: 0 behind the path means all items, as the literal 0 does.
            config["max_items"] = whole_number(self._max_items_path, "MaxItemsPath", scope) or None
        parameters = self._parameters.evaluate(scope) if self._parameters else {}
        return ItemReaderSpec(resource=self._resource, parameters=parameters, input_type=self._type, **config)
