"""A function's connection ends with its execution environment."""

from __future__ import annotations

import gc
import warnings
from typing import TYPE_CHECKING

from lambdas.shared.connection import connect
from lambdas.shared.database import Database
from lambdas.shared.settings import DatabaseSettings

if TYPE_CHECKING:
    import pytest

    from tests.integration.conftest import Database as TestDatabase

OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def test_a_connection_is_closed_when_the_module_that_keeps_it_is_gone(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has its place back, and nothing is said of a connection that was never closed."""
    monkeypatch.setenv("DATABASE_URL", database.url)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        kept = Database(DatabaseSettings())
        with kept.connection() as connection:
            connection.execute("SELECT 1")
        del connection, kept
        gc.collect()
    assert [one.message for one in said if one.category is ResourceWarning] == []
    with connect(database.url) as watching:
        assert watching.execute(OTHERS).fetchone() == (0,)
