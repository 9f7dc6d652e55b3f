"""Where the simulator lies, and its home if SIMULATOR_HOME is not set. Imports little: see `cloud_files`."""

from __future__ import annotations

import os
import sys

DISTRIBUTION = "csv-user-log-pipeline"
"""The name of the package that is installed."""
_LEVELS = 2


def project_root() -> str:
    """Return the folder that holds `simulator/`: the checkout, or the site-packages of an installation."""
    here = os.path.abspath(__file__)  # noqa: PTH100 - pathlib takes longer to import than this to run
    for _ in range(_LEVELS):
        here = os.path.dirname(here)  # noqa: PTH120 - as above
    return here


def is_checkout() -> bool:
    """Tell whether the simulator runs from its checkout, not from an installed wheel."""
    return os.path.isfile(os.path.join(project_root(), "pyproject.toml"))  # noqa: PTH113, PTH118 - as above


def default_home() -> str:
    """Return `.simulator` in the checkout; for an installation, the folder where this system keeps a user's data.

    An installation may be read-only, and goes with the next one; runs must not.
    """
    if is_checkout():
        return os.path.join(project_root(), ".simulator")  # noqa: PTH118 - as above
    if sys.platform == "darwin":
        data = os.path.join("~", "Library", "Application Support")  # noqa: PTH118 - as above
    else:
        named = os.environ.get("XDG_DATA_HOME", "")
        # The XDG specification has a relative path ignored.
        data = named if os.path.isabs(named) else os.path.join("~", ".local", "share")  # noqa: PTH117, PTH118 - as above
    return os.path.join(os.path.expanduser(data), "csv-user-log-simulator")  # noqa: PTH111, PTH118 - as above
