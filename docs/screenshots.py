"""Screenshots of the dashboard: each page, 1280, 768 and 390 pixels wide, light and dark.

`python docs/screenshots.py FOLDER` makes thirty nights in a home of their own, or takes `--home HOME` as it is, and
writes `FOLDER/<page>-<width>-<light|dark>.png`, in Japanese with `--language ja`. `--readme` makes the README's
pictures instead: `docs/images/`.
Needs Debian's `chromium` and, for the Japanese, `fonts-noto-cjk`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from simulator.runs.store import RunStore  # noqa: E402
from tests.acceptance.dashboard.dashboard_server import browser, served_dashboard, settled_page  # noqa: E402
from tests.thirty_nights.__main__ import make_history  # noqa: E402
from tests.unit.dashboard.run_folders import BEGAN, make_run  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize

PATIENCE = 180_000
ZONE = "Asia/Tokyo"
WIDTHS = {1280: 800, 768: 1024, 390: 844}
README_PAGES = ("night", "run", "inbox")
SCREEN: ViewportSize = {"width": 1280, "height": 1000}


def main() -> None:
    """Make them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path, help="a home that has runs; it is only looked at")
    parser.add_argument("--readme", action="store_true", help="only <page>.png of the README's pages, one screen each")
    parser.add_argument(
        "--only", help="only pages whose name begins with this; several times for several", action="append"
    )
    parser.add_argument("--language", default="en", help="en or ja")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="dashboard-") as folder:
        home = (
            arguments.home.absolute()
            if arguments.home
            else _made_home(Path(folder) / "home", going_on=not arguments.readme)
        )
        pages = _pages(home)
        with served_dashboard(home) as url, browser() as chromium:
            for name, path in pages.items():
                if not name.startswith(tuple(arguments.only or [""])):
                    continue
                if not arguments.readme:
                    _shoot(chromium, url + path, arguments.folder / name, arguments.language)
                elif name in README_PAGES:
                    _shoot_screen(chromium, url + path, arguments.folder / f"{name}.png")


def _made_home(home: Path, *, going_on: bool) -> Path:
    """Make thirty nights, and perhaps a run that is under way."""
    make_history(home, zone=ZoneInfo(ZONE))
    if going_on:
        make_run(home / "runs", "running", number=int((datetime.now(UTC) - BEGAN) / timedelta(hours=1)), rows=200)
    return home


def _pages(home: Path) -> dict[str, str]:
    """Return the pages' addresses by name; of runs, the newest of each kind that the home has."""
    newest: dict[str, str] = {}
    for record in RunStore(home / "runs").records():
        bad = record.status == "SUCCEEDED" and record.rows.failed
        newest.setdefault("SUCCEEDED_WITH_FAILURES" if bad else record.status, record.name)
        if not record.rows.total:
            newest.setdefault("WITHOUT_ROWS", record.name)
    parts = {
        "run": ("SUCCEEDED_WITH_FAILURES", ""),
        "run-succeeded": ("SUCCEEDED", ""),
        "run-failed": ("FAILED", ""),
        "run-rejected": ("WITHOUT_ROWS", ""),
        "run-running": ("RUNNING", "&part=Speed"),
        "row": ("SUCCEEDED_WITH_FAILURES", "&line=138&part=Logs"),
    }
    runs = {name: f"/run?run={quote(newest[kind])}{rest}" for name, (kind, rest) in parts.items() if kind in newest}
    return {
        "night": "/",
        **runs,
        "inbox": "/inbox",
        "errors": "/errors?since=all",
        "users": "/users",
        "user": "/users?user=U00137",
        "forecast": "/forecast",
        "upload": "/upload",
    }


def _shoot_screen(chromium: Browser, url: str, target: Path) -> None:
    """Take what one screen shows, as the README has it."""
    page = chromium.new_page(viewport=SCREEN, color_scheme="light", timezone_id=ZONE, locale="en")
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    settled_page(page)
    page.screenshot(path=target)
    page.close()


def _shoot(chromium: Browser, url: str, target: Path, language: str) -> None:
    for width, height in WIDTHS.items():
        for scheme in ("light", "dark"):
            context = chromium.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                timezone_id=ZONE,
                locale=language,
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
