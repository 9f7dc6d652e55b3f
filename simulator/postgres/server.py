"""The PostgreSQL that plays Aurora, embedded (`embedded`) or the user's own (`external`), and the sessions in it.

The sessions of an execution environment are named, so that those of an environment that is gone can be ended. On AWS an
environment that is killed takes its connections with it. Here its thread lives on, perhaps inside a statement that
holds a lock: PostgreSQL is told to end the session instead.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

import psycopg
from psycopg.conninfo import make_conninfo

from lambdas.shared.connection import connect

if TYPE_CHECKING:
    from collections.abc import Sequence

END_MILLISECONDS = 2000
_log = logging.getLogger(__name__)
_END = """
    SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity
    WHERE application_name = ANY(%s) AND pid <> pg_backend_pid()
"""


class PostgresServer(Protocol):
    """A PostgreSQL that is ready to be used.

    `url` is for psycopg (it may hold a password), `display_url` for people (it never does), and `embedded` says whether
    the server is ours, so that it may be stopped and thrown away.
    """

    @property
    def url(self) -> str:
        """Return the URL for psycopg."""
        ...

    @property
    def display_url(self) -> str:
        """Return the URL with its password hidden."""
        ...

    @property
    def embedded(self) -> bool:
        """Say whether the server is ours."""
        ...

    def close(self) -> None:
        """Let go of the server; an embedded one stops when nobody else uses it."""
        ...


def database_id(url: str) -> str | None:
    """Return what tells one database from every other: the cluster's identifier and the database's name.

    None if the server does not tell it to this user.
    """
    try:
        with connect(url) as connection:
            row = connection.execute(
                "SELECT system_identifier::text || '/' || current_database() FROM pg_control_system()"
            ).fetchone()
    except psycopg.Error:
        return None
    return str(row[0]) if row else None


def session_conninfo(database_url: str, environment: str) -> str:
    """Return a connection string whose sessions PostgreSQL knows by the environment's name.

    Args:
        database_url: the database, for psycopg.
        environment: the execution environment's name; ASCII, 63 characters at most (PostgreSQL cuts the rest).
    """
    return make_conninfo(database_url, application_name=environment)


def end_sessions(database_url: str, environments: Sequence[str]) -> None:
    """End every session of some environments, and wait until they hold no lock any more.

    If the database cannot be reached they have ended with it, most likely: that is logged, and nothing is raised.

    Args:
        database_url: the database, for psycopg.
        environments: the execution environments' names.
    """
    try:
        with connect(database_url, autocommit=True) as connection:
            connection.execute(_END, (END_MILLISECONDS, list(environments)))
    except psycopg.Error as error:
        _log.warning("the database sessions of %d environments could not be ended: %s", len(environments), error)
