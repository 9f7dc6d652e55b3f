"""`replay` on a run of 1,000 rows: the same outcomes; database, audit items and run folder stay as they are."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.shared.connection import connect
from simulator.pipeline.servers import open_postgres
from simulator.pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Shell

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def shell(make_shell: Callable[[str], Shell]) -> Shell:
    """A home with a run of the sample."""
    found = make_shell("replay")
    assert found("run", "sample.csv").code == 0
    return found


def left(home: Path) -> tuple[list[Any], dict[str, str]]:
    """All rows of the tables, and the digests of all files of the runs: the audit items are in them."""
    server = open_postgres(Settings(simulator_home=home))
    try:
        with connect(server.url) as connection:
            tables = [
                connection.execute("SELECT * FROM users ORDER BY user_id").fetchall(),
                connection.execute("SELECT * FROM user_statistics ORDER BY user_id").fetchall(),
            ]
    finally:
        server.close()
    files = {
        str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in home.glob("runs/*/**/*") if file.is_file()
    }
    return tables, files


def test_a_thousand_rows_end_as_recorded_and_nothing_is_written(shell: Shell) -> None:
    """Compared before and after."""
    before = left(shell.home)
    outcome = shell("replay", "latest", "--all", "--json")
    assert outcome.code == 0, outcome.err
    assert (outcome.document["replayed"], outcome.document["differenceCount"]) == (1_000, 0)
    assert left(shell.home) == before


def test_one_row_is_replayed_with_another_value(shell: Shell) -> None:
    """The outcome of today beside the recorded one."""
    before = left(shell.home)
    outcome = shell("replay", "latest", "--row", "138", "--set", "ログイン回数=12", "--json")
    assert outcome.code == 0, outcome.err
    told = outcome.document
    assert told["recorded"]["error"] == "InvalidRecordError"
    assert told["today"]["output"]["loginCount"] == {"old": 0, "new": 12}
    assert told["caught"][0]["operation"] == "BatchWriteItem"
    assert left(shell.home) == before


def test_the_debugger_stops_in_the_handler_and_can_be_left(shell: Shell) -> None:
    """Here by the end of stdin; nothing was written."""
    before = left(shell.home)
    outcome = shell("replay", "latest", "--row", "138", "--debugger")
    assert outcome.code == 130
    assert "handler.py" in outcome.out
    assert "lambda_handler()" in outcome.out
    assert left(shell.home) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Give --row LINE"),
        (("--all", "--row", "3"), "Give --row LINE"),
        (("--all", "--debugger"), "are for one row"),
        (("--row", "1"), "has no row on line 1"),
        (("--row", "3", "--set", "x"), "the columns are"),
    ],
)
def test_what_cannot_be_replayed_is_said(shell: Shell, words: tuple[str, ...], said: str) -> None:
    """Exit code 2."""
    outcome = shell("replay", "latest", *words)
    assert outcome.code == 2
    assert said in outcome.err
