"""Nothing that libpq reads from its surroundings leads a connection of ours to another server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import pq

from lambdas.shared.connection import connect, libpq_variables
from simulator.pipeline.settings import PROJECT_ROOT, HomeFolder
from simulator.postgres.embedded import EmbeddedPostgres
from simulator.postgres.errors import PostgresError
from simulator.postgres.external import ExternalPostgres, completed
from tests.integration.conftest import Database

OURS = "simulator"
# What a program says that names no server at all.
WHERE = "import psycopg; print(psycopg.connect().execute('SELECT current_database()').fetchone()[0])"


def _command(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if name != "SIMULATOR_DATABASE_URL"}
    return subprocess.run(
        [sys.executable, str(PROJECT_ROOT / OURS), *words],
        env={**variables, "SIMULATOR_HOME": str(home)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=90,
        check=False,
    )


def test_a_program_that_listens_to_its_surroundings_gets_to_the_foreign_database(foreign: Database) -> None:
    """So that the tests below would notice."""
    told = subprocess.run([sys.executable, "-c", WHERE], capture_output=True, text=True, timeout=30, check=False)
    assert told.stdout.strip() == foreign.name, told.stderr


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_run_users_load_verify_and_redrive_leave_a_foreign_server_untouched(foreign: Database, tmp_path: Path) -> None:
    """The real command; the fixture looks at the foreign database afterwards."""
    home = tmp_path / "home"
    ran = _command(home, "run", "too_many_failures.csv", "--skip-waits")
    assert ran.returncode == 1, ran.stderr
    assert quote(str(home), safe="") in _command(home, "users", "load", "users.csv").stderr
    assert _command(home, "redrive", "latest", "--skip-waits").returncode in {0, 1}
    verified = _command(home, "verify", "latest")
    assert (verified.returncode, "Everything agrees" in verified.stderr) == (0, True), verified.stderr


def test_a_connection_goes_where_its_url_says(foreign: Database, tmp_path: Path) -> None:
    """Not where the surroundings say; neither are the session's settings theirs."""
    with EmbeddedPostgres(HomeFolder(tmp_path / "home").create().postgres) as server, connect(server.url) as connection:
        assert connection.info.dbname == "postgres"
        assert connection.execute("SHOW data_directory").fetchone() == (str(tmp_path / "home/postgres/data"),)
        assert connection.execute("SHOW timezone").fetchone() == ("UTC",)
        assert connection.execute("SELECT DATE '2026-01-02' :: text").fetchone() == ("2026-01-02",)


def test_every_variable_that_libpq_lists_is_known() -> None:
    """Libpq is asked, so a newer one is covered too."""
    assert {o.envvar.decode() for o in pq.Conninfo.get_defaults() if o.envvar} <= set(libpq_variables())


def _only(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name in libpq_variables():
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_only_what_a_url_leaves_open_is_taken_from_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Host and address are one thing: an address never replaces the host of a URL."""
    _only(monkeypatch, PGHOSTADDR="192.0.2.1", PGPORT="99", PGUSER="me", PGDATABASE="other")
    closed = psycopg.conninfo.conninfo_to_dict(completed("postgresql://h/d"))
    assert (closed["host"], closed.get("hostaddr"), closed["port"], closed["user"], closed["dbname"]) == (
        *("h", None, "99", "me", "d"),
    )
    assert psycopg.conninfo.conninfo_to_dict(completed("postgresql:///d"))["hostaddr"] == "192.0.2.1"


def test_a_service_of_the_url_is_followed_and_an_address_of_the_shell_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The URL names the service, so that its host is the URL's."""
    (tmp_path / "s.conf").write_text("[mine]\nhost=db.example\ndbname=d\n")
    _only(monkeypatch, PGHOSTADDR="192.0.2.1", PGSERVICEFILE=str(tmp_path / "s.conf"))
    parts = psycopg.conninfo.conninfo_to_dict(completed("postgresql:///?service=mine"))
    assert (parts["host"], parts.get("hostaddr"), parts["dbname"]) == ("db.example", None, "d")


def test_a_service_that_does_not_exist_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a sentence."""
    _only(monkeypatch)
    with pytest.raises(PostgresError, match=r"service 'no-such' cannot be used: .* not found"):
        ExternalPostgres("postgresql:///?service=no-such")
