"""The dashboard as a person starts it, and a real browser to look at it with."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from simulator.pipeline.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PATIENCE = 40.0


def chromium_path() -> str | None:
    """Return where Debian's Chromium is, or None if it is not installed."""
    return shutil.which("chromium")


@dataclass(frozen=True, slots=True)
class DashboardServer:
    """A dashboard that answers.

    Args:
        url: its address.
        pid: its process.
    """

    url: str
    pid: int


@contextmanager
def served_dashboard(home: Path, *words: str) -> Iterator[str]:
    """Run `streamlit run dashboard` over `home`, from another folder than the project's; give its address.

    Args:
        home: the home folder.
        words: what stands behind `--`.

    Raises:
        RuntimeError: it does not answer; the message holds what it wrote.
    """
    with dashboard_server(home, *words) as server:
        yield server.url


@contextmanager
def dashboard_server(home: Path, *words: str) -> Iterator[DashboardServer]:
    """Do the same as `served_dashboard`, and tell the process too."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    log = home.parent / "streamlit.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(PROJECT_ROOT / "dashboard"), *options, "--", *words],
            cwd=home.parent,
            env={**os.environ, "SIMULATOR_HOME": str(home), "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health", process, log)
            yield DashboardServer(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with opener.open(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"The dashboard does not answer at {url}:\n{log.read_text(errors='replace')}")


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium without a window."""
    with sync_playwright() as driver:
        # Under LANG=C Chromium cannot open a file with a Japanese name.
        utf_8: dict[str, str | float | bool] = {**os.environ, "LANG": "C.UTF-8"}
        started = driver.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"], env=utf_8)
        try:
            yield started
        finally:
            started.close()


def settled_page(page: Page) -> None:
    """Wait until the page has been drawn: nothing is running, no skeleton is left."""
    page.get_by_test_id("stApp").wait_for()
    page.wait_for_function(
        """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'running'
             && document.querySelector('h1') && !document.querySelector('[data-testid=stSkeleton]')"""
    )
    page.wait_for_timeout(700)
