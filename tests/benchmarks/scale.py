"""A map of 10,000, 100,000 and 1,000,000 rows with a no-op function: its peak memory, and its time per row.

Each size has a process of its own, since peak memory is that of a process. Rows and results lie in files: what the map
itself keeps is measured. `ROWS=10000,50000` in the environment takes other sizes.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.pipeline.settings import PROJECT_ROOT
from simulator.runs.folder.json_lines import read_lines
from tests.benchmarks.map_overhead import KEY, no_op, run_map
from tests.rows import HEADER, MORE

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = "10000,100000,1000000"
_CHUNK = 256 * 1024


class FileStore:
    """An object store of one file to read; what is written to it is only counted.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.written = 0

    def open(self, parameters: dict[str, Any]) -> Iterator[bytes]:
        """Give the file's bytes in chunks."""
        del parameters
        with self._path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def list(self, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Refuse: the workflow lists nothing."""
        raise NotImplementedError(parameters)

    def put_multipart(self, bucket: str, key: str, path: Path) -> None:
        """Count a file."""
        del bucket, key
        self.written += path.stat().st_size

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Count an object."""
        del bucket, key
        self.written += len(body)


def main() -> None:
    """Run each size in a process of its own, and print what it took, against the first."""
    first: tuple[float, float] | None = None
    for size in os.environ.get("ROWS", SIZES).split(","):
        code = "from tests.benchmarks import scale; scale.measure()"
        done = subprocess.run(
            [sys.executable, "-c", code, size], cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        rows, seconds, cpu, peak = int(size), *map(float, done.stdout.split())
        first = first or (peak, cpu / rows)
        print(
            f"{rows:>9,} rows: {seconds:>6.1f} s, {rows / seconds:>6,.0f} rows/s, "
            f"{cpu / rows * 1e6:>4.0f} us of CPU per row ({cpu / rows / first[1]:.2f} of the first), "
            f"peak {peak:>4.0f} MB ({peak / first[0]:.2f})",
            flush=True,
        )


def measure() -> None:
    """Run the map of so many rows as the command line says; print seconds, seconds of CPU, and peak memory in MB."""
    rows = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with (home / KEY).open("w", encoding="utf-8") as file:
            file.write(f"{HEADER}\n")
            file.writelines(f"U{index:07},{index % 90},{index % 7}{MORE}\n" for index in range(rows))
        with no_op(home) as functions:
            before = time.process_time()
            seconds, items = run_map(home / "run", functions, FileStore(home / KEY))
            cpu = time.process_time() - before
        peak = peak_megabytes()
        if sum(1 for _ in read_lines(items)) != rows:
            raise SystemExit(f"{items} has not {rows} lines")
    print(seconds, cpu, peak)


def peak_megabytes() -> float:
    """Return the peak memory of this process; `ru_maxrss` of Linux counts that of the process that started it too."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="ascii")) if status.exists() else None
    return int(found[1]) / 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
