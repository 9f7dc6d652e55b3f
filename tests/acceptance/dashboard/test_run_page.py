"""The page of `show --html` in a browser: it asks the network for nothing, and runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright", reason="Playwright is in the dependency group `browser`: uv sync --all-groups")

from simulator.cli.run_page.page import run_page
from simulator.runs.folder.run_record import FailureReason, RowCounts, RunRecord, SourceObject
from simulator.runs.store import RunStore
from tests.acceptance.dashboard.dashboard_server import browser

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "<script>document.title='run'</script><img src=http://127.0.0.1:9/x onerror=\"document.title='run'\">"


@pytest.mark.slow
def test_a_browser_shows_the_page_and_asks_for_nothing_else(tmp_path: Path) -> None:
    """Hostile texts stand there as text, and nothing is said in the console."""
    folder = RunStore(tmp_path / "runs").folder("user-log-1")
    folder.path.mkdir(parents=True)
    reason = FailureReason(error="E", cause=HOSTILE, count=1, line=2, index=0, user=HOSTILE)
    rows, source = RowCounts(total=1, failed=1), SourceObject(key="a.csv")
    record = RunRecord(name="user-log-1", status="FAILED", source=source, rows=rows, reasons=[reason])
    folder.write_record(record)
    file = tmp_path / "run.html"
    file.write_text(run_page(folder, record), encoding="utf-8")
    with browser() as started:
        page = started.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(file.as_uri())
        page.wait_for_timeout(500)
        assert asked == [file.as_uri()]
        assert said == []
        assert page.title() == "user-log-1"
        assert HOSTILE in page.inner_text("body")
