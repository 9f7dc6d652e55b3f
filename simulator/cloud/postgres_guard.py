"""The guard of an embedded PostgreSQL: `python -m simulator.cloud.postgres_guard FOLDER USER`, one a simulator.

Waits until its stdin ends, that is, until the simulator that started it closes the pipe or is gone, and stops the
server if no other simulator uses it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from simulator.cloud.postgres_cluster import PostgresCluster
from simulator.cloud.postgres_users import PostgresUsers


def main(folder: Path, user: str) -> None:
    """Guard the server of `folder` (`<home>/postgres`) for a user of it (see `PostgresUsers.join`)."""
    while os.read(0, 4096):
        pass
    if not folder.is_dir():  # thrown away meanwhile
        return
    users = PostgresUsers(folder)
    users.wait_until_gone(user)  # a process that is killed may lose its pipe a moment before its lock
    with users.changing():
        if not users.anyone():
            PostgresCluster(folder).stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
