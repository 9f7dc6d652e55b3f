"""The field `ResultWriter`. Developer guide, "ResultWriter (Map)"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.states.map_runner import ResultWriterSpec
from simulator.states.payload_template import PayloadTemplate
from simulator.states.scope import Scope

if TYPE_CHECKING:
    from simulator.states.faults import Fields
    from simulator.states.frame import Frame

PUT_OBJECT = "arn:aws:states:::s3:putObject"


class ResultWriterField:
    """A ResultWriter: where the results go, and in which form; `resolve` gives it with its paths read."""

    def __init__(self, fields: Fields) -> None:
        self._exports = "Resource" in fields
        if not fields.raw:
            fields.fault("", "must not be empty: it needs Resource and Parameters, WriterConfig, or all three")
        fields.choice("Resource", (PUT_OBJECT,))
        if self._exports != ("Parameters" in fields):
            fields.fault("", "needs both Resource and Parameters, or neither")
        self._parameters = PayloadTemplate.of(fields, "Parameters")
        if self._parameters is not None:
            given = {key.removesuffix(".$") for key in self._parameters.raw}
            if "Bucket" not in given:
                fields.fault("Parameters", "needs Bucket")
            for name in sorted(given - {"Bucket", "Prefix", "ExpectedBucketOwner"}):
                fields.fault(f"Parameters.{name}", "is no parameter of a ResultWriter")
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

    def resolve(self, frame: Frame, effective: Any) -> ResultWriterSpec:
        """Return the writer with every path read."""
        where = self._parameters.evaluate(Scope(frame, effective)) if self._parameters else {}
        return ResultWriterSpec(
            bucket=where.get("Bucket"),
            prefix=where.get("Prefix") or "",
            transformation=self._transformation,
            output_type=self._output_type,
        )
