"""ResultWriter: the results of a Map Run as files in S3.

Developer guide, "ResultWriter (Map)". Records are written to local files as children end, so memory stays flat. The
files of one status are `SUCCEEDED_0.json` and, beyond a size, `SUCCEEDED_1.json` and so on.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from simulator.aws.asl.errors import RESULT_WRITER_FAILED, StateError
from simulator.aws.map_run.object_store import ObjectStoreError
from simulator.aws.map_run.results.result_records import dump, pending_record, results_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from simulator.aws.asl.runtime.listener import ChildRecord
    from simulator.aws.asl.runtime.ports import ResultWriterSpec
    from simulator.aws.map_run.object_store import ObjectStore

MAX_FILE_BYTES = 5 * 1024**3
_BUFFER = 128 * 1024
_STATUSES = ("FAILED", "PENDING", "SUCCEEDED")


class Written(NamedTuple):
    """A finished file and its size in bytes."""

    path: Path
    size: int


class ResultFiles:
    """Writes records of one status to files; a status without a member has no file. Not for several threads at once.

    Args:
        folder: where the files go; it exists.
        status: SUCCEEDED, FAILED or PENDING.
        lines: JSON Lines (`.jsonl`, a record a line) instead of one JSON array (`.json`).
        limit: the size in bytes at which a new file is begun; only a single record may be larger.
    """

    def __init__(self, folder: Path, status: str, *, lines: bool, limit: int = MAX_FILE_BYTES) -> None:
        self._folder = folder
        self._status = status
        self._suffix = "jsonl" if lines else "json"
        self._first, self._between, self._last = (b"", b"", b"") if lines else (b"[", b",", b"]")
        self._end = b"\n" if lines else b""
        self._limit = limit
        self._file: BinaryIO | None = None
        self._size = 0
        self._records = 0
        self._finished: list[Written] = []

    def add(self, *records: bytes) -> None:
        """Write the records of one member: one, or as many as its flattened output has.

        Raises:
            OSError: if the disk does not take them.
        """
        if not records and self._file is None:
            self._open()
        for record in records:
            self._add(record)

    def _add(self, record: bytes) -> None:
        if self._records and self._size + len(record) + 2 > self._limit:
            self._finish()
        file = self._file or self._open()
        text = (self._between if self._records else b"") + record + self._end
        file.write(text)
        self._size += len(text)
        self._records += 1

    def _path(self) -> Path:
        return self._folder / f"{self._status}_{len(self._finished)}.{self._suffix}"

    def _open(self) -> BinaryIO:
        self._file = file = self._path().open("wb", buffering=_BUFFER)
        self._size = file.write(self._first)
        self._records = 0
        return file

    def _finish(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        with file:
            self._size += file.write(self._last)
        self._finished.append(Written(self._path(), self._size))
        self._records = 0

    def close(self) -> list[Written]:
        """Finish the last file and return all; closing twice does no harm.

        Raises:
            OSError: if the disk does not take the rest.
        """
        self._finish()
        return self._finished


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
            StateError: States.ResultWriterFailed if the disk does not take it; from the methods below, too.
        """
        records = [dump(value) for value in results_of(child, self._machine_arn, self._spec.transformation)]
        self._add("SUCCEEDED" if child.status == "SUCCEEDED" else "FAILED", records)

    def add_pending(self, data: Any) -> None:
        """Write an input that no child was started for."""
        self._add("PENDING", [dump(pending_record(data))])

    def _add(self, status: str, records: list[bytes]) -> None:
        files = self._files[status]
        with self._lock:
            try:
                files.add(*records)
            except OSError as error:
                raise _failed(error, f"the local copy of {status}") from error

    def finish(self) -> dict[str, Any]:
        """Upload the files and the manifest, and return the state's result.

        Raises:
            StateError: States.ResultWriterFailed if they cannot be written.
        """
        if self._earlier and not self._closed("SUCCEEDED"):
            self._add("SUCCEEDED", [])  # recorded on AWS: a file with [], if an earlier attempt had successes
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
            raise _failed(error, where) from error


def _failed(error: OSError, where: str) -> StateError:
    return StateError(RESULT_WRITER_FAILED, f"{error} [{where}]")
