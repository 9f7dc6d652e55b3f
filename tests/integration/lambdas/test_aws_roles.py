"""The login roles of AWS on a real PostgreSQL: made by a master that is not a superuser, and allowed just enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lambdas.schema_migrator.migrations import apply_migrations, read_migrations
from lambdas.schema_migrator.users import load_users
from lambdas.user_log_processor.record import UserLogRecord
from lambdas.user_log_processor.statistics import lock_totals, set_totals
from lambdas.user_reader.user_query import UserQuery
from tests.rows import totals

DEFINITIONS = Path(__file__).resolve().parents[3] / "cdk" / "definitions"
ROLES = (DEFINITIONS / "aws_roles.sql").read_text(encoding="utf-8")
MIGRATOR, PROCESSOR, READER = "user_log_migrator", "user_log_processor", "user_log_reader"
NOW = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def server(empty_database: Any) -> Iterator[psycopg.Connection[Any]]:
    """An empty database as RDS makes it: owned by a master with CREATEROLE, beside the role rds_iam."""
    with empty_database.connect() as connection:
        connection.execute("CREATE ROLE rds_iam")
        connection.execute("CREATE ROLE master LOGIN CREATEROLE")
        connection.execute("GRANT rds_iam TO master WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
        connection.execute(f'ALTER DATABASE "{empty_database.name}" OWNER TO master')
        connection.execute("SET SESSION AUTHORIZATION master")
        connection.execute(ROLES.encode())
        yield connection
        connection.execute("RESET SESSION AUTHORIZATION")
        connection.execute(f'ALTER DATABASE "{empty_database.name}" OWNER TO CURRENT_USER')
        for role in (READER, PROCESSOR, MIGRATOR, "master", "rds_iam"):
            connection.execute(f"DROP OWNED BY {role} CASCADE")
            connection.execute(f"DROP ROLE {role}")


def log_in(connection: psycopg.Connection[Any], role: str) -> None:
    """Become a role, as a connection of its own would be."""
    connection.execute("RESET SESSION AUTHORIZATION")
    connection.execute(f"SET SESSION AUTHORIZATION {role}")


@pytest.fixture
def migrated(server: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """The schema and one user, made by the migrator."""
    log_in(server, MIGRATOR)
    apply_migrations(server, read_migrations(DEFINITIONS / "migrations"))
    load_users(server, [b"user_id,username,email\nU1,n,e@x\n"])
    return server


def test_the_roles_can_be_made_again(server: psycopg.Connection[Any]) -> None:
    """A later deployment runs the same text."""
    log_in(server, "master")
    server.execute(ROLES.encode())
    found = server.execute(
        "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, pg_has_role(rolname, 'rds_iam', 'USAGE')"
        " FROM pg_roles WHERE rolname LIKE 'user_log_%' ORDER BY rolname"
    ).fetchall()
    assert found == [(role, False, False, False, True, True) for role in (MIGRATOR, PROCESSOR, READER)]


def test_the_text_is_one_statement_without_a_colon(server: psycopg.Connection[Any]) -> None:
    """The RDS Data API takes one statement, and reads `:name` as a parameter."""
    code = "\n".join(line for line in ROLES.splitlines() if not line.lstrip().startswith("--"))
    assert ":" not in code
    assert code.startswith("DO $roles$")
    assert code.rstrip().endswith("$roles$")
    log_in(server, "master")
    # The extended protocol refuses more than one statement.
    server.execute(ROLES.encode(), prepare=True)


def test_the_processor_can_do_its_work(migrated: psycopg.Connection[Any]) -> None:
    """Lock a user, set totals, and set them again."""
    log_in(migrated, PROCESSOR)
    record = UserLogRecord(
        user_id="U1",
        totals=totals(1, 2, 3),
        row_index=0,
        map_entered_at="t",
        uploaded_at=NOW,
        execution_name="e",
        execution_arn="a",
        ttl=1,
    )
    for _ in range(2):
        with migrated.transaction():
            lock_totals(migrated, "U1")
            set_totals(migrated, record)
    with migrated.transaction():
        stored = lock_totals(migrated, "U1")
    assert stored.values == totals(1, 2, 3)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM users",
        "UPDATE users SET email = 'x'",
        "INSERT INTO users (user_id, username, email) VALUES ('U2', 'n', 'e')",
        "DELETE FROM user_statistics",
        "TRUNCATE user_statistics",
        "SELECT * FROM schema_migrations",
        "CREATE TABLE mine (x int)",
        "CREATE TEMP TABLE mine (x int)",
        "DROP TABLE user_statistics",
        "SET ROLE user_log_migrator",
    ],
)
def test_the_processor_can_do_nothing_else(migrated: psycopg.Connection[Any], statement: str) -> None:
    """Users are the migrator's, and so is the schema."""
    log_in(migrated, PROCESSOR)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        migrated.execute(statement.encode())


def test_the_reader_reads_users_and_totals(migrated: psycopg.Connection[Any]) -> None:
    """By the statements of its function."""
    log_in(migrated, READER)
    query = UserQuery(search="u1")
    assert migrated.execute(query.count.encode(), query.values).fetchone() == (1,)
    assert migrated.execute(query.page.encode(), query.values).fetchone() == ("U1", "n", "e@x", None, None, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE users SET email = 'x'",
        "UPDATE user_statistics SET login_count = 1",
        "DELETE FROM user_statistics",
        "SELECT * FROM users FOR UPDATE",
        "SELECT * FROM schema_migrations",
        "CREATE TABLE mine (x int)",
        "CREATE TEMP TABLE mine (x int)",
        "SET ROLE user_log_processor",
    ],
)
def test_the_reader_can_do_nothing_else(migrated: psycopg.Connection[Any], statement: str) -> None:
    """Not even lock a row."""
    log_in(migrated, READER)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        migrated.execute(statement.encode())


def test_others_cannot_connect(server: psycopg.Connection[Any]) -> None:
    """PUBLIC has no right on the database."""
    server.execute("RESET SESSION AUTHORIZATION")
    server.execute("CREATE ROLE stranger LOGIN")
    try:
        found = server.execute(
            "SELECT has_database_privilege('stranger', current_database(), 'CONNECT'),"
            " has_database_privilege('user_log_processor', current_database(), 'CONNECT'),"
            " has_schema_privilege('stranger', 'public', 'USAGE')"
        ).fetchone()
    finally:
        server.execute("DROP ROLE stranger")
    assert found == (False, True, False)
