"""The fixtures that the other integration tests build on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.conftest import Database


def test_a_database_is_migrated_and_empty(database: Database) -> None:
    """Each test begins with the design document's tables and no row."""
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM user_statistics").fetchone() == (0,)
