"""Tables in a real browser, by keyboard and by mouse; the address of a page; and what a page asks the network for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("playwright", reason="Playwright is in the dependency group `browser`: uv sync --all-groups")

from playwright.sync_api import expect

from tests.acceptance.dashboard.dashboard_server import browser, chromium_path, served_dashboard, settled_page
from tests.unit.dashboard.run_folders import make_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page

pytestmark = [
    pytest.mark.skipif(chromium_path() is None, reason="Debian's chromium is not installed: apt-get install chromium"),
    pytest.mark.slow,
    pytest.mark.timeout(600),
]
KINDS = ("succeeded", "failed", "rejected", "interrupted")
MOST_TABS = 120
HEADER_STEP = 45
FOCUSED = (  # the text of what has the focus; not that of the whole page, while nothing has it
    "(document.activeElement.matches('a, button') && document.activeElement.innerText"
    " || document.activeElement.tagName).trim()"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a run of each kind that ends."""
    path: Path = tmp_path_factory.mktemp("served") / "home"
    for number, kind in enumerate(KINDS):
        make_run(path / "runs", kind, number=number, key=f"{kind}.csv")
    return path


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[str]:
    """The dashboard over it, with a database that does not answer: none of these pages needs one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIMULATOR_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        with served_dashboard(home) as url:
            yield url


@pytest.fixture
def page(served: str) -> Iterator[Page]:
    """A browser in another time zone than this machine's."""
    with browser() as chromium:
        opened = chromium.new_page(
            viewport={"width": 1280, "height": 800}, base_url=served, timezone_id="America/St_Johns"
        )
        opened.set_default_timeout(40_000)
        yield opened
        expect(opened.get_by_test_id("stException")).to_have_count(0)


def addresses(home: Path) -> list[str]:
    """Return every page, and every part of a run."""
    names = {path.name.rsplit("-", 2)[1]: path.name for path in (home / "runs").iterdir()}
    parts = [f"/run?run={names['failed']}&part={part}" for part in ("Rows", "Speed", "History", "Logs", "Files")]
    whole = [f"/run?run={names[kind]}" for kind in KINDS]
    return ["/?since=all", *whole, *parts, "/errors?since=all", "/users?user=U00003", "/forecast", "/upload"]


def test_tab_reaches_the_end_of_every_page_and_sorting_leaves_none(page: Page, home: Path) -> None:
    """Focus and a sorted column change neither page nor address (WCAG 3.2.1, 2.1.1)."""
    for address in addresses(home):
        page.goto(address)
        settled_page(page)
        before = page.url
        page.locator("body").press("Tab")
        reached = [page.evaluate(FOCUSED)]
        while "Time zone" not in reached[-1] and len(reached) < MOST_TABS:
            page.keyboard.press("Tab")
            reached.append(page.evaluate(FOCUSED))
        assert "Time zone" in reached[-1], (address, reached)
        assert page.url == before
        for table in page.get_by_test_id("stDataFrame").all():
            _sort_by_every_header(page, table)
        page.wait_for_timeout(500)
        assert page.url == before


def _sort_by_every_header(page: Page, table: Locator) -> None:
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    for x in range(10, int(box["width"]), HEADER_STEP):
        page.mouse.click(box["x"] + x, box["y"] + 15)


def test_a_run_is_opened_by_keyboard_and_back_leads_to_the_list(page: Page) -> None:
    """Arrow keys move, Shift and Space tick; nothing is ticked after the return."""
    page.goto("/?since=all")
    settled_page(page)
    table = page.get_by_test_id("stDataFrame").last
    _focus(page, table)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    expect(page.get_by_role("heading", name="Run", exact=True)).to_be_visible()
    settled_page(page)
    assert parse_qs(urlsplit(page.url).query)["run"][0].endswith("-rejected-2")  # the second of the newest first
    assert re.match(r"⊘ File rejected · rejected\.csv · ", page.title())
    page.go_back()
    expect(page.get_by_role("heading", name="Night", exact=True)).to_be_visible()
    settled_page(page)
    assert urlsplit(page.url)[2:4] == ("/", "since=all")
    assert "to look at · Night" in page.title()


def _focus(page: Page, table: Locator) -> None:
    table.get_by_test_id("data-grid-canvas").focus()
    page.wait_for_timeout(300)


