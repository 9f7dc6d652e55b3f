"""As root, whose folders are closed to the user that PostgreSQL runs as."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from simulator.pipeline.settings import HomeFolder
from simulator.postgres import cluster as postgres_cluster
from simulator.postgres.cluster import VERSION, PostgresCluster
from tests.integration.cloud.test_postgres import servers_in

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as somebody else")


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o000])
def test_programs_and_data_may_lie_below_a_folder_that_only_root_may_enter(
    short_path: Path, umask: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in root's home; nothing is opened to others, and with a strict umask not even the programs are."""
    package = postgres_cluster.programs().parents[1]
    before = os.umask(umask)
    try:
        closed = short_path / "closed"
        closed.mkdir(mode=0o700)
        copy = closed / package.name
        shutil.copytree(package / f"pginstall{VERSION}", copy / f"pginstall{VERSION}")
        shutil.copytree(package.parent / f"{package.name}.libs", closed / f"{package.name}.libs")
        if umask == 0o077:
            for path in copy.rglob("*"):
                path.chmod(path.stat().st_mode & 0o700)
        monkeypatch.setattr(postgres_cluster, "programs", lambda: copy / f"pginstall{VERSION}" / "bin")
        home = HomeFolder(closed / "home").create()
        cluster = PostgresCluster(home.postgres)
        try:
            assert cluster.start() == home.postgres
            assert len(servers_in(home.postgres)) == 1
        finally:
            cluster.stop()
    finally:
        os.umask(before)
    assert servers_in(home.postgres) == []
    assert [folder.stat().st_mode & 0o077 for folder in (closed, home.postgres, home.postgres / "data")] == [0, 0, 0]
