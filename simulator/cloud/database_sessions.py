"""Database sessions of execution environments: named, so that those of an environment that is gone can be ended.

On AWS an environment that is killed takes its connections with it. Here its thread lives on, perhaps inside a statement
that holds a lock: PostgreSQL is told to end the session instead.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

if TYPE_CHECKING:
    from collections.abc import Sequence

CONNECT_TIMEOUT = 5
END_MILLISECONDS = 2000


def session_url(url: str, environment: str) -> str:
    """Return a connection URL whose sessions PostgreSQL knows by the environment's name (`application_name`).

    Args:
        url: the database's URL.
        environment: the execution environment's name.
    """
    name = f"application_name={_session_name(environment)}"
    if "://" not in url:
        return make_conninfo(url, application_name=_session_name(environment))
    if "application_name" in conninfo_to_dict(url):  # the user's own gives way
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if key != "application_name"}
        return (
            "postgresql://?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in parts.items()) + f"&{name}"
        )
    return f"{url}{'&' if '?' in url else '?'}{name}"


def end_sessions(url: str, environments: Sequence[str]) -> None:
    """End every session of some environments and wait until they hold no lock any more.

    A database that cannot be reached has no sessions: nothing is raised then.

    Args:
        url: the database's URL.
        environments: the execution environments' names.
    """
    names = [_session_name(environment) for environment in environments]
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_TIMEOUT) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity WHERE application_name = ANY(%s)",
                (END_MILLISECONDS, names),
            )
    except psycopg.OperationalError:
        return


def _session_name(environment: str) -> str:
    """Return a name of at most 63 plain characters (PostgreSQL cuts and replaces the rest)."""
    return f"lambda-{hashlib.sha256(environment.encode()).hexdigest()[:24]}"
