"""The morning after thirty nights: the five questions of an operator, answered in a real browser and by keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("playwright", reason="Playwright is in the dependency group `browser`: uv sync --all-groups")

from playwright.sync_api import expect

from simulator.runs.store import RunStore
from tests.acceptance.dashboard.dashboard_server import browser, chromium_path, served_dashboard, settled_page
from tests.thirty_nights.__main__ import make_history

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page

pytestmark = [
    pytest.mark.skipif(chromium_path() is None, reason="Debian's chromium is not installed: apt-get install chromium"),
    pytest.mark.slow,
    pytest.mark.timeout(600),
]
MOST_TABS = 120
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty nights that end this morning."""
    path: Path = tmp_path_factory.mktemp("morning") / "home"
    make_history(path, database=False)
    return path


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[str]:
    """The dashboard over them; no database answers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIMULATOR_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        with served_dashboard(home) as url:
            yield url


@pytest.fixture(params=SIZES)
def page(served: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser as wide as a desk or a phone allows."""
    width, height = SIZES[request.param]
    with browser() as chromium:
        opened = chromium.new_page(viewport={"width": width, "height": height}, base_url=served)
        opened.set_default_timeout(60_000)
        yield opened
        expect(opened.get_by_test_id("stException")).to_have_count(0)


def _metric(page: Page, name: str) -> Locator:
    """The value of the metric of that name."""
    return page.get_by_test_id("stMetric").filter(has_text=re.compile(f"^{name}")).get_by_test_id("stMetricValue")


def _tab_to(page: Page, words: str) -> None:
    """Move the focus by Tab alone to what has these words in it."""
    focused = (
        "!document.activeElement.matches('a, button, input') ? '' "
        ": document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || ''"
    )
    page.locator("body").press("Tab")
    for _ in range(MOST_TABS):
        if words in page.evaluate(focused):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {words!r}")


def test_what_ran_last_night_and_what_needs_me_is_on_the_first_page(page: Page) -> None:
    """The counts, the worst first, one step for each; the tab says it too."""
    page.goto("/")
    settled_page(page)
    for name, value in {"Files": "3", "Succeeded": "1", "Failed": "1", "Rejected": "1", "Bad rows": "24"}.items():
        expect(_metric(page, name)).to_have_text(value)
    expect(_metric(page, "Nights without a file")).to_have_text("0")
    assert page.locator("strong", has_text=".csv").all_inner_texts() == ["nagoya.csv", "osaka.csv", "tokyo.csv"]
    expect(page.get_by_role("button", name="Upload the corrected file")).to_have_count(1)
    expect(page.get_by_role("button", name="Download failed-rows.csv")).to_have_count(1)
    assert re.match(r"! 3 to look at · Night", page.title())
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0


def test_a_redrive_is_reached_and_opened_by_keyboard(page: Page) -> None:
    """It is the step of the run that an outage stopped."""
    page.goto("/")
    settled_page(page)
    _tab_to(page, "Redrive")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Redrive now")).to_be_visible()
    expect(page.get_by_text("Runs the 130 rows that did not succeed again")).to_be_visible()


def test_the_failed_rows_of_the_night_and_their_reasons_are_one_key_away(page: Page) -> None:
    """In all files; a kind of error that was not there before comes first."""
    page.goto("/")
    settled_page(page)
    _tab_to(page, "Every row that failed in this span")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Every row that failed")).to_be_visible()
    expect(page.get_by_text("24 failed rows in 3 runs")).to_be_visible()
    expect(page.get_by_text("nagoya.csv")).to_be_visible()
    settled_page(page)
    assert re.match(r"24 rows, 2 new · Errors", page.title())


def test_is_it_getting_worse_is_answered_in_numbers_and_a_night_without_a_file_is_seen(page: Page) -> None:
    """The week beside the one before."""
    page.goto("/?since=30n")
    settled_page(page)
    expect(_metric(page, "Nights without a file")).to_have_text("1")
    delta = page.get_by_test_id("stMetric").filter(has_text="Rows that failed").get_by_test_id("stMetricDelta")
    expect(delta).to_have_text(re.compile(r"\+0\.\d+ points"))
    expect(page.get_by_text("Grey: a night without a file.")).to_be_visible()


def test_a_user_is_found_by_typing_the_id_and_every_row_says_why(page: Page) -> None:
    """Without a database the history is told all the same."""
    page.goto("/users")
    settled_page(page)
    _tab_to(page, "User ID, name or e-mail contains")
    page.keyboard.type("U00137")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="U00137")).to_be_visible()
    expect(page.get_by_text("27 rows about this user failed")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)["search"] == ["U00137"]


def test_the_span_is_in_the_address_and_back_leads_to_the_one_before(page: Page) -> None:
    """By the button that asks for all runs."""
    page.goto("/")
    settled_page(page)
    page.get_by_role("button", name=re.compile("outside this span need attention too")).click()
    expect(_metric(page, "Files")).to_have_text(re.compile(r"^6\d$"))
    settled_page(page)
    assert parse_qs(urlsplit(page.url).query)["since"] == ["all"]
    page.go_back()
    expect(_metric(page, "Files")).to_have_text("3")
    page.goto("/?since=nonsense")
    expect(_metric(page, "Files")).to_have_text("3")


