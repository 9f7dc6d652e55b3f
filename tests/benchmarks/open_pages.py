"""The pages in a real browser: how soon they answer, and what an open tab costs.

A home with 1,000 runs of 100 rows, 8 hours apart, and a newest run of 100,000 rows. Cold: from the start of the command
`streamlit run dashboard` to the answer on the page. Warm: from the address to the answer, median of `ROUNDS`. Then the
CPU time of server and browser for a tab that is left open, idle and beside a real run that goes on.

Needs Debian's `chromium`. `PAGES_HOME=FOLDER` in the environment keeps the home, or takes the one that is there.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]

from simulator.pipeline.settings import PROJECT_ROOT
from simulator.runs.store import RunStore
from tests.acceptance.dashboard.dashboard_server import browser, dashboard_server, settled_page
from tests.benchmarks.dashboard_folders import make_run, make_runs
from tests.rows import upload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, ViewportSize

    from tests.acceptance.dashboard.dashboard_server import DashboardServer

RUNS, ROWS, BIG = 1_000, 100, 100_000
APART = timedelta(hours=8)
BIG_NAME = "user-log-big"
ANSWERS = {"/": "Needs attention", f"/run?run={BIG_NAME}": "Next step"}
"""Pages, and the text that answers what the page is opened for."""
ROUNDS = 5
COLD_SECONDS, WARM_SECONDS = 4.0, 1.0
IDLE_SHARE, LIVE_SHARE = 0.02, 0.10
WATCHED_SECONDS = 60.0
SETTLED_SECONDS = 30.0
LIVE_ROWS, BAD_EVERY = 20_000, 500
LIVE_FAULT = "latency=0.1,share=1"
SCREEN: ViewportSize = {"width": 1280, "height": 800}


def main() -> None:
    """Measure all, print it, and end with an error where something is over its limit."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with _home() as home:
        _compile(home)
        print(f"pages, {RUNS:,} runs of {ROWS} rows and one of {BIG:,}; load {os.getloadavg()[0]:.1f}")
        over = [_opened(home, path, answer) for path, answer in ANSWERS.items()]
        over += [_left_open(home, path, "idle", IDLE_SHARE) for path in ANSWERS]
        with _run_going_on(home) as name:
            over += [_left_open(home, path, "live", LIVE_SHARE) for path in ("/", f"/run?run={name}")]
    if any(over):
        raise SystemExit("something is over its limit")


def _compile(home: Path) -> None:
    """Open the pages once, so that the bytecode of all modules lies on the disk, as after any use before."""
    with dashboard_server(home) as server, browser() as chromium:
        for path, answer in ANSWERS.items():
            _seen(chromium, server.url + path, answer).close()


@contextmanager
def _home() -> Iterator[Path]:
    kept = os.environ.get("PAGES_HOME")
    with tempfile.TemporaryDirectory(prefix="pages-") as folder:
        home = Path(kept).absolute() if kept else Path(folder) / "home"
        store = RunStore(home / "runs")
        if not store.folders():
            newest = datetime.now(UTC) - timedelta(hours=1)
            make_runs(store, RUNS, ROWS, first=newest - RUNS * APART, apart=APART)
            make_run(store, BIG_NAME, BIG, newest)
        yield home


def _opened(home: Path, path: str, answer: str) -> bool:
    """Measure cold and warm; say whether one is over its limit."""
    with browser() as chromium:
        began = time.perf_counter()
        with dashboard_server(home) as server:
            page = _seen(chromium, server.url + path, answer)
            cold, cold_cpu = time.perf_counter() - began, _cpu_seconds(server.pid)
            page.close()
            warm = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                page = _seen(chromium, server.url + path, answer)
                warm.append(time.perf_counter() - began)
                page.close()
    median = statistics.median(warm)
    print(f"  {path:<26} cold {cold:.2f} s (CPU of the server {cold_cpu:.2f} s), warm {median:.2f} s")
    return cold > COLD_SECONDS or median > WARM_SECONDS


def _seen(chromium: Browser, url: str, answer: str) -> Page:
    """Open a page, and wait until it says `answer`."""
    page = chromium.new_page(viewport=SCREEN, locale="en-US")
    page.set_default_timeout(120_000)
    page.goto(url, wait_until="commit")
    page.get_by_text(answer).first.wait_for()
    return page


def _left_open(home: Path, path: str, title: str, limit: float) -> bool:
    """Measure a tab that nobody touches; say whether server or browser take more of a core than the limit."""
    with dashboard_server(home) as server, browser() as chromium:
        page = chromium.new_page(viewport=SCREEN)
        page.set_default_timeout(120_000)
        page.goto(server.url + path)
        settled_page(page)
        page.wait_for_timeout(SETTLED_SECONDS * 1_000)
        server_share, browser_share = _shares(server, page)
    print(f"  {path[:40]:<40} {title}: server {server_share:.1%} of a core, browser {browser_share:.1%}")
    return max(server_share, browser_share) > limit


def _shares(server: DashboardServer, page: Page) -> tuple[float, float]:
    """Watch; processes of the browser that end meanwhile are left out: they are those of its start."""
    server_before, browser_before = _cpu_seconds(server.pid), _browser_seconds()
    began = time.perf_counter()
    page.wait_for_timeout(WATCHED_SECONDS * 1_000)
    took = time.perf_counter() - began
    browser_spent = [now - browser_before.get(pid, 0.0) for pid, now in _browser_seconds().items()]
    return (_cpu_seconds(server.pid) - server_before) / took, sum(browser_spent) / took


def _browser_seconds() -> dict[int, float]:
    """Return the CPU time of each process of Chromium that this process started."""
    found = {}
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "chrom" in one.name():
                found[one.pid] = _cpu_seconds(one.pid)
    return found


def _cpu_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


@contextmanager
def _run_going_on(home: Path) -> Iterator[str]:
    """Run a file by the real command, slowly; give the run's name."""
    before = {folder.name for folder in RunStore(home / "runs").folders()}
    with tempfile.TemporaryDirectory(prefix="live-") as folder:
        file = Path(folder) / "live.csv"
        lines = (f"U{number:05},{'x' if number % BAD_EVERY == 0 else 1},2" for number in range(1, LIVE_ROWS + 1))
        file.write_text(upload(*lines), encoding="utf-8")
        words = [sys.executable, "-m", "simulator", "run", str(file), "--create-users", "--fault", LIVE_FAULT]
        process = subprocess.Popen(
            words,
            cwd=PROJECT_ROOT,
            env={**os.environ, "SIMULATOR_HOME": str(home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield _begun(home, before, process)
        finally:
            process.terminate()
            process.wait(60)


def _begun(home: Path, before: set[str], process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        for folder in RunStore(home / "runs").folders():
            if folder.name not in before and folder.record().rows.succeeded:
                return folder.name
        time.sleep(0.5)
    raise RuntimeError("The run that was to go on has not begun.")
