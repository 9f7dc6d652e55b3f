"""The functions' log records: in run folders, and beside them for invocations that belong to no run."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from simulator.runs.folder.json_lines import LineFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.runs.recorder import RunRecorder
    from simulator.runs.store import RunStore

_log = logging.getLogger(__name__)

MOST_BYTES = 16 * 1024 * 1024


class FunctionLogs:
    """Files each record in its run's folder, or in a file for all that belong to no run. To be closed.

    That file is begun anew when it has 16 MB; the one before is kept, older ones are not.

    Args:
        recorder: files the records of runs.
        store: the runs.
        elsewhere: the file for other records, whose folder need not exist; None to drop them.
    """

    def __init__(self, recorder: RunRecorder, store: RunStore, elsewhere: Path | None) -> None:
        self._recorder = recorder
        self._store = store
        self._path = elsewhere
        self._lock = threading.Lock()
        self._file: LineFile | None = None
        self._failed = False

    def write(self, record: dict[str, Any]) -> None:
        """File a record. A disk that is full is told once, and the function goes on."""
        if self._recorder.log(record) or self._path is None:
            return
        with self._lock:
            try:
                self._write(self._path, record)
            except OSError as error:
                if not self._failed:
                    self._failed = True
                    _log.error("%s cannot be written: %s", self._path, error.strerror)

    def files(self) -> Iterator[Path]:
        """Yield the files that records are in."""
        if self._path is not None:
            yield _older(self._path)
            yield self._path
        for folder in self._store.folders():
            yield folder.logs_file

    def close(self) -> None:
        """Close the file; a record that still comes opens it again."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _write(self, path: Path, record: dict[str, Any]) -> None:
        if self._file is not None and path.stat().st_size >= MOST_BYTES:
            self._file.close()
            self._file = None
            path.replace(_older(path))
        if self._file is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = LineFile(path)
        self._file.write(record)


def _older(path: Path) -> Path:
    return path.with_name(f"{path.stem}-older{path.suffix}")
