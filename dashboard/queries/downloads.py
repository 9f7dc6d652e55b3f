"""A run's files to download: the CSV as it was uploaded, the rows to correct, and the results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file: what it is, the name to save it under, its path, size and type."""

    title: str
    file_name: str
    path: Path
    size: int
    mime: str

    def read(self) -> bytes | None:
        """Return its bytes; None if it has vanished."""
        try:
            return self.path.read_bytes()
        except OSError:
            return None


def downloads(folder: RunFolder, record: RunRecord | None = None) -> list[Download]:
    """Return the files there are: `input.csv`, `failed-rows.csv` if it holds a row, then the ResultWriter's."""
    record = record or folder.record()
    key = record.source.key.replace("\\", "/").rsplit("/", 1)[-1] or "input.csv"
    stem = key.removesuffix(".csv")
    found = [_download("The file as it was uploaded", key, folder.input_file, "text/csv")]
    if record.rows.failed or record.rows.pending:
        name = f"{stem}-failed-rows.csv"
        found.append(_download("The rows to correct and upload again", name, folder.failed_rows_file, "text/csv"))
    try:
        results = folder.result_files()
    except OSError:
        results = []
    for path in results:
        title = str(path.relative_to(folder.path))
        found.append(_download(title, path.name, path, "application/json"))
    return [one for one in found if one is not None]


def _download(title: str, file_name: str, path: Path, mime: str) -> Download | None:
    try:
        size = path.stat().st_size
    except OSError:
        return None
    return Download(title=title, file_name=file_name, path=path, size=size, mime=mime)
