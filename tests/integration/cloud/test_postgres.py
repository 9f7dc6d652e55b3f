"""The embedded PostgreSQL: started, shared, stopped, and what it says when it cannot."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest

from lambdas.shared.connection import connect
from simulator.pipeline.servers import open_postgres
from simulator.pipeline.settings import HomeFolder, Settings
from simulator.postgres.cluster import PostgresCluster
from simulator.postgres.embedded import EmbeddedPostgres
from simulator.postgres.errors import PostgresError
from simulator.postgres.external import ExternalPostgres
from simulator.postgres.keeper import PostgresKeeper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def home(short_path: Path) -> Iterator[HomeFolder]:
    """Return a home folder with a blank and a quote in its path; no server may be left in it."""
    home = HomeFolder(short_path / "my 'home'").create()
    yield home
    assert servers_in(home.postgres) == []


def servers_in(folder: Path) -> list[psutil.Process]:
    """Return the postmasters that work in a folder."""
    found = []
    for process in psutil.process_iter(["name", "cmdline", "status"]):
        command = process.info["cmdline"] or []
        gone = process.info["status"] == psutil.STATUS_ZOMBIE  # of ours, and not reaped yet
        if not gone and process.info["name"] == "postgres" and "-D" in command and str(folder / "data") in command:
            found.append(process)
    return found


def guards_of(folder: Path) -> list[psutil.Process]:
    """Return the guards of the server in a folder."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if "simulator.postgres.guard" in (process.info["cmdline"] or []) and str(folder) in process.info["cmdline"]
    ]


def _one(url: str, query: str) -> object:
    with connect(url, autocommit=True) as connection:
        cursor = connection.execute(query)  # type: ignore[arg-type]
        return cursor.fetchone()[0] if cursor.description else None


def test_what_was_stored_is_there_the_next_time(home: HomeFolder) -> None:
    """The data lasts; the server does not."""
    with EmbeddedPostgres(home.postgres) as server:
        _one(server.url, "CREATE TABLE t AS SELECT 'あ' AS x")
    assert servers_in(home.postgres) == []
    with EmbeddedPostgres(home.postgres) as server:
        assert _one(server.url, "SELECT x FROM t") == "あ"


def test_only_a_socket_that_is_ours_leads_to_it(home: HomeFolder) -> None:
    """No TCP at all, and nobody else may open the socket."""
    with EmbeddedPostgres(home.postgres) as server:
        assert _one(server.url, "SHOW listen_addresses") == ""
        (postmaster,) = servers_in(home.postgres)
        assert postmaster.net_connections("tcp") == []
        assert (home.postgres / ".s.PGSQL.5432").stat().st_mode & 0o077 == 0
        assert (home.postgres / "data").stat().st_mode & 0o077 == 0


def test_the_first_to_leave_does_not_stop_it_under_the_second(home: HomeFolder) -> None:
    """It stops with the last one."""
    first, second = EmbeddedPostgres(home.postgres), EmbeddedPostgres(home.postgres)
    assert first.url == second.url
    first.close()
    assert _one(second.url, "SELECT 1") == 1
    second.close()
    second.close()
    assert servers_in(home.postgres) == []


def test_a_pid_file_that_names_another_program_is_no_obstacle(home: HomeFolder) -> None:
    """After a crash of the machine any program may have the old server's pid (PostgreSQL alone refuses to start)."""
    EmbeddedPostgres(home.postgres).close()
    pid_file = home.postgres / "data" / "postmaster.pid"
    pid_file.write_text(f"{psutil.Process().parent().pid}\n{home.postgres / 'data'}\n1\n5432\n{home.postgres}\n\n1 1\n")
    with EmbeddedPostgres(home.postgres) as server:
        assert _one(server.url, "SELECT 1") == 1


def test_it_comes_back_after_its_server_was_killed(home: HomeFolder) -> None:
    """Kill -9 of PostgreSQL: what was committed is there, and one server runs."""
    with EmbeddedPostgres(home.postgres) as server:
        _one(server.url, "CREATE TABLE t AS SELECT 1 AS x")
        servers_in(home.postgres)[0].kill()
        with EmbeddedPostgres(home.postgres) as again:
            assert _one(again.url, "SELECT x FROM t") == 1


def _comes(what: Callable[[], object]) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.02)
    return False


