"""`python -m tests.thirty_nights HOME`: makes the history, and says how to look at it."""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime, tzinfo
from pathlib import Path

from simulator.runs.store import RunStore
from tests.thirty_nights.database import fill_database
from tests.thirty_nights.plan import NIGHTS, USERS, uploads
from tests.thirty_nights.stage import Stage


def main() -> int:
    """Make the history."""
    parser = argparse.ArgumentParser(prog="python -m tests.thirty_nights", description=__doc__)
    parser.add_argument("home", type=Path, help="a folder that has no runs yet")
    parser.add_argument("--morning", type=date.fromisoformat, help="the last morning, as 2026-11-28; today if absent")
    parser.add_argument("--without-database", action="store_true", help="make the run folders alone")
    options = parser.parse_args()
    store = RunStore(options.home.absolute() / "runs")
    if store.folders():
        parser.error(f"{store.path} has runs already: name another folder")
    make_history(options.home.absolute(), options.morning, database=not options.without_database)
    records = store.records()
    failed = sum(record.rows.failed for record in records)
    sys.stdout.write(f"{len(records)} runs of {NIGHTS} nights, {failed} failed rows, in {options.home}\n")
    sys.stdout.write(f"SIMULATOR_HOME={options.home.absolute()} uv run streamlit run dashboard\n")
    return 0


def make_history(home: Path, morning: date | None = None, *, zone: tzinfo | None = None, database: bool = True) -> None:
    """Make the runs of thirty nights below `home`, and its database.

    Args:
        home: the folder that SIMULATOR_HOME is to name.
        morning: the last morning; today if it is not given.
        zone: the time zone of mornings and evenings; this machine's if it is not given.
        database: whether the users and their totals are written into the home's PostgreSQL too.
    """
    now = datetime.now().astimezone(zone)
    played = Stage(RunStore(home / "runs"), {f"U{number:05}" for number in range(1, USERS + 1)})
    for upload in uploads(morning or now.date(), now.tzinfo):  # type: ignore[arg-type]
        played.play(upload)
    if database:
        fill_database(home, played)


if __name__ == "__main__":
    sys.exit(main())
