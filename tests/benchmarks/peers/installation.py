"""The peers in a folder of their own: versions that are named here, from PyPI and npm, kept for the next time."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

from simulator.pipeline.settings import PROJECT_ROOT

FOLDER: Final = PROJECT_ROOT / ".peers"
MOTO: Final = "5.2.5"
MINISTACK: Final = "1.5.33"
LOCAL_STEP_FUNCTIONS: Final = "3.0.0"


class NotInstalled(Exception):
    """A peer is not to be had here; the message says why."""


def python_peer(name: str, *requirements: str) -> Path:
    """Return the `bin` folder of a virtual environment with these packages.

    Raises:
        NotInstalled: they cannot be installed.
    """
    home = FOLDER / name
    if not (home / "installed").exists():
        _run("uv", "venv", "--quiet", "--clear", str(home))
        # Without the configuration: the project's pins are not the peers'.
        _run(
            "uv", "pip", "install", "--no-config", "--quiet", "--compile-bytecode", "--python", str(home), *requirements
        )
        (home / "installed").touch()
    return home / "bin"


def npm_peer(name: str, version: str) -> Path:
    """Return the folder of an npm package.

    Raises:
        NotInstalled: node is not there, or the package cannot be installed.
    """
    if shutil.which("node") is None:
        raise NotInstalled("node is not installed")
    home = FOLDER / "npm"
    folder = home / "node_modules" / name
    if not folder.exists():
        home.mkdir(parents=True, exist_ok=True)
        _run("npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(home), f"{name}@{version}")
    return folder


def _run(*words: str) -> None:
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NotInstalled(f"{words[0]} is not installed") from None
    if done.returncode:
        raise NotInstalled(f"{' '.join(words)}: {done.stderr.strip()}")
