"""kill -9 of a simulator at any moment: nothing of it is left running or locked."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from lambdas.shared.connection import connect
from simulator.pipeline.settings import PROJECT_ROOT, HomeFolder
from simulator.postgres.embedded import EmbeddedPostgres
from tests.integration.cloud.test_postgres import guards_of, servers_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIMULATOR = """
import sys, time
from pathlib import Path
from simulator.pipeline.settings import HomeFolder, Settings
from simulator.aws.engine.server import EngineServer
from simulator.pipeline.servers import engine_options
from simulator.postgres.embedded import EmbeddedPostgres
home = HomeFolder(Path(sys.argv[1])).create()
engine = EngineServer(engine_options(home, engine=Settings().engine))
postgres = EmbeddedPostgres(home.postgres)
print(engine.pid, engine.url, flush=True)
time.sleep(600)
"""


STARTER = """
import sys, time
from pathlib import Path
from simulator.pipeline.settings import HomeFolder
from simulator.postgres.embedded import EmbeddedPostgres
print(flush=True)
postgres = EmbeddedPostgres(HomeFolder(Path(sys.argv[1])).postgres)
time.sleep(600)
"""


def _simulator(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SIMULATOR, str(home)], stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT
    )


def _eventually(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


@pytest.mark.slow
def test_both_servers_end_with_a_simulator_that_is_killed(tmp_path: Path) -> None:
    """Moto at once, PostgreSQL by its guard; the next start finds everything free."""
    home = HomeFolder(tmp_path / "home")
    process = _simulator(home.path)
    moto = int(process.stdout.readline().split()[0])
    assert len(servers_in(home.postgres)) == 1
    process.kill()
    process.wait()
    assert _eventually(lambda: not psutil.pid_exists(moto))
    assert _eventually(lambda: servers_in(home.postgres) == [])
    with EmbeddedPostgres(home.postgres) as server, connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_killed_simulator_does_not_take_the_database_from_another(tmp_path: Path) -> None:
    """The guard sees that somebody still uses it."""
    home = HomeFolder(tmp_path / "home").create()
    with EmbeddedPostgres(home.postgres) as server:
        process = _simulator(home.path)
        moto = int(process.stdout.readline().split()[0])
        process.kill()
        process.wait()
        assert _eventually(lambda: not psutil.pid_exists(moto))
        time.sleep(1)
        with connect(server.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert servers_in(home.postgres) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_whatever_ends_it_while_it_starts_ends_its_server(tmp_path: Path, number: signal.Signals) -> None:
    """At moments spread over the start, of a new database and of one that is there."""
    moments = random.Random(int(number))  # noqa: S311 - no secret
    home = HomeFolder(tmp_path / "home").create()
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", STARTER, str(home.path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT_ROOT,
        )
        process.stdout.readline()
        time.sleep(moments.uniform(0.0, 1.5))
        process.send_signal(number)
        process.wait()
        process.stdout.close()
        assert _eventually(lambda: servers_in(home.postgres) + guards_of(home.postgres) == [])


@pytest.mark.slow
def test_killed_while_starting_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    """At moments from the first import to the running server; then a normal start works."""
    home = HomeFolder(tmp_path / "home")
    for moment in (0.2, 0.5, 0.7, 0.9, 1.1):
        process = _simulator(home.path)
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    home.create()
    with EmbeddedPostgres(home.postgres) as server, connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert _eventually(lambda: servers_in(home.postgres) == [])


def test_ctrl_c_reaches_the_simulator_only(tmp_path: Path) -> None:
    """The terminal sends SIGINT to the whole process group: both servers are needed until the end is written."""
    home = HomeFolder(tmp_path / "home")
    process = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + SIMULATOR, home.path],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT_ROOT,
        process_group=0,
    )
    try:
        moto = int(process.stdout.readline().split()[0])
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.5)
        assert psutil.pid_exists(moto)
        assert len(servers_in(home.postgres)) == 1
    finally:
        process.kill()
        process.wait()
    assert _eventually(lambda: servers_in(home.postgres) == [])
