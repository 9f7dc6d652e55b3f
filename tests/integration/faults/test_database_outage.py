"""PostgreSQL is really stopped and started."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from lambdas.shared.connection import connect
from simulator.aws.asl.runtime.clock import Clock, RealClock, SkippingClock
from simulator.fault_injection.spec import parse_fault
from simulator.fault_injection.timed_faults import DatabaseOutage
from simulator.pipeline.settings import HomeFolder
from simulator.postgres.embedded import EmbeddedPostgres
from tests.integration.cloud.test_postgres import servers_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=["short", "a path too long for a socket " * 4])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> HomeFolder:
    """A home; of a long one the socket lies in a folder of /tmp, which goes with the server."""
    return HomeFolder(tmp_path / request.param.strip()).create()


@pytest.fixture
def server(home: HomeFolder) -> Iterator[EmbeddedPostgres]:
    """A server that nobody else uses; none is left after it."""
    with EmbeddedPostgres(home.postgres) as server:
        yield server
    assert servers_in(home.postgres) == []


def outage(spec: str, server: EmbeddedPostgres, clock: Clock | None = None) -> DatabaseOutage:
    """The fault of a SPEC."""
    return DatabaseOutage(parse_fault(spec), server, clock or RealClock())


def answers(server: EmbeddedPostgres) -> bool:
    """Whether a client gets in."""
    try:
        connect(server.url).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_restart_throws_out_who_is_connected_and_keeps_what_is_committed(server: EmbeddedPostgres) -> None:
    """The same URL leads to it afterwards; an open transaction is gone."""
    fault = outage("database=restart", server)
    with connect(server.url) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS x")
        connection.commit()
        connection.execute("INSERT INTO t VALUES (2)")
        fault.strike()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with connect(server.url) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (1,)
    assert (fault.happened, fault.trouble) == (1, None)


def test_connections_are_refused_for_a_while(home: HomeFolder, server: EmbeddedPostgres) -> None:
    """There is no server until the time is up."""
    fault = outage("database=refuse,for=0.7", server)
    began = time.monotonic()
    fault.strike()
    assert not answers(server)
    assert servers_in(home.postgres) == []
    while not answers(server):
        assert time.monotonic() - began < 30
        time.sleep(0.05)
    assert time.monotonic() - began >= 0.7


@pytest.mark.slow
def test_a_paused_database_keeps_clients_waiting_until_it_has_woken_up(server: EmbeddedPostgres) -> None:
    """As Aurora does: nobody is refused, a client that does not wait so long gives up by its own timeout."""
    with connect(server.url) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS x")
    fault = outage("database=paused,for=4", server)
    began = time.monotonic()
    fault.strike()
    with pytest.raises(psycopg.errors.ConnectionTimeout):
        connect(server.url, connect_timeout=2)
    assert time.monotonic() - began >= 2
    while not answers(server):
        assert time.monotonic() - began < 30
    assert time.monotonic() - began >= 4
    with connect(server.url) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (1,)
    assert (fault.happened, fault.trouble) == (1, None)


@pytest.mark.slow
def test_a_database_wakes_up_after_fifteen_seconds_by_itself(server: EmbeddedPostgres) -> None:
    """As long as Aurora takes; a refused one is back after two. Waits that are skipped count."""
    clock = SkippingClock()
    lane = clock.fork()
    outage("database=paused", server, clock).strike()
    lane.sleep(14, threading.Event())
    with pytest.raises(psycopg.errors.ConnectionTimeout):
        connect(server.url, connect_timeout=2)
    lane.sleep(1, threading.Event())
    assert answers(server)
    outage("database=refuse", server, clock).strike()
    lane.sleep(2, threading.Event())
    assert answers(server)


@pytest.mark.slow
def test_a_paused_database_is_back_when_the_cloud_stops(server: EmbeddedPostgres) -> None:
    """No timer is left, and no socket that nobody answers."""
    fault = outage("database=paused", server)
    fault.strike()
    fault.close()
    assert answers(server)
    assert fault.trouble is None


def test_the_cloud_does_not_stop_without_its_database(server: EmbeddedPostgres) -> None:
    """A run that ends within the outage finds the server again, and no timer is left."""
    fault = outage("database=refuse,for=600", server)
    fault.strike()
    fault.close()
    assert answers(server)
    assert fault.trouble is None


def test_waits_that_are_skipped_bring_the_server_back_as_well(home: HomeFolder, server: EmbeddedPostgres) -> None:
    """Or with --skip-waits all retries would be over in the first second of an outage."""
    clock = SkippingClock()
    lane = clock.fork()
    fault = outage("database=refuse,for=60", server, clock)
    fault.strike()
    lane.sleep(30, threading.Event())
    assert not answers(server)
    lane.sleep(30, threading.Event())
    assert answers(server)
