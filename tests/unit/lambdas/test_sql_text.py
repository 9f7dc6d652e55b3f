"""Statements in SQL text."""

from __future__ import annotations

import pytest

from lambdas.schema_migrator.sql_text import statements
from simulator.pipeline.settings import PROJECT_ROOT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("-- only; a comment\n", []),
        ("SELECT 1; SELECT 2", [(1, "SELECT 1;"), (1, "SELECT 2")]),
        ("/* a; b */\nSELECT ';';\n\nSELECT 'it''s;'", [(2, "SELECT ';';"), (4, "SELECT 'it''s;'")]),
        ("SELECT E'\\';' ;SELECT 2;", [(1, "SELECT E'\\';' ;"), (1, "SELECT 2;")]),
        ('SELECT 1 AS "a;b";', [(1, 'SELECT 1 AS "a;b";')]),
        ("DO $$ BEGIN; END $$;\nDO $x$ ;$$; $x$;", [(1, "DO $$ BEGIN; END $$;"), (2, "DO $x$ ;$$; $x$;")]),
        ("SELECT 1 -- why; so\n + 1;", [(1, "SELECT 1 -- why; so\n + 1;")]),
        ("SELECT name'a\\';", [(1, "SELECT name'a\\';")]),
        (";;", []),
    ],
)
def test_semicolons_end_statements_where_they_are_no_text(text: str, expected: list[tuple[int, str]]) -> None:
    """Strings, names, dollar quotes and comments may hold them."""
    assert [(statement.line, statement.text) for statement in statements(text)] == expected


def test_the_first_migration_is_two_tables_and_two_indexes() -> None:
    """As in the design document."""
    (path,) = (PROJECT_ROOT / "cdk/definitions/migrations").glob("0001_*.sql")
    found = [statement.text.split("(")[0].strip() for statement in statements(path.read_text(encoding="utf-8"))]
    assert found == [
        "CREATE TABLE users",
        "CREATE TABLE user_statistics",
        "CREATE INDEX idx_user_statistics_last_updated ON user_statistics",
        "CREATE INDEX idx_users_created_at ON users",
    ]