def test_a_server_that_was_killed_is_started_again_while_it_is_used(home: HomeFolder) -> None:
    """Under the same URL, with what was committed, as often as it takes; people are told each time."""
    told: list[str] = []
    with EmbeddedPostgres(home.postgres) as server, PostgresKeeper(server, told.append, every=0.05) as keeper:
        _one(server.url, "CREATE TABLE t AS SELECT 1 AS x")
        for times in (1, 2):
            (postmaster,) = servers_in(home.postgres)
            postmaster.kill()
            assert _comes(lambda times=times: len(told) == times), told  # type: ignore[misc]
            assert _one(server.url, "SELECT x FROM t") == 1
        assert keeper.trouble is None


def test_two_who_watch_one_server_start_one(home: HomeFolder) -> None:
    """Each simulator of a home has a keeper."""
    told: list[str] = []
    with (
        EmbeddedPostgres(home.postgres) as first,
        EmbeddedPostgres(home.postgres) as second,
        PostgresKeeper(first, told.append, every=0.05),
        PostgresKeeper(second, told.append, every=0.05),
    ):
        servers_in(home.postgres)[0].kill()
        assert _comes(lambda: told)
        assert _one(second.url, "SELECT 1") == 1
        assert len(servers_in(home.postgres)) == 1


def test_a_server_that_was_stopped_on_purpose_stays_stopped(home: HomeFolder) -> None:
    """Also if another simulator did it; until it is started, or the one who stopped it is gone."""
    told: list[str] = []
    with EmbeddedPostgres(home.postgres) as watched, PostgresKeeper(watched, told.append, every=0.05):
        with EmbeddedPostgres(home.postgres) as other:
            other.stop()
            assert watched.stopped_on_purpose()
            time.sleep(0.5)
            assert servers_in(home.postgres) == []
            other.start()
            assert not watched.stopped_on_purpose()
            other.stop()
        assert _comes(watched.answers)
    assert len(told) == 1


def test_a_server_that_cannot_be_started_again_is_told(home: HomeFolder) -> None:
    """Once, with the server's own words."""
    told: list[str] = []
    with EmbeddedPostgres(home.postgres) as server, PostgresKeeper(server, told.append, every=0.05) as keeper:
        (home.postgres / "data" / "global" / "pg_control").write_bytes(b"damaged")
        servers_in(home.postgres)[0].kill()
        assert _comes(lambda: keeper.trouble), told
        assert "cannot be started again" in told[0]
        assert "Its data is damaged" in str(keeper.trouble)
    assert len(told) == 1


def test_a_path_too_long_for_a_socket_is_no_obstacle(tmp_path: Path) -> None:
    """A socket's path has at most 103 bytes: it goes elsewhere then, and is tidied up."""
    home = HomeFolder(tmp_path / ("長い" * 20) / ("x" * 60)).create()
    with EmbeddedPostgres(home.postgres) as server:
        assert _one(server.url, "SELECT 1") == 1
        assert len(servers_in(home.postgres)) == 1
        folder = Path((home.postgres / "data" / "postmaster.pid").read_text().splitlines()[4])
        assert folder.stat().st_mode & 0o077 == 0
        with EmbeddedPostgres(home.postgres) as second:
            assert second.url == server.url
    assert not folder.exists()
    assert servers_in(home.postgres) == []


def test_a_comma_in_the_path_is_no_obstacle(tmp_path: Path) -> None:
    """Both PostgreSQL and libpq take it for a list of folders."""
    home = HomeFolder(tmp_path / 'a,b"c').create()
    with EmbeddedPostgres(home.postgres) as server:
        assert _one(server.url, "SELECT 1") == 1


def test_an_interrupted_start_leaves_nothing_half_made(home: HomeFolder) -> None:
    """What a killed initdb left is not taken for a data folder."""
    rest = home.postgres / "data.new-1"
    rest.mkdir()
    (rest / "PG_VERSION").write_text("18\n")
    EmbeddedPostgres(home.postgres).close()
    assert not rest.exists()


