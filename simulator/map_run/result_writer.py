"""ResultWriter: the results of a Map Run as files in S3, or as the state's output.

Developer guide, "ResultWriter (Map)". Records are written to local files as children end, so memory stays flat.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import orjson

from simulator.map_run.object_store import ObjectStoreError
from simulator.map_run.result_files import MAX_FILE_BYTES, ResultFiles, Written
from simulator.map_run.result_records import ended_record, pending_record
from simulator.states.errors import DATA_LIMIT_EXCEEDED, RESULT_WRITER_FAILED, StateError
from simulator.states.limits import MAX_PAYLOAD_BYTES, json_size

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.map_run.object_store import ObjectStore
    from simulator.states.listener import ChildRecord
    from simulator.states.map_runner import ResultWriterSpec

_STATUSES = ("FAILED", "PENDING", "SUCCEEDED")


class ExportedResults:
    """Results that go to `<prefix>/<map run uuid>/` in a bucket.

    Args:
        spec: where and in which form.
        map_run_arn, machine_arn: the Map Run's and its children's machine.
        store: writes the objects.
        folder: a local folder that keeps the same files under the same names.
        redrive_count: a redriven run writes to `Redrive-<n>/` and leaves earlier files alone.
    """

    def __init__(
        self,
        spec: ResultWriterSpec,
        *,
        map_run_arn: str,
        machine_arn: str,
        store: ObjectStore,
        folder: Path,
        redrive_count: int = 0,
        limit: int = MAX_FILE_BYTES,
    ) -> None:
        self._spec = spec
        self._map_run_arn = map_run_arn
        self._machine_arn = machine_arn
        self._store = store
        redriven = f"Redrive-{redrive_count}/" if redrive_count else ""
        below = f"{map_run_arn.rpartition(':')[2]}/{redriven}"
        prefix = spec.prefix.strip("/")
        self._prefix = f"{prefix}/{below}" if prefix else below
        self._folder = folder / below
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = spec.output_type == "JSONL"
        self._files = {status: ResultFiles(self._folder, status, lines=lines, limit=limit) for status in _STATUSES}
        self._lock = threading.Lock()

    def add(self, child: ChildRecord) -> None:
        """Write what became of a child."""
        succeeded = child.status == "SUCCEEDED"
        if succeeded and self._spec.transformation != "NONE":
            flat = self._spec.transformation == "FLATTEN" and isinstance(child.output, list)
            records = [_dump(output) for output in (child.output if flat else [child.output])]
        else:
            records = [_dump(ended_record(child, self._machine_arn))]
        files = self._files["SUCCEEDED" if succeeded else "FAILED"]
        with self._lock:
            for record in records:
                files.add(record)

    def add_pending(self, data: Any) -> None:
        """Write an input that no child was started for."""
        with self._lock:
            self._files["PENDING"].add(_dump(pending_record(data)))

    def finish(self) -> dict[str, Any]:
        """Upload the files and the manifest, and return the state's result.

        Raises:
            StateError: States.ResultWriterFailed where they cannot be written.
        """
        written = {status: self._files[status].close() for status in _STATUSES}
        bucket = str(self._spec.bucket)
        listed = {status: [self._upload(bucket, file) for file in files] for status, files in written.items()}
        manifest = {"DestinationBucket": bucket, "MapRunArn": self._map_run_arn, "ResultFiles": listed}
        body = _dump(manifest)
        (self._folder / "manifest.json").write_bytes(body)
        key = f"{self._prefix}manifest.json"
        try:
            self._store.put(bucket, key, body)
        except ObjectStoreError as error:
            raise self._failed(bucket, key, error) from error
        return {"MapRunArn": self._map_run_arn, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}

    def _upload(self, bucket: str, file: Written) -> dict[str, Any]:
        key = f"{self._prefix}{file.path.name}"
        try:
            self._store.put_multipart(bucket, key, file.path)
        except ObjectStoreError as error:
            raise self._failed(bucket, key, error) from error
        return {"Key": key, "Size": file.size}

    @staticmethod
    def _failed(bucket: str, key: str, error: ObjectStoreError) -> StateError:
        return StateError(
            RESULT_WRITER_FAILED, f"{error} (Service: S3; Error Code: {error.code}) [s3://{bucket}/{key}]"
        )


class CollectedResults:
    """Results that become the state's output: outputs in item order (COMPACT), flattened, or records (NONE).

    Nothing is kept any more once the outputs are larger than a state's output may be.
    """

    def __init__(self, spec: ResultWriterSpec | None, machine_arn: str) -> None:
        self._transformation = spec.transformation if spec is not None else "COMPACT"
        self._lines = spec is not None and spec.output_type == "JSONL"
        self._machine_arn = machine_arn
        self._outputs: dict[int, Any] = {}
        self._size = 0
        self._lock = threading.Lock()

    def add(self, child: ChildRecord) -> None:
        """Keep what became of a child."""
        if child.status != "SUCCEEDED" and self._transformation != "NONE":
            return
        value = ended_record(child, self._machine_arn) if self._transformation == "NONE" else child.output
        with self._lock:
            self._size += json_size(value)
            if self._size > MAX_PAYLOAD_BYTES:
                self._outputs.clear()
            else:
                self._outputs[child.index] = value

    def add_pending(self, data: Any) -> None:
        """Drop it: a failed state has no output."""

    def finish(self) -> Any:
        """Return the state's result.

        Raises:
            StateError: States.DataLimitExceeded where it is larger than 256 KiB.
        """
        if self._size > MAX_PAYLOAD_BYTES:
            raise StateError(
                DATA_LIMIT_EXCEEDED,
                "The Map state's output exceeds the maximum number of bytes service limit: export it by a ResultWriter.",
            )
        values = [self._outputs[index] for index in sorted(self._outputs)]
        if self._transformation == "FLATTEN":
            values = [entry for value in values for entry in (value if isinstance(value, list) else [value])]
        return "".join(_dump(value).decode() + "\n" for value in values) if self._lines else values


def _dump(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
