"""The results of a Map Run as the state's output, if no ResultWriter exports them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import DATA_LIMIT_EXCEEDED, StateError
from simulator.aws.asl.json_text import json_size
from simulator.aws.asl.quotas import MAX_PAYLOAD_BYTES, check_size
from simulator.aws.map_run.results.result_records import dump, results_of

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.listener import ChildRecord
    from simulator.aws.asl.runtime.ports import ResultWriterSpec


class CollectedResults:
    """Results in item order: outputs (COMPACT, the default), outputs flattened, or records (NONE).

    A tolerated failure adds its record, as in exported files. With JSONL the output is a text of one JSON value a line
    (the pages show no example: our choice). Nothing is kept any more once it is larger than a state's output may be.

    Args:
        spec: the ResultWriter, if there is one.
        machine_arn: the children's machine.
        state: the Map state's name, for the cause.
    """

    def __init__(self, spec: ResultWriterSpec | None, *, machine_arn: str, state: str) -> None:
        self._transformation = spec.transformation if spec is not None else "COMPACT"
        self._lines = spec is not None and spec.output_type == "JSONL"
        self._machine_arn = machine_arn
        self._state = state
        self._results: dict[int, list[Any]] = {}
        self._size = 0
        self._lock = threading.Lock()

    def add(self, child: ChildRecord) -> None:
        """Keep what became of a child."""
        if self._size > MAX_PAYLOAD_BYTES:
            return
        values = results_of(child, self._machine_arn, self._transformation)
        size = sum(json_size(value) + 1 for value in values)
        with self._lock:
            self._size += size
            self._results[child.index] = values
            if self._size > MAX_PAYLOAD_BYTES:
                self._results.clear()

    def add_pending(self, data: Any) -> None:
        """Drop it: a failed state has no output."""

    def finish(self) -> Any:
        """Return the state's result.

        Raises:
            StateError: States.DataLimitExceeded if it is larger than 256 KiB.
        """
        if self._size > MAX_PAYLOAD_BYTES:
            raise StateError(
                DATA_LIMIT_EXCEEDED,
                f"The state/task '{self._state}' returned a result with a size exceeding the maximum number of bytes "
                "service limit.",
            )
        values = [value for index in sorted(self._results) for value in self._results[index]]
        result = "".join(dump(value).decode() + "\n" for value in values) if self._lines else values
        check_size(result, self._state)
        return result

    def close(self) -> None:
        """Nothing is open."""