def test_back_undoes_each_filter_and_each_page_one_at_a_time(page: Page) -> None:
    """Choices, free text and pages; each is one step, and the fields show what the address says."""
    page.goto("/?since=all")
    settled_page(page)
    field = page.get_by_role("textbox", name="File name contains")
    for text, runs in (("osaka", 29), ("nagoya", 5)):
        field.fill(text)
        field.press("Enter")
        expect(page.get_by_text(f"{runs} runs. Tick a run")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query) == {"since": ["all"], "file": ["nagoya"]}
    page.go_back()
    expect(page.get_by_text("29 runs. Tick a run")).to_be_visible()
    expect(field).to_have_value("osaka")
    page.go_back()
    expect(page.get_by_text("64 runs. Tick a run")).to_be_visible()
    expect(field).to_have_value("")
    assert parse_qs(urlsplit(page.url).query) == {"since": ["all"]}


def test_a_filter_begins_at_the_first_page_and_back_leads_to_the_page_before(page: Page, home: Path) -> None:
    """The rows of one run; the time zone, which is not a filter, stays."""
    run = next(one.name for one in RunStore(home / "runs").records() if one.source.key == "tokyo.csv")
    page.goto(f"/run?run={run}&part=Rows&tz=Asia/Tokyo")
    settled_page(page)
    pages = page.get_by_test_id("stPagination")
    pages.get_by_role("button", name="3").click()
    page.wait_for_url("**rows-page=3**")
    settled_page(page)
    finder = page.get_by_role("textbox", name="Find a row or a user")
    finder.fill("U001")
    finder.press("Enter")
    page.wait_for_url("**find=U001**")
    assert "rows-page" not in page.url
    settled_page(page)
    page.go_back()
    settled_page(page)
    expect(finder).to_have_value("")
    asked = parse_qs(urlsplit(page.url).query)
    assert (asked["rows-page"], asked["tz"]) == (["3"], ["Asia/Tokyo"])
    expect(page.get_by_text("Times are in Asia/Tokyo")).to_be_visible()


def test_a_click_on_the_grid_opens_the_run_and_the_return_opens_nothing(page: Page, home: Path) -> None:
    """The labels have the files' names."""
    page.goto("/")
    settled_page(page)
    grid = page.locator("[data-testid=stVegaLiteChart]").last
    grid.scroll_into_view_if_needed()
    expect(grid.get_by_text(re.compile("nagoya.csv$"))).to_be_visible()
    grid.locator("path[aria-roledescription='rect mark'], path[aria-roledescription='bar']").last.click(force=True)
    expect(page.get_by_role("heading", name="Run", exact=True)).to_be_visible()
    run = parse_qs(urlsplit(page.url).query)["run"][0]
    assert run in {folder.name for folder in RunStore(home / "runs").folders()}
    page.go_back()
    expect(_metric(page, "Files")).to_have_text("3")
    settled_page(page)
    assert urlsplit(page.url).path == "/"


def test_back_leads_from_every_step_to_what_was_seen_before(page: Page) -> None:
    """From the page of a step's button, from another run, and from the newest run, which the address then names."""
    page.goto("/?since=7n")
    settled_page(page)
    page.get_by_role("button", name="Upload the corrected file").first.click()
    expect(page.get_by_role("heading", name="Upload", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Night", exact=True)).to_be_visible()
    assert urlsplit(page.url)[2:4] == ("/", "since=7n")
    page.goto("/run")
    settled_page(page)
    newest = parse_qs(urlsplit(page.url).query)["run"]
    page.get_by_role("combobox", name=re.compile("^Run|Selected.*Run")).first.click()
    page.get_by_role("option", name="osaka.csv · Failed").first.click()
    page.wait_for_function("document.title.includes('osaka.csv')")
    settled_page(page)
    assert parse_qs(urlsplit(page.url).query)["run"] != newest
    page.go_back()
    page.wait_for_function("document.title.includes('nagoya.csv')")
    assert parse_qs(urlsplit(page.url).query)["run"] == newest
    page.go_back()
    expect(page.get_by_role("heading", name="Night", exact=True)).to_be_visible()


def test_a_language_that_the_address_names_stays_on_every_page_and_in_every_part(page: Page) -> None:
    """Also where a part of the page is drawn again alone; the address says it, so that a link is in it too."""
    page.goto("/?since=all&lang=ja")
    settled_page(page)
    said = page.get_by_text("に更新（10 秒ごと）")
    before = said.inner_text()
    page.wait_for_timeout(6_000)
    expect(said).not_to_have_text(before)
    page.goto("/?lang=ja")
    settled_page(page)
    page.get_by_role("link", name="この期間に失敗したすべての行とその理由").click()
    expect(page.get_by_role("heading", name="エラー", exact=True)).to_be_visible()
    settled_page(page)
    assert parse_qs(urlsplit(page.url).query)["lang"] == ["ja"]
    page.reload()
    expect(page.get_by_role("heading", name="エラー", exact=True)).to_be_visible()
