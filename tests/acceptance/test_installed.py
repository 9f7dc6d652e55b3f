"""The wheel, installed away from the checkout: nothing that it needs is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, machine_network: None) -> Path:
    """An environment with the wheel; its libraries are those of the checkout's environment."""
    folder = tmp_path_factory.mktemp("installed")
    for words in (
        ["uv", "build", "--quiet", "--wheel", "--out-dir", str(folder / "dist"), str(ROOT)],
        ["uv", "venv", "--quiet", "--python", sys.executable, str(folder / "venv")],
    ):
        subprocess.run(words, check=True, cwd=folder)
    (wheel,) = (folder / "dist").glob("*.whl")
    install = ["uv", "pip", "install", "--quiet", "--no-deps", "--python", str(folder / "venv/bin/python"), str(wheel)]
    subprocess.run(install, check=True, cwd=folder)
    (packages,) = (folder / "venv/lib").glob("python*/site-packages")
    # A path alone: the .pth files in that folder, one of which leads to the checkout, are not read.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_installed_command_runs_the_sample_in_any_folder(installation: Path) -> None:
    """Its runs are among the user's data; what it suggests can be pasted; the checkout is not touched."""
    work = installation / "work"
    work.mkdir()
    left_out = ("SIMULATOR_HOME", "SIMULATOR_DATABASE_URL", "XDG_DATA_HOME", "PYTHONPATH", "UV")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment["HOME"] = str(installation / "home")
    script = installation / "venv/bin/simulator"

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(script), *words], cwd=work, env=environment, capture_output=True, text=True, check=False
        )

    ran = call("run", "sample.csv", "--json")
    assert ran.returncode == 0, ran.stderr
    run = json.loads(ran.stdout)
    assert run["rows"]["succeeded"] == 990
    assert run["runDirectory"].startswith(str(installation / "home/.local/share/csv-user-log-simulator/runs/"))
    assert f"{script} show {run['executionName']}" in ran.stderr
    assert call("verify", "latest").returncode == 0
    assert call("check").returncode == 0
    assert str(ROOT) not in ran.stderr + ran.stdout
