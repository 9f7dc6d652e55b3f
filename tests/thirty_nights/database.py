"""The users of the history in the home's PostgreSQL, with the totals that the runs have left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lambdas.schema_migrator.migrations import apply_migrations, read_migrations
from lambdas.schema_migrator.users import load_users
from lambdas.shared.columns import TOTALS
from lambdas.shared.connection import connect
from simulator.pipeline.servers import open_postgres
from simulator.pipeline.settings import PROJECT_ROOT, Settings
from tests.thirty_nights.plan import users_csv

if TYPE_CHECKING:
    from tests.thirty_nights.stage import Stage

MIGRATIONS = PROJECT_ROOT / "cdk" / "definitions" / "migrations"


def fill_database(home: Path, played: Stage) -> None:
    """Make the tables, load the users, set their totals.

    Raises:
        CloudError, PostgresError: there is no database to be had.
    """
    columns = [column.field for column in TOTALS]
    marks = ", ".join(["%s"] * (len(columns) + 2))
    insert = f"insert into user_statistics (user_id, {', '.join(columns)}, last_updated) values ({marks})"  # noqa: S608
    rows = [
        (user, *totals, played.updated[user].replace(tzinfo=None)) for user, totals in sorted(played.totals.items())
    ]
    server = open_postgres(Settings(simulator_home=home))
    try:
        with connect(server.url) as connection:
            apply_migrations(connection, read_migrations(MIGRATIONS))
            load_users(connection, [users_csv().encode()])
            with connection.transaction():
                connection.execute("delete from user_statistics")
                connection.cursor().executemany(insert, rows)
    finally:
        server.close()
