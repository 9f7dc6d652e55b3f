"""The simulator's folder and settings."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from simulator.pipeline.errors import CloudError
from simulator.pipeline.local_cloud.cloud_files import home_folder
from simulator.pipeline.settings import PROJECT_ROOT, HomeFolder, Settings
from simulator.postgres.errors import advice


def test_the_home_is_in_the_project_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From any current folder it is the same one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIMULATOR_HOME", raising=False)
    assert Settings().home.path == PROJECT_ROOT / ".simulator"
    monkeypatch.setenv("SIMULATOR_HOME", "")
    assert Settings().home.path == PROJECT_ROOT / ".simulator"
    monkeypatch.setenv("SIMULATOR_HOME", "here")
    assert Settings().home.path == tmp_path / "here"


@pytest.mark.parametrize(
    ("platform", "data", "home"),
    [
        ("linux", "", "/home/ann/.local/share/csv-user-log-simulator"),
        ("linux", "/data", "/data/csv-user-log-simulator"),
        ("linux", "relative", "/home/ann/.local/share/csv-user-log-simulator"),
        ("darwin", "/data", "/home/ann/Library/Application Support/csv-user-log-simulator"),
    ],
)
def test_an_installation_keeps_runs_with_the_users_data(
    monkeypatch: pytest.MonkeyPatch, platform: str, data: str, home: str
) -> None:
    """Never among the installed packages: they go with the next installation. The quick way finds the same."""
    monkeypatch.setattr("simulator.places.is_checkout", lambda: False)
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setenv("XDG_DATA_HOME", data)
    monkeypatch.delenv("SIMULATOR_HOME", raising=False)
    assert Settings().home.path == Path(home)
    assert home_folder() == home


def test_a_home_that_cannot_be_made_is_an_error_for_people(tmp_path: Path) -> None:
    """A file in the way: the message names the folder and the variable."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CloudError, match=r"Cannot create the folder .*file.*SIMULATOR_HOME"):
        HomeFolder(tmp_path / "file" / "home").create()


def test_a_home_that_cannot_be_written_to_is_named_before_anything_starts() -> None:
    """It exists, and not even root may make a file there."""
    with pytest.raises(CloudError, match=r"Cannot write to the folder /proc/self: .*SIMULATOR_HOME"):
        HomeFolder(Path("/proc/self")).create()


def test_a_full_disk_needs_other_advice_than_a_closed_one() -> None:
    """To be allowed to write does not help there."""
    assert "Make room" in advice(OSError(errno.ENOSPC, "No space left on device"))
    assert "that you may write to" in advice(OSError(errno.EROFS, "Read-only file system"))


def test_the_database_is_closed_to_others_from_the_first_moment(tmp_path: Path) -> None:
    """Who can enter its folder can use the server, whatever the umask."""
    before = os.umask(0)
    try:
        home = HomeFolder(tmp_path / "home").create()
    finally:
        os.umask(before)
    assert home.postgres.stat().st_mode & 0o077 == 0


def test_the_folder_of_an_unknown_user_is_an_error_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows what the tilde stands for."""
    monkeypatch.setenv("SIMULATOR_HOME", "~nobody-of-this-name/home")
    with pytest.raises(CloudError, match=r"SIMULATOR_HOME is ~nobody-of-this-name/home.*whole path"):
        Settings().home  # noqa: B018 - read for its error


def test_the_database_url_does_not_show_in_the_settings_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password must not get into a log by way of a repr."""
    monkeypatch.setenv("SIMULATOR_DATABASE_URL", "postgresql://u:geheim@h/d")
    settings = Settings()
    assert settings.database_url == "postgresql://u:geheim@h/d"
    assert "geheim" not in repr(settings) + str(settings)


@pytest.mark.parametrize("below", ["", "home", "a/b"])
def test_a_file_in_place_of_the_home_is_an_error_for_people(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, below: str
) -> None:
    """There are not "no runs yet": it names the file."""
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("SIMULATOR_HOME", str(file / below))
    with pytest.raises(CloudError, match=rf"{file} is a file. Name a folder"):
        _ = Settings().home
    monkeypatch.setenv("SIMULATOR_HOME", str(tmp_path / "new" / below))
    assert Settings().home.path == tmp_path / "new" / below


@pytest.mark.parametrize("blank", ["", " ", "\t \n"])
def test_a_database_url_of_blanks_is_none(monkeypatch: pytest.MonkeyPatch, blank: str) -> None:
    """A variable that a shell script leaves so means the embedded database."""
    monkeypatch.setenv("SIMULATOR_DATABASE_URL", blank)
    assert Settings().database_url is None
    monkeypatch.setenv("SIMULATOR_DATABASE_URL", f"postgresql://u@h/d{blank}")
    assert Settings().database_url == "postgresql://u@h/d"
