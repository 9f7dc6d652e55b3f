"""The dashboard in a real browser: through the pages, and a file uploaded and run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("playwright", reason="Playwright is in the dependency group `browser`: uv sync --all-groups")

from playwright.sync_api import expect

from tests.acceptance.dashboard.dashboard_server import browser, chromium_path, served_dashboard, settled_page
from tests.rows import HEADER, MORE, upload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.skipif(chromium_path() is None, reason="Debian's chromium is not installed: apt-get install chromium"),
    pytest.mark.timeout(300),
]
PATIENCE = 90_000
PARTS = {
    "Speed": "Rows per second",
    "History": "events. Tick a row",
    "Logs": "Page of logs",
    "Files": "The run's folder",
}


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """The first page, over an empty home; what the browser complains about fails the test."""
    monkeypatch.delenv("SIMULATOR_DATABASE_URL", raising=False)
    with served_dashboard(tmp_path / "the home") as url, browser() as chromium:
        opened = chromium.new_page(viewport={"width": 1280, "height": 900}, base_url=url)
        opened.set_default_timeout(PATIENCE)
        broken: list[str] = []
        opened.on("pageerror", lambda error: broken.append(str(error)))
        opened.goto("/")
        yield opened
        assert not broken
        expect(opened.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.slow
def test_a_file_is_uploaded_run_and_understood_without_a_terminal(page: Page, tmp_path: Path) -> None:
    """From the empty dashboard over a run with a bad row and a rejected file to errors, users and a deep link."""
    expect(page.get_by_text("run sample.csv")).to_be_visible(timeout=PATIENCE)

    _upload(page, tmp_path / "<b>日本.csv", _rows(30))
    expect(page.get_by_text("Succeeded, 1 row failed")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("strong").get_by_text("<b>日本.csv", exact=True)).to_be_visible()
    expect(page.get_by_text("ログイン回数 must be a whole number").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download failed-rows.csv").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert text.splitlines()[1].startswith(f'"U00007",many,14{MORE},8,InvalidRecordError,')

    page.get_by_role("link", name="Open this run").click()
    expect(page.get_by_role("heading", name="The rows that failed")).to_be_visible(timeout=PATIENCE)
    run = parse_qs(urlsplit(page.url).query)["run"][0]
    expect(page.locator("svg text", has_text=re.compile("^UserLogDistributedMap$"))).to_be_visible(timeout=PATIENCE)
    for part, shown in PARTS.items():
        page.get_by_test_id("stRadio").get_by_text(part, exact=True).click()
        expect(page.get_by_text(shown).first).to_be_visible(timeout=PATIENCE)
    page.goto(f"/run?run={run}&line=8")
    expect(page.get_by_text(f"U00007,many,14{MORE}")).to_be_visible(timeout=PATIENCE)

    _upload(page, tmp_path / "corrected.csv", text.replace(",many,", ",7,"))
    expect(page.get_by_text("1 of 1 rows succeeded")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Open this run").click()
    page.get_by_role("button", name=re.compile(r"^Corrects rows of <b>日本\.csv")).click()
    expect(page.get_by_text("Repaired: the 1 row corrected in a later file.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Next step")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile(r"^Corrected in corrected\.csv"))).to_be_visible()

    _upload(page, tmp_path / "rejected.csv", f"{HEADER}\nU00001,1\n")
    expect(page.get_by_text("File rejected")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Errors in the file")).to_be_visible()

    _to(page, "Errors")
    expect(page.get_by_text(re.compile(r"^1 failed row in 2 runs"))).to_be_visible(timeout=PATIENCE)
    _to(page, "Users")
    page.goto("/users?user=U00001")
    expect(page.get_by_role("heading", name="U00001")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="What happened")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="All users").click()
    expect(page.get_by_text(re.compile(r"users. Tick a row"))).to_be_visible(timeout=PATIENCE)
    _to(page, "Night")
    expect(page.get_by_text("3 runs. Tick a run to open it")).to_be_visible(timeout=PATIENCE)
    settled_page(page)
    table = page.get_by_test_id("stDataFrame").last
    table.scroll_into_view_if_needed()
    table.click(position={"x": 15, "y": 35 * 3 + 17})
    expect(page.get_by_role("heading", name="The rows that failed")).to_be_visible(timeout=PATIENCE)
    assert "/run?" in page.url


def _rows(count: int) -> str:
    return upload(*(f"U{number:05},{'many' if number == 7 else number},{number * 2}" for number in range(1, count + 1)))


def _to(page: Page, title: str) -> None:
    page.get_by_test_id("stTopNavLink").filter(has_text=title).click()
    expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible(timeout=PATIENCE)


def _upload(page: Page, file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    _to(page, "Upload")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    page.get_by_role("button", name="Upload and run").click()