def test_data_of_another_version_is_left_alone_and_named(home: HomeFolder) -> None:
    """The message says what to delete; nothing is deleted for the user."""
    EmbeddedPostgres(home.postgres).close()
    (home.postgres / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(PostgresError, match=r"was made by PostgreSQL 16; this is version 18\. Delete .*postgres"):
        EmbeddedPostgres(home.postgres)
    assert (home.postgres / "data" / "base").is_dir()


def test_a_folder_that_is_no_data_folder_is_left_alone_and_named(home: HomeFolder) -> None:
    """Half a data folder of somebody else's."""
    (home.postgres / "data").mkdir()
    with pytest.raises(PostgresError, match="is not a PostgreSQL data folder"):
        EmbeddedPostgres(home.postgres)


def test_damaged_data_is_told_with_the_servers_own_words(home: HomeFolder) -> None:
    """The end of PostgreSQL's log is in the message."""
    EmbeddedPostgres(home.postgres).close()
    shutil.rmtree(home.postgres / "data" / "global")
    with pytest.raises(PostgresError, match=r"(?s)does not start: it ended.*told.*global.*data is damaged\. Delete"):
        EmbeddedPostgres(home.postgres)


def test_a_start_that_is_not_the_datas_fault_does_not_advise_to_delete_it(home: HomeFolder) -> None:
    """Here it is memory that the machine has not."""
    EmbeddedPostgres(home.postgres).close()
    settings = home.postgres / "data" / "postgresql.auto.conf"
    settings.write_text("shared_buffers = '7TB'\n")
    with pytest.raises(PostgresError, match=r"(?s)does not start.*client was told.*shared memory.*elsewhere") as caught:
        EmbeddedPostgres(home.postgres)
    assert "delete" not in str(caught.value).lower()
    assert servers_in(home.postgres) == []
    settings.write_text("")
    EmbeddedPostgres(home.postgres).close()


def test_variables_of_the_shell_do_not_keep_it_from_starting(home: HomeFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every variable that libpq reads, and some that the server's programs do."""
    names = {option.envvar.decode() for option in psycopg.pq.Conninfo.get_defaults() if option.envvar}
    for name in names | {"PGDATA", "PGSERVICEFILE", "PGLOCALEDIR", "PG_COLOR"}:
        monkeypatch.setenv(name, "5433")
    with EmbeddedPostgres(home.postgres):
        assert len(servers_in(home.postgres)) == 1


def test_a_path_too_long_for_postgresql_is_told(home: HomeFolder) -> None:
    """Its own words for that would be about files that are not there."""
    folder = home.path.joinpath(*["x" * 200] * 5)
    folder.mkdir(parents=True)
    with pytest.raises(PostgresError, match="too long for PostgreSQL"):
        EmbeddedPostgres(folder)


def test_data_that_cannot_be_made_is_told_with_initdbs_own_words(home: HomeFolder) -> None:
    """Here it is a file in the way of the data folder."""
    (home.postgres / f"data.new-{os.getpid()}").write_text("")
    with pytest.raises(PostgresError, match=r"(?s)Cannot make the embedded PostgreSQL's data folder.*initdb: error"):
        PostgresCluster(home.postgres).start()


def test_a_guard_that_cannot_start_is_told(home: HomeFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no server then."""
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(PostgresError, match=r"guard .* ended without an answer.*could not start.*guard\.log"):
        EmbeddedPostgres(home.postgres)


def test_the_server_ends_though_its_guard_was_killed(home: HomeFolder) -> None:
    """Closing does what the guard was to do."""
    with EmbeddedPostgres(home.postgres):
        guards_of(home.postgres)[0].kill()
    assert servers_in(home.postgres) == []


def test_the_guard_ends_only_with_its_simulator(home: HomeFolder) -> None:
    """A signal that ends other programs does not leave a server without a guard."""
    with EmbeddedPostgres(home.postgres) as server:
        (guard,) = guards_of(home.postgres)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            guard.send_signal(number)
        server.stop()
        server.start()
        assert _one(server.url, "SELECT 1") == 1


def test_starting_again_takes_a_fraction_of_a_second(home: HomeFolder) -> None:
    """The newcomer waits for initdb once, and for the server hardly at all."""
    EmbeddedPostgres(home.postgres).close()
    began = time.monotonic()
    with EmbeddedPostgres(home.postgres) as server:
        assert server.url
        assert time.monotonic() - began < 3


def test_the_users_own_postgresql_is_used_where_it_is_named(
    postgres_server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_libpq_variables: None
) -> None:
    """SIMULATOR_DATABASE_URL takes the embedded one's place, and no embedded one is made."""
    monkeypatch.setenv("SIMULATOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SIMULATOR_DATABASE_URL", postgres_server.url)
    server = open_postgres(Settings())
    assert (server.embedded, server.display_url) == (False, postgres_server.url)
    assert _one(server.url, "SELECT 1") == 1
    server.close()
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:geheim@127.0.0.1:1/d",
        "postgresql://u:geheim@/d?host=/nowhere",
        "postgresql://u:ge%zzheim@h/d",
        "mysql://u:geheim@h/d",
        "nonsense",
    ],
)
def test_a_url_that_leads_nowhere_is_an_error_without_its_password(url: str) -> None:
    """What failed, and how to go on."""
    with pytest.raises(
        PostgresError, match=r"(?s)SIMULATOR_DATABASE_URL points to .* does not work.*unset it"
    ) as caught:
        ExternalPostgres(url)
    assert "geheim" not in str(caught.value)
