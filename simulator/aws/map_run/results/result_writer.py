"""ResultWriter: the results of a Map Run as files in S3.

Developer guide, "ResultWriter (Map)". Records are written to local files as children end, so memory stays flat.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.errors import RESULT_WRITER_FAILED, StateError
from simulator.aws.map_run.object_store import ObjectStoreError
from simulator.aws.map_run.results.result_files import MAX_FILE_BYTES, ResultFiles, Written
from simulator.aws.map_run.results.result_records import dump, pending_record, results_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from simulator.aws.asl.runtime.listener import ChildRecord
    from simulator.aws.asl.runtime.ports import ResultWriterSpec
    from simulator.aws.map_run.object_store import ObjectStore

_STATUSES = ("FAILED", "PENDING", "SUCCEEDED")


class ExportedResults:
    """Results that go to `<prefix>/<map run uuid>/` in a bucket.

    The prefix is taken as it is written: one that ends in a slash makes keys with two.

    Args:
        spec: where and in which form.
        map_run_arn, machine_arn: the Map Run's and its children's machine.
        store: writes the objects.
        folder: a local folder that keeps the same files under the same names, without the prefix.
        redrive_count: a redriven run writes to `Redrive-<n>/` and leaves earlier files alone.
        earlier: the `ResultFiles.SUCCEEDED` of the manifest before, for a redriven run: its own lists them too.
        limit: the size in bytes at which a new file is begun.
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
        earlier: Sequence[dict[str, Any]] = (),
        limit: int = MAX_FILE_BYTES,
    ) -> None:
        self._spec = spec
        self._bucket = str(spec.bucket)
        self._map_run_arn = map_run_arn
        self._machine_arn = machine_arn
        self._store = store
        self._earlier = list(earlier)
        redriven = f"Redrive-{redrive_count}/" if redrive_count else ""
        below = f"{map_run_arn.rpartition(':')[2]}/{redriven}"
        self._prefix = f"{spec.prefix}/{below}" if spec.prefix else below
        self._folder = folder / below
        lines = spec.output_type == "JSONL"
        with self._failing(self._folder.as_posix()):
            self._folder.mkdir(parents=True, exist_ok=True)
        self._files = {status: ResultFiles(self._folder, status, lines=lines, limit=limit) for status in _STATUSES}
        self._lock = threading.Lock()

    def add(self, child: ChildRecord) -> None:
        """Write what became of a child.

        Raises:
            StateError: States.ResultWriterFailed where the disk does not take it; from the methods below, too.
        """
        records = [dump(value) for value in results_of(child, self._machine_arn, self._spec.transformation)]
        self._add("SUCCEEDED" if child.status == "SUCCEEDED" else "FAILED", records)

    def add_pending(self, data: Any) -> None:
        """Write an input that no child was started for."""
        self._add("PENDING", [dump(pending_record(data))])

    def _add(self, status: str, records: list[bytes]) -> None:
        with self._lock, self._failing(f"the local copy of {status}"):
            self._files[status].add(*records)

    def finish(self) -> dict[str, Any]:
        """Upload the files and the manifest, and return the state's result.

        Raises:
            StateError: States.ResultWriterFailed where they cannot be written.
        """
        if self._earlier and not self._closed("SUCCEEDED"):
            self._add("SUCCEEDED", [])  # recorded on AWS: a file with [], where an earlier attempt had successes
        listed = {status: [self._upload(file) for file in self._closed(status)] for status in _STATUSES}
        listed["SUCCEEDED"] = self._earlier + listed["SUCCEEDED"]
        body = dump({"DestinationBucket": self._bucket, "MapRunArn": self._map_run_arn, "ResultFiles": listed})
        key = f"{self._prefix}manifest.json"
        with self._failing(f"s3://{self._bucket}/{key}"):
            (self._folder / "manifest.json").write_bytes(body)
            self._store.put(self._bucket, key, body)
        return {"MapRunArn": self._map_run_arn, "ResultWriterDetails": {"Bucket": self._bucket, "Key": key}}

    def close(self) -> None:
        """Make whole files of what has been written, without an upload: for a run that was stopped."""
        with self._lock:
            for status in _STATUSES:
                self._closed(status)

    def _closed(self, status: str) -> list[Written]:
        with self._failing(f"the local copy of {status}"):
            return self._files[status].close()

    def _upload(self, file: Written) -> dict[str, Any]:
        key = f"{self._prefix}{file.path.name}"
        with self._failing(f"s3://{self._bucket}/{key}"):
            self._store.put_multipart(self._bucket, key, file.path)
        return {"Key": key, "Size": file.size}

    @staticmethod
    @contextmanager
    def _failing(where: str) -> Iterator[None]:
        try:
            yield
        except ObjectStoreError as error:
            cause = f"{error} (Service: S3; Error Code: {error.code}) [{where}]"
            raise StateError(RESULT_WRITER_FAILED, cause) from error
        except OSError as error:
            raise StateError(RESULT_WRITER_FAILED, f"{error} [{where}]") from error
