"""The sample's users, which nobody has named: loaded into an empty database if it can store them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from simulator.cli.exits import UsageError
from simulator.cli.output.terminal import Terminal
from simulator.cli.paths import SAMPLES
from simulator.cli.sources.user_master import load_sample_users, load_users
from simulator.pipeline.migrator import UsersRefused

if TYPE_CHECKING:
    from pathlib import Path

REFUSED = "line 2: username '佐藤' has U+4F50, which the database cannot hold: its encoding is LATIN1; line 3: username"


def session(users: int = 0) -> Any:
    """A session whose database is in LATIN1."""

    def refuse(_: Path) -> int:
        raise UsersRefused(REFUSED)

    return SimpleNamespace(migrator=SimpleNamespace(count_users=lambda: users, load_users=refuse))


def test_a_database_that_cannot_store_them_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The run goes on: it may name none of them."""
    load_sample_users(session(), Terminal())
    (line,) = capsys.readouterr().err.splitlines()
    assert "the sample's users cannot be stored there: line 2: " in line
    assert "its encoding is LATIN1, and more. It goes on without them" in line


def test_nothing_is_said_where_there_are_users(capsys: pytest.CaptureFixture[str]) -> None:
    """They are not asked for again."""
    load_sample_users(session(users=1), Terminal())
    assert capsys.readouterr().err == ""


def test_a_file_that_a_person_named_is_an_error() -> None:
    """Even if it is the sample's own."""
    with pytest.raises(UsageError, match="its encoding is LATIN1; line 3"):
        load_users(session(), SAMPLES / "users.csv", Terminal())
