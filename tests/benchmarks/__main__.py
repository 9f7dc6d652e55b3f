"""Timings and memory: `uv run python -m tests.benchmarks NAME`; without a name it says which there are."""

from __future__ import annotations

import sys

from tests.benchmarks import (
    dashboard,
    end_to_end,
    lasting,
    map_overhead,
    memory,
    open_pages,
    scale,
    second_run,
    start_up,
)
from tests.benchmarks.peers import comparison

BENCHMARKS = {
    "end-to-end": end_to_end.main,
    "second-run": second_run.main,
    "lasting": lasting.main,
    "map-overhead": map_overhead.main,
    "memory": memory.main,
    "scale": scale.main,
    "start-up": start_up.main,
    "dashboard": dashboard.main,
    "peers": comparison.main,
    "open-pages": open_pages.main,
}


def main(names: list[str]) -> int:
    """Run the benchmarks named, or say which there are."""
    if not names or any(name not in BENCHMARKS for name in names):
        sys.stderr.write(f"Usage: python -m tests.benchmarks {' | '.join(BENCHMARKS)}\n")
        return 2
    for name in names:
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
