"""The pages over a deployed stack, in a browser: the stack is that of `up`, asked by the calls that AWS gets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright", reason="Playwright is in the dependency group `browser`: uv sync --all-groups")

from playwright.sync_api import expect

from simulator.aws.engine.environment import local_aws
from tests.acceptance.dashboard.dashboard_server import browser, chromium_path, served_dashboard, settled_page
from tests.acceptance.test_up import rows, up
from tests.rows import HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.acceptance.conftest import Shell

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium_path() is None, reason="Debian's chromium is not installed: apt-get install chromium"),
    pytest.mark.timeout(400),
]
PATIENCE = 90_000
REGION = "ap-northeast-1"
BROKEN = "\n".join([HEADER, *(f"U{number:05},x,1" for number in range(1, 4)), "U00004,1,1", ""])


@pytest.fixture(scope="module")
def cloud(make_shell: Callable[[str], Shell]) -> Iterator[tuple[Shell, str]]:
    """A cloud in which a file failed."""
    shell = make_shell("deployed pages")
    with up(shell) as (_, facts):
        (shell.folder / "broken.csv").write_text(BROKEN, encoding="utf-8")
        shell("run", "broken.csv")
        with local_aws(facts["url"]):
            yield shell, facts["url"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser."""
    with browser() as started:
        yield started


def opened(chromium: Browser, url: str, path: str) -> Page:
    """A page that has been drawn."""
    page = chromium.new_page(viewport={"width": 1280, "height": 1000}, base_url=url)
    page.set_default_timeout(PATIENCE)
    page.goto(path)
    settled_page(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    return page


def said(page: Page) -> list[str]:
    """What the page of a run says of it: its numbers, why rows failed, and the rows' table by its words."""
    metrics = page.get_by_test_id("stMetric").all_inner_texts()
    return [*metrics, *page.locator("li").all_inner_texts()]


def test_one_run_seen_both_ways_shows_the_same(cloud: tuple[Shell, str], chromium: Browser, tmp_path: Path) -> None:
    """Numbers and reasons; over the stack the page also says where the run is, and offers nothing that changes it."""
    shell, url = cloud
    name = next((shell.home / "runs").iterdir()).name
    with served_dashboard(shell.home) as here:
        own = said(opened(chromium, here, f"/run?run={name}"))
    place = ("--stack", "UserLogPipeline", "--endpoint-url", url, "--region", REGION)
    with served_dashboard(tmp_path / "operator", *place) as there:
        page = opened(chromium, there, "/")
        expect(page.get_by_text("broken.csv").first).to_be_visible(timeout=PATIENCE)
        page = opened(chromium, there, f"/run?run={name}")
        expect(page.get_by_text(f"A run on AWS ({REGION}, account 123456789012 at {url})")).to_be_visible()
        assert said(page) == own
        expect(page.get_by_text("start the dashboard with")).to_be_visible()
        expect(page.get_by_role("button", name="Redrive …")).to_have_count(0)
        page = opened(chromium, there, "/users?search=U00004")
        expect(page.get_by_text("1 user.")).to_be_visible()
        page = opened(chromium, there, "/upload")
        expect(page.get_by_text("This dashboard only looks")).to_be_visible()
    assert own


def test_with_allow_actions_a_file_is_uploaded_and_a_run_redriven(
    cloud: tuple[Shell, str], chromium: Browser, tmp_path: Path
) -> None:
    """Both happen on AWS, and the pages follow."""
    shell, url = cloud
    name = next(path.parent.name for path in (shell.home / "runs").glob("*/failed-rows.csv"))
    words = ("--stack", "UserLogPipeline", "--endpoint-url", url, "--region", REGION, "--allow-actions")
    with served_dashboard(tmp_path / "operator", *words) as there:
        page = opened(chromium, there, "/upload")
        file = {"name": "夜.csv", "mimeType": "text/csv", "buffer": rows(range(1, 4)).encode("cp932")}
        page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type] # a dictionary will do
        page.get_by_role("button", name="Upload to AWS").click()
        expect(page.get_by_text("converted from")).to_be_visible(timeout=PATIENCE)
        page = opened(chromium, there, "/")
        expect(page.locator("svg", has_text="夜.csv").first).to_be_visible(
            timeout=PATIENCE
        )  # the grid, once it has ended
        page = opened(chromium, there, f"/run?run={name}")
        page.get_by_role("button", name="Redrive …").click()
        page.get_by_role("button", name="Redrive on AWS now").click()
        expect(page.get_by_text("AWS has taken it")).to_be_visible(timeout=PATIENCE)
    record = json.loads((shell.home / "runs" / name / "run.json").read_bytes())
    assert record["redriveCount"] == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--stack", "Other", "--region", REGION), "There is no stack Other at"),
        (("--allow-actions",), "--stack NAME is missing"),
    ],
)
def test_a_stack_that_is_not_there_is_said_on_the_page(
    cloud: tuple[Shell, str], chromium: Browser, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    """In the place of the pages."""
    assert cloud[1]
    with served_dashboard(tmp_path / "operator", *words) as there:
        page = chromium.new_page(base_url=there)
        page.goto("/")
        expect(page.get_by_text(message)).to_be_visible(timeout=PATIENCE)
