"""Finds the configuration file. Imports little: `run` looks for it before it imports anything else (see `quick`)."""

from __future__ import annotations

import os

VARIABLE = "SIMULATOR_CONFIG_FILE"
FILE, PROJECT = "simulator.toml", "pyproject.toml"
_TABLE = b"[tool.simulator"


def configuration_file() -> str | None:
    """Return the file that SIMULATOR_CONFIG_FILE names, else the nearest one of this folder and those above it.

    `simulator.toml` counts before a `pyproject.toml` beside it, and that only if it has a table `tool.simulator`.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return named
    try:
        folder = os.getcwd()  # noqa: PTH109 - pathlib takes longer to import than this to run
    except OSError:
        return None
    while True:
        own, project = os.path.join(folder, FILE), os.path.join(folder, PROJECT)  # noqa: PTH118 - as above
        if os.path.isfile(own):  # noqa: PTH113 - as above
            return own
        if _has_table(project):
            return project
        above = os.path.dirname(folder)  # noqa: PTH120 - as above
        if above == folder:
            return None
        folder = above


def _has_table(path: str) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            return any(line.lstrip().startswith(_TABLE) for line in file)
    except OSError:
        return False


def changes_run() -> bool:
    """Tell whether a variable or a file may have defaults for the options of `run`."""
    return any(name.startswith("SIMULATOR_RUN_") for name in os.environ) or configuration_file() is not None
