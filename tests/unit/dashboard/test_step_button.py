"""The button of a step starts what the command beside it does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.jobs import CannotStart
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
