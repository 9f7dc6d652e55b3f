"""Databases in other encodings: what they cannot hold is told by line, and asked for nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from dashboard.queries.read_only_database import ReadOnlyDatabase
from dashboard.queries.users import users
from lambdas.schema_migrator.migrations import apply_migrations, read_migrations
from lambdas.schema_migrator.users import load_users
from lambdas.shared.connection import connect
from lambdas.shared.database_encoding import DatabaseEncoding
from lambdas.shared.errors import UsersFileError
from simulator.pipeline.settings import PROJECT_ROOT
from simulator.postgres.embedded import EmbeddedPostgres
from simulator.verify.database_check import stored_totals
from tests.integration.conftest import url_of

HEADER = "user_id,username,email\n"


@pytest.fixture(params=["EUC_JP", "LATIN1", "SQL_ASCII"])
def encoded(request: pytest.FixtureRequest, postgres_server: EmbeddedPostgres) -> Iterator[SimpleNamespace]:
    """A migrated database in another encoding."""
    name = f"test_{uuid4().hex[:12]}"
    with connect(postgres_server.url, autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{request.param}' LOCALE_PROVIDER libc LOCALE 'C'"
        )
        try:
            yield SimpleNamespace(encoding=request.param, url=url_of(postgres_server.url, name))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _load(url: str, text: str) -> dict[str, int]:
    with connect(url, autocommit=True) as connection:
        apply_migrations(connection, read_migrations(PROJECT_ROOT / "cdk/definitions/migrations"))
        return load_users(connection, [(HEADER + text).encode()])


def test_a_user_that_the_encoding_cannot_hold_is_refused_by_line(encoded: SimpleNamespace) -> None:
    """SQL_ASCII holds any bytes; the others name the line, the character and the encoding, and load nothing."""
    text = "U1,a,a@x\n😀2,b,b@x\n"
    if encoded.encoding == "SQL_ASCII":
        assert _load(encoded.url, text)["users"] == 2
        return
    with pytest.raises(UsersFileError, match=rf"^line 3: user_id '😀2' has U\+1F600.*{encoded.encoding}$"):
        _load(encoded.url, text)
    with connect(encoded.url) as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (0,)


def test_verify_and_the_page_ask_for_such_a_user_and_find_none(encoded: SimpleNamespace) -> None:
    """Who can be there is found all the same."""
    _load(encoded.url, "U1,a,a@x\n")
    with stored_totals(encoded.url) as read:
        assert list(read(["U1", "😀2", "😀3"])) == ["U1"]
    server: Any = SimpleNamespace(url=encoded.url, display_url=encoded.url, embedded=False, close=lambda: None)
    asked = ReadOnlyDatabase(lambda: server)
    assert users(asked, search="😀").total == 0
    assert users(asked, search="U1").total == 1
    asked.close()


def test_only_the_characters_that_are_refused_are_outside(encoded: SimpleNamespace) -> None:
    """Among many that are not."""
    outside = {"EUC_JP": {"😀"}, "LATIN1": {"あ", "漢", "😀"}, "SQL_ASCII": set()}[encoded.encoding]
    with connect(encoded.url) as connection:
        assert DatabaseEncoding(connection).outside(["aあ", "漢😀", "b"]) == outside
