"""`doctor`: each thing that can be wrong is found, and has a cure."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from simulator.pipeline.doctor import home as homes
from simulator.pipeline.doctor import machine, surroundings
from simulator.pipeline.settings import HomeFolder, Settings
from simulator.runs.folder.run_record import RunRecord, SourceObject
from simulator.runs.store import RunStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from simulator.pipeline.doctor.finding import Finding
    from tests.unit.cli.conftest import Outcome


def only(found: Iterable[Finding]) -> Finding:
    """The one finding; what is not as it should be has a cure."""
    (one,) = found
    assert (one.state == "ok") == (one.cure is None)
    return one


def test_a_good_machine_has_no_problem(simulator: Callable[..., Outcome], no_libpq_variables: None) -> None:
    """Every check is in the document."""
    told = simulator("doctor", "--json")
    states = {one["name"]: one["state"] for one in told.document["checks"]}
    assert (told.code, told.document["ok"]) == (0, True), told.out
    assert {"Python", "Packages", "Home", "Disk", "Sockets", "Clock", "PostgreSQL's programs", "Locks"} <= set(states)
    assert "problem" not in states.values()


def test_a_home_that_cannot_be_written_is_a_problem(
    simulator: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is looked at all the same."""
    monkeypatch.setenv("SIMULATOR_HOME", "/proc/self/x")
    told = simulator("doctor", "--json", "checks.name,checks.state")
    assert told.code == 1
    assert {"name": "Home", "state": "problem"} in told.document["checks"]
    assert "Locks" in told.out
    monkeypatch.setenv("SIMULATOR_HOME", "~nobody-of-that-name/x")
    assert simulator("doctor").code == 1


@pytest.mark.parametrize(("free", "state"), [(10**8, "problem"), (5 * 10**8, "warning"), (2 * 10**9, "ok")])
def test_little_room_is_told_before_a_run_needs_it(tmp_path: Path, free: int, state: str) -> None:
    """A home that does not exist yet has the room of the folder above."""
    assert only(homes.room(HomeFolder(tmp_path / "not" / "yet"), free)).state == state


def test_paths_that_are_too_long_are_told(tmp_path: Path) -> None:
    """A socket has another place then; data has none."""
    long = tmp_path / ("x" * 100)
    (long / "postgres").mkdir(parents=True)
    told = only(homes.sockets(HomeFolder(long)))
    assert (told.state, "too long for a socket" in told.found) == ("ok", True)
    assert only(homes.sockets(HomeFolder(tmp_path.joinpath(*["x" * 200] * 5)))).state == "problem"


def test_a_clock_before_the_installation_is_a_problem(tmp_path: Path) -> None:
    """And one that differs from the disk's a warning."""
    assert only(machine.clock(tmp_path, 0.0)).state == "problem"
    now = tmp_path.stat().st_mtime
    assert only(machine.clock(tmp_path, now + 3600)).state == "warning"


def test_little_memory_is_a_warning() -> None:
    """A run may still work."""
    assert only(machine.memory(10**8)).state == "warning"
    assert only(machine.memory(10**10)).state == "ok"


def test_a_package_of_another_version_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the version that is needed."""
    monkeypatch.setattr("simulator.pipeline.doctor.machine.version", lambda name: "0.1" if name == "rich" else "9999")
    told = only(machine.packages())
    assert (told.state, "rich is 0.1, not >=15.0" in told.found) == ("problem", True)


def test_a_port_that_is_taken_is_named_with_its_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own cloud may have it."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        monkeypatch.setattr("simulator.pipeline.doctor.surroundings.ENDPOINT_PORT", port)
        told = next(iter(surroundings.ports(None)))
        assert (told.state, f"process {os.getpid()}" in told.found) == ("warning", True)
        assert next(iter(surroundings.ports(port))).state == "ok"


def test_a_database_that_does_not_answer_is_a_problem_without_its_password(
    monkeypatch: pytest.MonkeyPatch, no_libpq_variables: None
) -> None:
    """Variables of libpq are named."""
    monkeypatch.setenv("SIMULATOR_DATABASE_URL", "postgresql://ann:secret@127.0.0.1:1/db")
    told = only(surroundings.database(Settings()))
    assert (told.state, "secret" in told.found) == ("problem", False)
    monkeypatch.delenv("SIMULATOR_DATABASE_URL")
    monkeypatch.setenv("PGHOST", "elsewhere")
    assert "PGHOST are set, and not used" in only(surroundings.database(Settings())).found


def test_what_killed_processes_left_is_told(tmp_path: Path) -> None:
    """A cloud's file, a port's file, a run."""
    home = HomeFolder(tmp_path).create()
    for file in (home.cloud / "up.json", home.steering / "999999999.json"):
        file.parent.mkdir()
        file.write_text("{}")
    folder = RunStore(home.runs).folder("user-log-1")
    folder.path.mkdir()
    folder.write_record(RunRecord(name="user-log-1", status="RUNNING", source=SourceObject(key="a.csv")))
    told = list(homes.left_behind(home))
    assert [one.state for one in told] == ["warning"] * 3
    assert "show user-log-1" in str(told[2].cure)
    assert folder.record_as_written().status == "RUNNING", "nothing is changed"


@pytest.mark.parametrize("name", ["AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "https_proxy", "HTTP_PROXY"])
def test_variables_that_lead_aws_clients_away_are_told(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A proxy for HTTPS does not: the endpoint is HTTP."""
    for one in list(os.environ):
        if one.startswith("AWS_") or one.upper().endswith("_PROXY"):
            monkeypatch.delenv(one)
    monkeypatch.setenv(name, "x")
    assert only(surroundings.aws_variables()).state == ("ok" if name == "https_proxy" else "warning")
