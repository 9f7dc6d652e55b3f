"""Screenshots of the dashboard: each page, 1920, 1280 and 390 pixels wide, light and dark.

`python docs/screenshots.py FOLDER` makes runs of every kind in a home of their own (`sample.csv` really runs), and
writes `FOLDER/<page>-<width>-<light|dark>.png`. Needs Debian's `chromium` and, for the Japanese, `fonts-noto-cjk`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.acceptance.dashboard.dashboard_server import browser, served_dashboard, settled_page  # noqa: E402
from tests.unit.dashboard.run_folders import BEGAN, make_run  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PATIENCE = 180_000
WIDTHS = {1920: 1080, 1280: 800, 390: 844}


def main() -> None:
    """Make them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--only", help="only pages whose name begins with this; several times for several", action="append"
    )
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="dashboard-") as folder:
        home = Path(folder) / "home"
        pages = _pages(home)
        with served_dashboard(home) as url, browser() as chromium:
            for name, path in pages.items():
                if name.startswith(tuple(arguments.only or [""])):
                    _shoot(chromium, url + path, arguments.folder / name)


def _pages(home: Path) -> dict[str, str]:
    """Make the runs, and return the pages' addresses by name."""
    runs = home / "runs"
    running = make_run(runs, "running", number=int((datetime.now(UTC) - BEGAN) / timedelta(hours=1)), rows=200)
    made = [
        make_run(
            runs, kind, number=int((datetime.now(UTC) - BEGAN) / timedelta(hours=1)) - 24 * (1 + day) + hour, rows=300
        )
        for day, kinds in enumerate((("succeeded", "failed"), ("rejected",), ("interrupted", "succeeded")))
        for hour, kind in enumerate(kinds)
    ]
    by_kind = {run.name.split("-")[4]: run.name for run in made}
    for file in ("sample.csv", "too_many_failures.csv", "invalid/wrong_header.csv"):
        if (ROOT / "sample_data" / file).is_file():
            command = [sys.executable, str(ROOT / "simulator"), "run", str(ROOT / "sample_data" / file)]
            subprocess.run(  # noqa: S603 - our own command
                command, env={**os.environ, "SIMULATOR_HOME": str(home)}, check=False, stderr=subprocess.DEVNULL
            )
    real = {
        _key(path): path.name for path in sorted(runs.iterdir()) if path.name.startswith("user-log-") and _key(path)
    }
    sample = real.get("sample.csv", by_kind["succeeded"])
    return {
        "night": "/?since=all",
        "run-sample": f"/run?run={quote(sample)}",
        "run-failed": f"/run?run={quote(by_kind['failed'])}",
        "run-rejected": f"/run?run={quote(by_kind['rejected'])}",
        "run-running": f"/run?run={quote(running.name)}&part=Speed",
        "row": f"/run?run={quote(sample)}&line=138&part=Logs",
        "errors": "/errors?since=all",
        "users": "/users?user=U00001",
        "forecast": "/forecast",
        "upload": "/upload",
    }


def _key(folder: Path) -> str:
    from simulator.runs.folder.run_folder import RunFolder  # noqa: PLC0415 - the path to the project is set above

    return RunFolder(folder.parent, folder.name).record().source.key


def _shoot(chromium: Browser, url: str, target: Path) -> None:
    for width, height in WIDTHS.items():
        for scheme in ("light", "dark"):
            context = chromium.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, timezone_id="Asia/Tokyo"
            )
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            page.goto(url)
            settled_page(page)
            inner = page.get_by_test_id("stMain").evaluate("element => element.scrollHeight")
            page.set_viewport_size({"width": width, "height": int(inner) + 80})
            settled_page(page)
            page.screenshot(path=f"{target}-{width}-{scheme}.png")
            context.close()


if __name__ == "__main__":
    main()
