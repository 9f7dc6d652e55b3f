"""The restore drill of docs/operations.md, as far as it can be tried here: PostgreSQL goes back to an earlier state."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.conftest import Shell
from tests.rows import upload

USERS = [f"U{number:05}" for number in range(1, 31)]
FILES = {
    "first.csv": [f"{user},{index},1" for index, user in enumerate(USERS)],
    "second.csv": ["NOBODY,1,1", *(f"{user},{index},2" for index, user in enumerate(USERS[:20], 100))],
}


def stopped(database: Path) -> Path:
    """Return the folder of a database whose server has ended, which it does some time after the last command."""
    deadline = time.monotonic() + 60
    while (database / "data" / "postmaster.pid").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return database


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("snapshot_after", "lost"), [(1, 20), (0, 30)], ids=["of an hour ago", "without totals"])
def test_the_totals_of_the_lost_hours_come_back_from_the_audit_trail(
    make_shell: Callable[[str], Shell], snapshot_after: int, lost: int
) -> None:
    """Two uploads, then the database as it was before the second, or before both: in the end as the second left it."""
    shell = make_shell("restore")
    database, snapshot = shell.home / "postgres", shell.folder / "snapshot"
    (shell.folder / "users.csv").write_text(
        "user_id,username,email\n" + "".join(f"{user},{user},{user}@example.com\n" for user in USERS), encoding="utf-8"
    )
    loaded = shell("users", "load", "users.csv")
    assert loaded.code == 0, loaded.err
    for number, (name, rows) in enumerate(FILES.items()):
        if number == snapshot_after:
            # With its owner: as root, the server runs as another user.
            subprocess.run(["cp", "-a", stopped(database), snapshot], check=True)
        (shell.folder / name).write_text(upload(*rows), encoding="utf-8")
        assert shell("run", name).code == 0
    assert shell("verify", "latest").code == 0

    shutil.rmtree(stopped(database))
    snapshot.rename(database)
    checked = shell("verify", "latest", "--json")
    assert checked.code == 1
    assert {one["place"] for one in checked.document["disagreements"]} == {"database"}

    rehearsed = shell("rebuild-totals", "--from-audit", "--dry-run", "--json")
    assert shell("verify", "latest").code == 1
    rebuilt = shell("rebuild-totals", "--from-audit", "--json")
    assert (rehearsed.document["changed"], rebuilt.document["changed"]) == (lost, lost)
    assert shell("verify", "latest").code == 0
