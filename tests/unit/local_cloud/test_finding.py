"""A cloud that is up is found by its home's files, and by nothing that outlives it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.cli.exits import UsageError
from simulator.cli.through_cloud import running_cloud
from simulator.pipeline.errors import CloudError
from simulator.pipeline.local_cloud.cloud_files import CloudFiles, database_mark, home_folder
from simulator.pipeline.local_cloud.running_cloud import CloudLost, RunningCloud
from simulator.pipeline.local_cloud.up_lock import UpLock
from simulator.pipeline.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home that exists."""
    monkeypatch.setenv("SIMULATOR_HOME", str(tmp_path))
    monkeypatch.delenv("SIMULATOR_DATABASE_URL", raising=False)
    return Settings()


def test_a_home_without_a_cloud_has_none(tmp_path: Path) -> None:
    """Not even a folder is needed."""
    assert RunningCloud.find(tmp_path / "missing") is None


def test_a_cloud_is_found_while_it_is_up(settings: Settings, tmp_path: Path) -> None:
    """With its address, and only for its owner's eyes."""
    with UpLock(settings) as lock:
        lock.up(url="http://127.0.0.1:1", host="127.0.0.1", port=1, dashboard=None)
        cloud = RunningCloud.find(tmp_path)
        assert cloud is not None
        assert (cloud.url, cloud.port, cloud.pid, cloud.database) == ("http://127.0.0.1:1", 1, os.getpid(), "embedded")
        assert Path(CloudFiles(tmp_path).about).stat().st_mode & 0o777 == 0o600
    assert RunningCloud.find(tmp_path) is None
    assert not Path(CloudFiles(tmp_path).about).exists()


def test_the_words_of_a_killed_cloud_count_for_nothing(settings: Settings, tmp_path: Path) -> None:
    """Its lock has gone with it."""
    code = (
        "from simulator.pipeline.local_cloud.up_lock import UpLock; from simulator.pipeline.settings import Settings; "
        "import os, signal; lock = UpLock(Settings()); lock.up(url='u', host='h', port=1, dashboard=None); "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False, env={**os.environ, "PYTHONPATH": str(_root())})
    assert json.loads(Path(CloudFiles(tmp_path).about).read_text())["state"] == "up"
    assert RunningCloud.find(tmp_path) is None
    with UpLock(settings):
        assert CloudFiles(tmp_path).read()["state"] == "starting"


def test_the_words_of_a_killed_cloud_are_not_taken_for_those_of_one_that_starts(
    settings: Settings, tmp_path: Path
) -> None:
    """Between the lock and the first words of the new one, the old ones still lie there."""
    with UpLock(settings) as lock:
        lock.up(url="u", host="h", port=1, dashboard=None)
        about = Path(CloudFiles(tmp_path).about)
        gone = subprocess.Popen([sys.executable, "-c", ""])
        gone.wait()
        about.write_text(json.dumps({**json.loads(about.read_text()), "pid": gone.pid}))
        with pytest.raises(CloudLost, match="has been starting"):
            RunningCloud.find(tmp_path, patience=0.1)


def test_a_home_has_one_cloud(settings: Settings) -> None:
    """The second is told of the first, and how to end it."""
    with UpLock(settings) as lock:
        lock.up(url="http://127.0.0.1:7", host="127.0.0.1", port=7, dashboard=None)
        with pytest.raises(CloudError, match=r"is up already: http://127.0.0.1:7 \(process \d+.* down"):
            UpLock(settings)
    UpLock(settings).close()


@pytest.mark.parametrize("state", ["starting", "stopping"])
def test_a_cloud_that_changes_is_waited_for_and_named_if_that_takes_too_long(
    settings: Settings, tmp_path: Path, state: str
) -> None:
    """Nothing is started beside it."""
    with UpLock(settings) as lock:
        if state == "stopping":
            lock.stopping()
        with pytest.raises(CloudLost, match=f"has been {state} for"):
            RunningCloud.find(tmp_path, patience=0.1)


@pytest.mark.parametrize("text", ["", "null", "[1]", "{", "\x00"])
def test_an_up_json_that_cannot_be_read_is_waited_for(settings: Settings, tmp_path: Path, text: str) -> None:
    """It may be written just now."""
    with UpLock(settings):
        Path(CloudFiles(tmp_path).about).write_text(text)
        with pytest.raises(CloudLost):
            RunningCloud.find(tmp_path, patience=0.05)


def test_a_cloud_that_does_not_answer_is_said(settings: Settings, tmp_path: Path) -> None:
    """With its process."""
    with UpLock(settings) as lock:
        lock.up(url="http://127.0.0.1:9", host="127.0.0.1", port=9, dashboard=None)
        cloud = RunningCloud.find(tmp_path)
        assert cloud is not None
        with pytest.raises(CloudLost, match=r"stopped answering: ConnectionRefusedError.* It still lives"):
            cloud.ask("status")


def test_the_light_way_finds_the_home_that_the_settings_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Absolute, relative, empty; what only the settings can tell is left to them."""
    monkeypatch.chdir(tmp_path)
    for text in (str(tmp_path / "x"), "relative/home", "", "./a/../b"):
        monkeypatch.setenv("SIMULATOR_HOME", text)
        assert os.path.realpath(str(home_folder())) == os.path.realpath(Settings().home.path)
    monkeypatch.setenv("SIMULATOR_HOME", "~/x")
    assert home_folder() is None


def test_databases_are_told_apart_without_their_passwords() -> None:
    """Blanks are none, as in the settings."""
    assert database_mark(None) == database_mark("  ") == "embedded"
    marks = {database_mark("postgresql://u:a@h/d"), database_mark("postgresql://u:b@h/d"), "embedded"}
    assert len(marks) == 3
    assert not any(":a@" in mark for mark in marks)


def _root() -> Path:
    return Path(__file__).resolve().parents[3]


def test_a_cloud_of_another_stage_than_the_shell_names_is_not_used(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would run another number of rows at a time; a shell that names none takes what is up."""
    with UpLock(settings) as lock:
        lock.up(url="http://127.0.0.1:1", host="127.0.0.1", port=1, dashboard=None)
        for stage in ("", "prod"):
            monkeypatch.setenv("SIMULATOR_STAGE", stage)
            assert running_cloud() is not None
        monkeypatch.setenv("SIMULATOR_STAGE", "dev")
        with pytest.raises(UsageError, match=r"runs the stage prod, and this shell's SIMULATOR_STAGE is dev\. Unset"):
            running_cloud()


def test_a_cloud_with_other_rows_per_child_than_the_shell_names_is_not_used(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is left to believe that his batches were tried."""
    with UpLock(settings) as lock:
        lock.up(url="http://127.0.0.1:1", host="127.0.0.1", port=1, dashboard=None)
        monkeypatch.setenv("SIMULATOR_ROWS_PER_CHILD", "10")
        with pytest.raises(UsageError, match=r"SIMULATOR_ROWS_PER_CHILD unset, and this shell's is 10\. Unset"):
            running_cloud()
        monkeypatch.delenv("SIMULATOR_ROWS_PER_CHILD")
        assert running_cloud() is not None
