"""The simulator's folder and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.cloud.errors import CloudError
from simulator.cloud.home import PROJECT_ROOT, Home, Settings

if TYPE_CHECKING:
    from pathlib import Path


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


def test_a_home_that_cannot_be_made_is_an_error_for_people(tmp_path: Path) -> None:
    """A file in the way: the message names the folder and the variable."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CloudError, match=r"Cannot create the folder .*file.*SIMULATOR_HOME"):
        Home(tmp_path / "file" / "home").create()


def test_the_database_url_does_not_show_in_the_settings_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password must not get into a log by way of a repr."""
    monkeypatch.setenv("SIMULATOR_DATABASE_URL", "postgresql://u:geheim@h/d")
    settings = Settings()
    assert settings.database_url == "postgresql://u:geheim@h/d"
    assert "geheim" not in repr(settings) + str(settings)
