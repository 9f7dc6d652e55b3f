"""The files by which the cloud of a home is found: `up.lock` says whether it lives, `up.json` where it listens.

Imports little: `run` reads them before it imports anything else.
"""

from __future__ import annotations

import json
import os

from simulator.places import default_home
from simulator.runs.folder.run_lock import is_held

ENDPOINT_PORT = 4566
"""Where a cloud listens if nothing else is said: the port of other local clouds too."""
STARTING, UP, STOPPING = "starting", "up", "stopping"


class CloudFiles:
    """The names of the files below `<home>/cloud/`.

    Args:
        home: the simulator's folder.
    """

    def __init__(self, home: str | os.PathLike[str]) -> None:
        self.folder = os.path.join(home, "cloud")  # noqa: PTH118 - pathlib takes longer to import than this to run
        self.lock = os.path.join(self.folder, "up.lock")  # noqa: PTH118 - as above
        self.about = os.path.join(self.folder, "up.json")  # noqa: PTH118 - as above
        self.log = os.path.join(self.folder, "up.log")  # noqa: PTH118 - as above
        self.events = os.path.join(self.folder, "events.jsonl")  # noqa: PTH118 - as above

    def lives(self) -> bool:
        """Tell whether some process holds the lock: it ends with its holder, also after kill -9."""
        return is_held(self.lock)

    def read(self) -> dict[str, object]:
        """Return what `up.json` says; empty if there is none, or none that can be read."""
        try:
            with open(self.about, "rb") as file:  # noqa: PTH123 - as above
                found = json.load(file)
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def home_folder() -> str | None:
    """Return the folder that `Settings().home` would name, without its checks; None if only those can tell."""
    text = os.environ.get("SIMULATOR_HOME")
    if not text:
        return default_home()
    return None if text.startswith("~") else os.path.abspath(text)  # noqa: PTH100 - see CloudFiles


def database_mark(url: str | None) -> str:
    """Return what tells one SIMULATOR_DATABASE_URL from another without giving it away; `embedded` for none."""
    text = (url or "").strip()
    if not text:
        return "embedded"
    import hashlib  # noqa: PLC0415 - slow to import, and seldom needed

    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