def test_a_tick_is_kept_by_what_the_row_is_about(page: Page, home: Path) -> None:
    """Another order, a filter and a reload leave the row that was ticked, and the address names it."""
    failed = next(path.name for path in (home / "runs").iterdir() if "-failed-" in path.name)
    page.goto(f"/run?run={failed}&part=Rows")
    settled_page(page)
    table = page.get_by_test_id("stDataFrame").last
    table.scroll_into_view_if_needed()
    table.click(position={"x": 15, "y": 35 * 2 + 17})
    expect(page.get_by_text("Line 3", exact=True)).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)["row"] == ["1"]
    page.get_by_label("Find a row").fill("U0000")
    page.get_by_label("Find a row").press("Enter")
    expect(page.get_by_text("9 rows. Tick")).to_be_visible()
    expect(page.get_by_text("Line 3", exact=True)).to_be_visible()
    page.reload()
    settled_page(page)
    assert page.get_by_label("Find a row").input_value() == "U0000"
    expect(page.get_by_text("Line 3", exact=True)).to_be_visible()
    expect(page.get_by_text("9 rows. Tick")).to_be_visible()


def test_filters_and_the_time_zone_are_in_the_address(page: Page) -> None:
    """What somebody is sent looks the same to them; the zone is named on the page."""
    page.goto("/?since=all&status=rejected&tz=Asia%2FKathmandu")
    settled_page(page)
    expect(page.get_by_text("1 run. Tick")).to_be_visible()
    expect(page.get_by_text("Times are in Asia/Kathmandu (UTC+05:45)")).to_be_visible()
    page.goto("/?since=all&file=nothing-like-it")
    expect(page.get_by_text("No run matches these filters")).to_be_visible()
    expect(page.get_by_text("Times are in America/St_Johns (UTC-03:30)")).to_be_visible()
    page.get_by_label("File name contains").fill("interrupted")
    page.get_by_label("File name contains").press("Enter")
    expect(page.get_by_text("1 run. Tick")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)["file"] == ["interrupted"]


def test_an_open_page_shows_a_run_that_ends_meanwhile(page: Page, home: Path) -> None:
    """Without a click; nothing ran when it was loaded."""
    page.goto("/?since=all")
    settled_page(page)
    expect(page.get_by_text("4 runs. Tick")).to_be_visible()
    made = make_run(home / "runs", "running", number=9, key="at night.csv")
    try:
        expect(page.get_by_text("5 runs. Tick")).to_be_visible(timeout=15_000)
        expect(page.locator("strong").get_by_text("at night.csv")).to_be_visible()
        page.wait_for_function("document.title.startsWith('▶ 1 running')", timeout=15_000)
    finally:
        made.release()
    expect(page.get_by_text("Interrupted, 2 rows failed").first).to_be_visible(timeout=15_000)
    page.wait_for_function("document.title.startsWith('! ')", timeout=15_000)


def test_a_link_is_whole_if_it_is_the_first_thing_that_a_new_dashboard_is_asked_for(home: Path) -> None:
    """With its frame: navigation, time zone, the width of the page. A folder named `pages` would take that away."""
    failed = next(path.name for path in (home / "runs").iterdir() if "-failed-" in path.name)
    with served_dashboard(home) as url, browser() as chromium:
        opened = chromium.new_page(viewport={"width": 1280, "height": 800})
        opened.goto(f"{url}/run?run={failed}&tz=Asia%2FTokyo")
        expect(opened.get_by_test_id("stTopNavLink").filter(has_text="Errors")).to_be_visible(timeout=40_000)
        expect(opened.get_by_role("button", name="Time zone")).to_be_visible(timeout=40_000)
        expect(opened.get_by_text("Times are in Asia/Tokyo (UTC+09:00)")).to_be_visible()


def test_no_page_asks_another_host_for_anything(page: Page, home: Path, served: str) -> None:
    """No font, no icon, no script, no statistics."""
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    for address in addresses(home):
        page.goto(address)
        settled_page(page)
    assert asked
    here = urlsplit(served).netloc
    assert [url for url in asked if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != here] == []
    icon = page.locator("link[rel~=icon]").first.get_attribute("href") or ""
    assert icon.startswith("data:image/svg+xml") or urlsplit(icon).netloc in ("", here)
