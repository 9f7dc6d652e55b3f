"""The real command as in a container: root, read-only places, no shared memory, variables that are meant for others."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.conftest import ROOT
from tests.acceptance.test_kill import processes_of
from tests.rows import upload

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance.conftest import Shell

SHARED_MEMORY = "/dev/shm"  # noqa: S108 - it is closed, not used
READ_ONLY = 'mount -t tmpfs -o ro tmpfs "{}" && '


def _may_mount() -> bool:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    trial = READ_ONLY.format(SHARED_MEMORY) + "true"
    return subprocess.run(["unshare", "-m", "sh", "-c", trial], capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.skipif(not _may_mount(), reason="needs the right to mount in a mount namespace of its own"),
    pytest.mark.timeout(200),
]


@pytest.fixture
def shell(make_shell: Callable[[str], Shell]) -> Shell:
    """A folder with a small file."""
    shell = make_shell("container")
    (shell.folder / "small.csv").write_text(upload("U00001,1,2"), encoding="utf-8")
    return shell


def run(shell: Shell, before: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the file in a mount namespace of its own, after the shell commands `before`."""
    return subprocess.run(
        [
            "unshare",
            "-m",
            "sh",
            "-c",
            before + 'exec "$@"',
            "sh",
            sys.executable,
            ROOT / "simulator",
            "run",
            "small.csv",
        ],
        cwd=shell.folder,
        env={"PATH": os.environ["PATH"], "SIMULATOR_HOME": str(home), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_home_that_is_read_only_is_named(shell: Shell) -> None:
    """Not the file that was to be uploaded: nothing of it is wrong."""
    home = shell.folder / "read-only"
    home.mkdir()
    outcome = run(shell, READ_ONLY.format(home), home)
    assert outcome.returncode == 3, outcome.stderr
    assert f"Cannot write to the folder {home}: Read-only file system" in outcome.stderr
    assert "uploaded" not in outcome.stderr


def test_a_home_on_a_full_disk_is_named(shell: Shell) -> None:
    """Nothing has been started."""
    home = shell.folder / "full"
    home.mkdir()
    fill = (
        f'mount -t tmpfs -o size=64k tmpfs "{home}" && {{ dd if=/dev/zero of="{home}/x" bs=1k 2>/dev/null; true; }} && '
    )
    outcome = run(shell, fill, home)
    assert outcome.returncode == 3, outcome.stderr
    assert f"Cannot write to the folder {home}: No space left on device. Make room" in outcome.stderr


@pytest.mark.slow
@pytest.mark.parametrize("left", [100, 900])
def test_a_disk_that_is_nearly_full_is_told_at_once(shell: Shell, left: int) -> None:
    """The server starts on so few KiB, and lets no client in; nothing is waited for, and the data is not blamed."""
    home = shell.folder / f"nearly full {left}"
    home.mkdir()
    fill = (
        f'mount -t tmpfs -o size=100m,mode=755 tmpfs "{home}" && "$@" 2>/dev/null; '
        f'room=$(df -k --output=avail "{home}" | tail -1); '
        f'dd if=/dev/zero of="{home}/x" bs=1k count=$((room - {left})) 2>/dev/null; '
        f'date +%s >"{shell.folder}/began"; '
    )
    outcome = run(shell, fill, home)
    assert time.time() - int((shell.folder / "began").read_text()) < 15
    assert outcome.returncode == 3, outcome.stderr
    assert f"There is no room on the disk of {home}/postgres" in outcome.stderr
    assert "Make room there" in outcome.stderr
    assert "Delete" not in outcome.stderr
    assert processes_of(home) == []


@pytest.mark.slow
@pytest.mark.parametrize("umask", ["077", "000"])
def test_a_container_is_no_obstacle(shell: Shell, umask: str) -> None:
    """HOME and /dev/shm are read-only, the locale is C, and PGPORT is meant for another server."""
    nothing = shell.folder / f"nothing {umask}"
    nothing.mkdir()
    home = shell.folder / f"home {umask}"
    before = READ_ONLY.format(SHARED_MEMORY) + READ_ONLY.format(nothing) + f"umask {umask} && "
    outcome = run(shell, before, home, HOME=str(nothing), LANG="C", LC_ALL="C", PGPORT="5433")
    assert outcome.returncode == 0, outcome.stderr
    assert "0 failed" in outcome.stderr
    assert processes_of(home) == []
