"""The dashboard in a shell whose variables lead to somebody else's database."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lambdas.shared.connection import connect
from simulator.pipeline.functions import open_functions
from simulator.pipeline.settings import PROJECT_ROOT, HomeFolder
from simulator.postgres.embedded import EmbeddedPostgres
from tests.integration.conftest import Database
from tests.unit.dashboard.page_text import page_text


def _migrated(home: Path, user: str) -> None:
    """Make the home's own database, with one user."""
    with EmbeddedPostgres(HomeFolder(home).create().postgres) as server:
        with open_functions(database_url=server.url, environment={}, log_sink=lambda _record: None) as functions:
            result = functions.invoke("user-log-schema-migrator", b'{"action": "migrate"}')
        assert result.function_error is None, result.payload
        with connect(server.url, autocommit=True) as connection:
            connection.execute("INSERT INTO users VALUES (%s, 'one of ours', 'ours@example.com')", (user,))


def test_the_users_page_shows_the_homes_own_users(
    foreign: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not those of the server that `PGHOSTADDR` and all the others name; that one is left as it was."""
    home = tmp_path / "home"
    _migrated(home, "U00042")
    monkeypatch.setenv("SIMULATOR_HOME", str(home))
    monkeypatch.delenv("SIMULATOR_DATABASE_URL", raising=False)
    st.cache_resource.clear()
    app = AppTest.from_file(str(PROJECT_ROOT / "dashboard" / "streamlit_app.py"), default_timeout=60)
    app.switch_page("views/users.py")
    app.run()
    st.cache_resource.clear()
    assert not app.exception, [one.value for one in app.exception]
    text = page_text(app)
    assert "U00042" in text, text
    assert "one of ours" in text
