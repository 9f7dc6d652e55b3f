"""The page Inbox in a real browser: a cell is edited by keyboard, the row is sent, and its run settles it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright", reason="Playwright is in the dependency group `browser`: uv sync --all-groups")

from playwright.sync_api import expect

from tests.acceptance.dashboard.dashboard_server import browser, chromium_path, served_dashboard, settled_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.acceptance.conftest import Shell

pytestmark = [
    pytest.mark.skipif(chromium_path() is None, reason="Debian's chromium is not installed: apt-get install chromium"),
    pytest.mark.slow,
    pytest.mark.timeout(600),
]
PATIENCE = 180_000


def test_a_cell_is_edited_by_keyboard_and_the_row_is_sent(make_shell: Callable[[str], Shell]) -> None:
    """One upload of just that row, linked both ways; on a narrow screen too, nothing is wider than the page."""
    shell = make_shell("inbox")
    assert shell("run", "sample.csv").code == 0
    with served_dashboard(shell.home) as url, browser() as chromium:
        page = chromium.new_page(base_url=url, viewport={"width": 390, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.goto("/inbox?user=U00137")
        settled_page(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        _type_logins(page, "x12")
        expect(page.get_by_test_id("stAlert").get_by_text("x12")).to_be_visible()
        expect(page.get_by_role("button", name="Send this 1 row")).to_be_disabled()
        _type_logins(page, "12")
        page.get_by_role("button", name="Send this 1 row").click()
        expect(page.get_by_text(re.compile("Succeeded"))).to_be_visible(timeout=PATIENCE)
        told = shell("inbox", "--all", "--user", "U00137", "--json").document
        (row,) = told["rows"]
        assert row["state"] == "corrected"
        assert shell("show", row["by"]["run"], "--json").document["corrects"] == row["run"]
        assert shell("verify", "latest", "--json").code == 0


def _type_logins(page: Page, text: str) -> None:
    """Go to the cell of the first row's logins by the arrow keys, and type: the grid is reached by Tab as well."""
    table = page.get_by_test_id("stDataFrame").nth(1)
    table.scroll_into_view_if_needed()
    table.click(position={"x": 100, "y": 55})
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator("textarea.gdg-input:focus").fill(text)  # keys are lost while the cell's editor opens
    page.keyboard.press("Enter")
    page.wait_for_timeout(1_500)
