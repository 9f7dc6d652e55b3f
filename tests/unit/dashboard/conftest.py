"""Pages without a browser: `streamlit.testing` runs them in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from simulator.pipeline.settings import PROJECT_ROOT
from tests.unit.dashboard.run_folders import make_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.unit.dashboard.run_folders import MadeRun

SIMULATED_ROWS = 20
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def runs_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder the pages look for runs in; no database answers, so that none is started.

    A forecast simulates few rows: what it says is tested elsewhere, and a thousand take 3 s.
    """
    monkeypatch.setattr("simulator.forecast.simulation.SIMULATED", SIMULATED_ROWS)
    monkeypatch.setattr("simulator.forecast.simulation.PER_PLACE", 0)
    monkeypatch.setenv("SIMULATOR_HOME", str(tmp_path))
    monkeypatch.setenv("SIMULATOR_DATABASE_URL", NO_DATABASE)
    st.cache_resource.clear()
    return tmp_path / "runs"


@pytest.fixture
def made(runs_folder: Path) -> Iterator[Callable[..., MadeRun]]:
    """Make runs: `made("failed")`, `made("running", rows=10)`; each later than the one before."""
    kept: list[MadeRun] = []

    def make(kind: str, **options: object) -> MadeRun:
        kept.append(make_run(runs_folder, kind, number=len(kept), **options))  # type: ignore[arg-type]
        return kept[-1]

    yield make
    for run in kept:
        run.release()


@pytest.fixture
def opened(runs_folder: Path) -> Callable[..., AppTest]:
    """Open a page: `opened("run", run=name, part="Logs")`; a traceback on it fails the test."""

    def open_page(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT_ROOT / "dashboard" / "streamlit_app.py"), default_timeout=30)
        app.switch_page(f"views/{name}.py")
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception, [one.value for one in app.exception]
        return app

    return open_page
