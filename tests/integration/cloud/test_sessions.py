"""An execution environment that is given up leaves no lock in the database."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from simulator.aws.lambda_runtime.function_config import FunctionConfig
from simulator.aws.lambda_runtime.lambda_service import LambdaService
from simulator.postgres.server import end_sessions, session_conninfo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Database

LOCKER = """
import os, time
from lambdas.shared.connection import connect
connection = connect(os.environ["DATABASE_URL"])
def handle(event, context):
    connection.execute("SELECT pg_advisory_xact_lock(1)")
    connection.execute("SELECT pg_sleep(%s)", (event,))
    connection.commit()
    return "done"
"""


def test_a_timeout_inside_a_statement_frees_its_locks(database: Database, tmp_path: Path) -> None:
    """The session is ended from outside, and the next invocation gets the lock at once."""
    (tmp_path / "locker").mkdir()
    (tmp_path / "locker" / "h.py").write_text(LOCKER)
    with LambdaService(
        [FunctionConfig(name="f", handler="locker.h.handle", timeout_seconds=0.5)],
        task_root=tmp_path,
        variables=lambda _config, name: {"DATABASE_URL": session_conninfo(database.url, name)},
        ended=lambda names: end_sessions(database.url, names),
    ) as service:
        error = json.loads(service.invoke("f", b"60").payload)
        assert error["errorType"] == "Sandbox.Timedout"
        began = time.monotonic()
        assert service.invoke("f", b"0").payload == b'"done"'
        assert time.monotonic() - began < 2
    with database.connect() as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%[$LATEST]%'"
        assert connection.execute(query).fetchone() == (0,)


def test_a_database_that_is_gone_has_no_sessions_to_end() -> None:
    """Closing goes on when PostgreSQL has been stopped already."""
    end_sessions("postgresql://u@127.0.0.1:1/d", ["a"])
