"""The fields `ItemReader` and `ReaderConfig`. Developer guide, "ItemReader (Map)"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.states.map_fields import whole_number
from simulator.states.map_runner import ItemReaderSpec
from simulator.states.path_fields import path_field
from simulator.states.payload_template import PayloadTemplate
from simulator.states.scope import Scope

if TYPE_CHECKING:
    from simulator.states.faults import Fields
    from simulator.states.frame import Frame
    from simulator.states.paths import Path

GET_OBJECT = "arn:aws:states:::s3:getObject"
LIST_OBJECTS = "arn:aws:states:::s3:listObjectsV2"
DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}
MOST_ITEMS = 100_000_000
MOST_HEADER_BYTES = 10 * 1024
_PARAMETERS = {
    GET_OBJECT: ({"Bucket", "Key"}, {"VersionId", "ExpectedBucketOwner"}),
    LIST_OBJECTS: ({"Bucket"}, {"Prefix", "ExpectedBucketOwner"}),
}


class ItemReaderField:
    """An ItemReader; `resolve` gives it with its paths read."""

    def __init__(self, fields: Fields) -> None:
        self._resource = fields.choice("Resource", tuple(_PARAMETERS), required=True) or GET_OBJECT
        if "Parameters" not in fields:
            fields.fault("", "needs the field Parameters")
        self._parameters = PayloadTemplate.of(fields, "Parameters")
        self._check_parameters(fields)
        config = fields.object("ReaderConfig")
        self._type: str | None = None
        self._config: dict[str, Any] = {}
        self._max_items_path: Path | None = None
        if config is not None:
            self._read_config(config)
        elif self._resource == GET_OBJECT:
            fields.fault("", "needs the field ReaderConfig with an InputType")
        fields.refuse_rest("ItemReader")

    def _check_parameters(self, fields: Fields) -> None:
        if self._parameters is None:
            return
        needed, optional = _PARAMETERS[self._resource]
        given = {key.removesuffix(".$") for key in self._parameters.raw}
        for name in sorted(needed - given):
            fields.fault("Parameters", f"needs {name}")
        for name in sorted(given - needed - optional):
            fields.fault(f"Parameters.{name}", f"is no parameter of {self._resource.rpartition(':::')[2]}")

    def _read_config(self, config: Fields) -> None:
        written = config.string("InputType", required=self._resource == GET_OBJECT)
        for name, unsupported in (("InputType", ("PARQUET", "MANIFEST")), ("Transformation", ("LOAD_AND_FLATTEN",))):
            if config.raw.get(name) in unsupported:
                config.fault(name, f"{config.raw[name]} is not simulated")
        if written is not None and written not in ("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"):
            config.fault("InputType", f"must be CSV, JSON, JSONL, PARQUET or MANIFEST, not {written!r}")
        self._type = written
        config.choice("Transformation", ("NONE", "LOAD_AND_FLATTEN"))
        config.not_simulated("ManifestType")
        if written == "CSV":
            self._read_csv(config)
        else:
            for name in ("CSVDelimiter", "CSVHeaderLocation", "CSVHeaders"):
                if name in config and written not in ("MANIFEST", None):
                    config.fault(name, "is allowed with InputType CSV only")
                config.take(name)
        pointer = config.string("ItemsPointer")
        if pointer is not None:
            if written != "JSON":
                config.fault("ItemsPointer", "is allowed with InputType JSON only")
            if pointer and not pointer.startswith("/"):
                config.fault("ItemsPointer", f"must be a JSON Pointer like /data/items, not {pointer!r}")
            self._config["items_pointer"] = pointer
        config.exclude("MaxItems", "MaxItemsPath")
        # AWS reads a literal 0 as "all items".
        self._config["max_items"] = config.integer("MaxItems", least=0, most=MOST_ITEMS) or None
        self._max_items_path = path_field(config, "MaxItemsPath")
        config.refuse_rest("ReaderConfig")

    def _read_csv(self, config: Fields) -> None:
        location = config.choice("CSVHeaderLocation", ("FIRST_ROW", "GIVEN"), required=True)
        headers = config.strings("CSVHeaders")
        if location == "GIVEN" and not headers:
            config.fault("", "needs CSVHeaders where CSVHeaderLocation is GIVEN")
        if location == "FIRST_ROW" and "CSVHeaders" in config:
            config.fault("CSVHeaders", "is allowed where CSVHeaderLocation is GIVEN only")
        if headers and len("".join(headers).encode()) > MOST_HEADER_BYTES:
            config.fault("CSVHeaders", f"must not be larger than {MOST_HEADER_BYTES} bytes")
        delimiter = config.choice("CSVDelimiter", tuple(DELIMITERS)) or "COMMA"
        self._config |= {
            "header_location": location,
            "headers": tuple(headers) if headers else None,
            "delimiter": DELIMITERS[delimiter],
        }

    def resolve(self, frame: Frame, effective: Any) -> ItemReaderSpec:
        """Return the reader with every path read.

        Raises:
            EvaluationError: States.Runtime where a path finds nothing, or MaxItemsPath no whole number.
        """
        config = dict(self._config)
        if self._max_items_path is not None:
            config["max_items"] = whole_number(self._max_items_path, "MaxItemsPath", frame, effective)
        parameters = self._parameters.evaluate(Scope(frame, effective)) if self._parameters else {}
        return ItemReaderSpec(resource=self._resource, parameters=parameters, input_type=self._type, **config)
