"""How long the dashboard's pages take for what they show: 200 runs of 1,000 rows, and one run of 100,000 rows.

Each is asked for once, and then `ROUNDS` times more: the median of those has a limit of 2 seconds.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dashboard.components.dot import dot
from dashboard.queries.downloads import downloads
from dashboard.queries.failures import error_groups, failures
from dashboard.queries.history import history
from dashboard.queries.logs import logs
from dashboard.queries.run_list import run, runs
from dashboard.queries.states.graph import run_graph
from dashboard.queries.states.state_grid import state_grid
from dashboard.queries.trends import per_day, throughput
from dashboard.queries.users import user_history
from dashboard.queries.workers.worker_times import worker_times
from simulator.runs.folder.run_folder import RunFolder
from simulator.runs.row_story import row_story
from simulator.runs.store import RunStore
from tests.benchmarks.dashboard_folders import FIRST_DAY, make_run, make_runs

RUNS, ROWS, BIG = 200, 1_000, 100_000
ROUNDS = 3
LIMIT_SECONDS = 2.0


def main() -> None:
    """Make the folders, open each page, and print the medians; end with an error where one is over the limit."""
    with tempfile.TemporaryDirectory() as home:
        many, one = RunStore(Path(home) / "many"), RunStore(Path(home) / "one")
        make_runs(many, RUNS, ROWS)
        big = make_run(one, "user-log-big", BIG, FIRST_DAY)
        print(f"dashboard, {RUNS} runs of {ROWS:,} rows; one run of {BIG:,} rows; warm, median of {ROUNDS}")
        slow = [
            _timed("all runs: list, days, grid", lambda: _runs_page(many)),
            _timed("all runs: errors", lambda: error_groups(many.folders())),
            _timed("all runs: a user's history", lambda: user_history(many.folders(), "U00500")),
            _timed("big run: the whole page", lambda: _run_page(big)),
            _timed("big run: graph", lambda: dot(run_graph(big))),
            _timed("big run: throughput", lambda: throughput(big)),
            _timed("big run: worker times", lambda: worker_times(big)),
            _timed("big run: failed rows", lambda: failures([big])),
            _timed("big run: first page of the logs", lambda: logs(big)),
            _timed("big run: search the logs", lambda: logs(big, search="u99999")),
            _timed("big run: all about one row", lambda: row_story(big, line=BIG)),
        ]
    if any(slow):
        raise SystemExit(f"over the limit of {LIMIT_SECONDS:g} s")


def _runs_page(store: RunStore) -> None:
    rows = runs(store)
    per_day(rows)
    state_grid(store, rows)


def _run_page(folder: RunFolder) -> None:
    run(folder)
    dot(run_graph(folder))
    throughput(folder)
    worker_times(folder)
    failures([folder])
    history(folder)
    logs(folder)
    downloads(folder)


def _timed(title: str, work: Callable[[], object]) -> bool:
    first, *warm = [_seconds(work) for _ in range(1 + ROUNDS)]
    median = statistics.median(warm)
    print(f"  {title:<34}: {median:>6.2f} s   (the first time {first:.2f} s)")
    return median > LIMIT_SECONDS


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
