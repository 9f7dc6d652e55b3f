"""The button of a step starts what the command beside it does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.jobs import CannotStart
from simulator.runs.folder.run_record import Origin
from simulator.runs.folder.times import moment_text
from tests.unit.dashboard.languages.test_every_text import untranslated
from tests.unit.dashboard.page_text import page_text

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("page", ["night", "run"])
def test_redrive_now_starts_the_redrive_of_that_run_and_says_why_it_cannot(
    opened: Callable[..., Any], made: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """Of that run and no other, from the landing page and from the run's."""
    made("interrupted")
    run = made("interrupted")
    made("interrupted")
    asked: list[str] = []

    def start(_store: object, name: str) -> None:
        asked.append(name)
        raise CannotStart("There is no room.")

    monkeypatch.setattr("simulator.runs.advice.redrive_refusal.REDRIVABLE_FOR", timedelta.max)
    monkeypatch.setattr("dashboard.components.run.step_button.start_redrive", start)
    app = opened(page, **({"since": "all"} if page == "night" else {"run": run.name}))
    (button,) = [one for one in app.button if one.key == f"redrive-{run.name}"]
    button.click().run()
    assert not app.exception
    assert asked == [run.name]
    assert "There is no room." in page_text(app)


@pytest.mark.parametrize("page", ["night", "run"])
@pytest.mark.parametrize("kind", ["failed", "interrupted", "running", "rejected"])
def test_nothing_of_a_run_on_aws_is_started_here(
    opened: Callable[..., Any], made: Callable[..., Any], page: str, kind: str
) -> None:
    """No redrive, no second run, no stop: the page says how to do it there. To verify it changes nothing."""
    run = made(kind)
    there = Origin(region="eu-west-1", account="111122223333", fetched_at="2026-09-23T23:00:00Z")
    record = run.folder.record_as_written()
    stopped = None if kind == "running" else moment_text(datetime.now(UTC))
    status = "FAILED" if kind == "interrupted" else record.status
    run.folder.write_record(
        record.model_copy(update={"origin": there, "arn": "arn:x", "stopped": stopped, "status": status})
    )
    query = {"since": "all"} if page == "night" else {"run": run.name}
    english, japanese = opened(page, **query), opened(page, lang="ja", **query)
    starts = ("redrive", "run_again", "create_users", "send_failed_rows", "stop", "pause", "change", "again")
    keys = [one.key for one in english.button if one.key and one.key.split("-")[0] in starts]
    assert keys == []
    assert untranslated(english, japanese) == set()
    verify = [one.key for one in english.button if one.key == f"verify-{run.name}"]
    assert len(verify) == (page == "run" and kind != "running")
    if page == "run":
        assert "A run on AWS (eu-west-1, account 111122223333)" in page_text(english)
        commands = " ".join(one.value for one in english.code)
        assert ("aws stepfunctions stop-execution" in commands) == (kind == "running")
        assert ("aws stepfunctions redrive-execution" in commands) == (kind in ("failed", "interrupted"))
