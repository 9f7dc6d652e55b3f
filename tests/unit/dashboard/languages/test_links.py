"""A link that was copied in one language opens the same in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from tests.unit.dashboard.run_folders import MadeRun


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_link_means_the_same_in_every_language(
    opened: Callable[..., AppTest], made: Callable[..., MadeRun], language: str
) -> None:
    """The address has values, not the words that are shown."""
    run = made("failed")
    app = opened("run", run=run.name, part="Logs", **{"log-level": "ERROR"}, lang=language)
    assert app.radio(key="part").value == "Logs"
    assert app.selectbox(key="log-level").value == "ERROR"
    night = opened("night", status="failed", lang=language)
    assert night.multiselect(key="status").value == ["failed"]


def test_a_choice_goes_into_the_address(opened: Callable[..., AppTest], made: Callable[..., MadeRun]) -> None:
    """The first option leaves it."""
    app = opened("run", run=made("failed").name)
    app.radio(key="part").set_value("Rows").run()
    assert not app.exception
    assert app.query_params["part"] in ("Rows", ["Rows"])
    assert app.selectbox(key="row-status").value == ""
    app.radio(key="part").set_value("Graph").run()
    assert "part" not in app.query_params
