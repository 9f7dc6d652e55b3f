"""The PostgreSQL that plays Aurora: an embedded one from a wheel, or one of the user's own."""

from __future__ import annotations

from typing import Protocol, Self

import psycopg

from lambdas.shared.connection import connect
from simulator.postgres.database_url import UNREADABLE, completed, hide_password
from simulator.postgres.errors import PostgresError

MINIMUM_VERSION = 140_000


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


class ExternalPostgres:
    """A PostgreSQL that somebody else runs.

    Args:
        url: its libpq connection URI (PostgreSQL manual, "Connection URIs"). What it leaves open is taken from its
            service and the `PG*` variables, once: `self.url` leaves nothing open.

    Raises:
        PostgresError: if the URL is none, nobody answers, or the server is too old.
    """

    embedded = False

    def __init__(self, url: str) -> None:
        self.display_url = hide_password(url)
        try:
            self.url = completed(url)
            self.display_url = hide_password(self.url)
            with connect(self.url) as connection:
                version = connection.info.server_version
        except (psycopg.Error, UnicodeError) as error:
            readable = self.display_url != UNREADABLE  # else libpq's own message repeats it, password and all
            reason = " ".join(str(error).split()) if readable else "it cannot be read"
            raise PostgresError(
                f"SIMULATOR_DATABASE_URL points to {self.display_url}, and that does not work: {reason}. "
                "Correct it, or unset it to use the embedded PostgreSQL."
            ) from error
        if version < MINIMUM_VERSION:
            raise PostgresError(
                f"The PostgreSQL at {self.display_url} is version {version // 10_000}; "
                f"at least {MINIMUM_VERSION // 10_000} is needed."
            )

    def close(self) -> None:
        """Do nothing: the server is not ours."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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
