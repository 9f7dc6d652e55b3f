"""A run that goes on, steered by keyboard in a real browser; and the pages in the browser's language."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright", reason="Playwright is in the dependency group `browser`: uv sync --all-groups")

from playwright.sync_api import expect

from simulator.pipeline.steering.port import SteeringPort
from tests.acceptance.dashboard.dashboard_server import browser, chromium_path, served_dashboard, settled_page
from tests.unit.dashboard.run_folders import make_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.pipeline.steering.orders import Order

pytestmark = [
    pytest.mark.skipif(chromium_path() is None, reason="Debian's chromium is not installed: apt-get install chromium"),
    pytest.mark.slow,
    pytest.mark.timeout(400),
]
JAPANESE = re.compile(r"[ぁ-んァ-ン一-龥]")


@pytest.fixture(scope="module")
def orders() -> list[Order]:
    """What was ordered."""
    return []


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, orders: list[Order]) -> Iterator[str]:
    """The dashboard over a home with a run that ended and one that this process runs."""
    home: Path = tmp_path_factory.mktemp("steered") / "home"

    def obey(order: Order) -> dict[str, Any]:
        orders.append(order)
        return {}

    make_run(home / "runs", "failed", number=0, key="kyoto.csv")
    run = make_run(home / "runs", "running", number=1, key="osaka.csv")
    document = json.loads(run.folder.run_file.read_bytes())
    run.folder.run_file.write_text(json.dumps({**document, "pid": os.getpid()}), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, SteeringPort(home / "steering", obey):
        patch.setenv("SIMULATOR_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        with served_dashboard(home) as url:
            yield url
    run.release()


def test_a_run_is_stopped_and_changed_by_keyboard(served: str, orders: list[Order]) -> None:
    """Enter opens, and Enter does it; nothing happens before."""
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 800}, base_url=served, locale="en-US")
        page.set_default_timeout(40_000)
        page.goto("/run")
        settled_page(page)
        opener = page.get_by_role("button", name="Stop …")
        opener.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Stop now")).to_be_visible()
        assert orders == []
        page.get_by_role("button", name="Stop now").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Stopped.", exact=True)).to_be_visible()
        assert [order.kind for order in orders] == ["stop"]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_follow_the_browsers_language(served: str, scheme: str, width: int, height: int) -> None:
    """Also the page's own `lang`; nothing is wider than a phone; `?lang=en` gives English."""
    with browser() as chromium:
        page = chromium.new_page(
            viewport={"width": width, "height": height}, base_url=served, locale="ja-JP", color_scheme=scheme
        )
        page.set_default_timeout(40_000)
        for path in ("/", "/run", "/errors", "/users", "/upload"):
            page.goto(path)
            settled_page(page)
            expect(page.get_by_role("heading", level=1)).to_have_text(JAPANESE)
            expect(page.locator("html")).to_have_attribute("lang", "ja")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if folder := os.environ.get("SCREENSHOTS"):
                name = path.strip("/") or "night"
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
        page.goto("/run?lang=en")
        settled_page(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Run")
