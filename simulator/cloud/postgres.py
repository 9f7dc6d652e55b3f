"""The PostgreSQL that plays Aurora: an embedded one from a wheel, or one of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from simulator.cloud.errors import CloudError
from simulator.cloud.postgres_embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from simulator.cloud.home import Settings

CONNECT_TIMEOUT = 5
MINIMUM_VERSION = 140_000
_UNREADABLE = "(no URL of the form postgresql://user:password@host:port/database)"


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


def open_postgres(settings: Settings) -> PostgresServer:
    """Start the embedded PostgreSQL, or connect to the one that SIMULATOR_DATABASE_URL names.

    Raises:
        CloudError: where there is none to be had; the message says what to do.
    """
    if settings.database_url is not None:
        return ExternalPostgres(settings.database_url)
    return EmbeddedPostgres(settings.home.create().postgres)


class ExternalPostgres:
    """A PostgreSQL that somebody else runs.

    Args:
        url: its libpq connection URI (PostgreSQL manual, "Connection URIs").

    Raises:
        CloudError: where the URL is none, nobody answers, or the server is too old.
    """

    embedded = False

    def __init__(self, url: str) -> None:
        self.url = url
        self.display_url = hide_password(url)
        try:
            with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT) as connection:
                version = connection.info.server_version
        except psycopg.Error as error:
            readable = self.display_url != _UNREADABLE  # else libpq's own message repeats it, password and all
            reason = " ".join(str(error).split()) if readable else "it cannot be read"
            raise CloudError(
                f"SIMULATOR_DATABASE_URL points to {self.display_url}, and that does not work: {reason}. "
                "Correct it, or unset it to use the embedded PostgreSQL."
            ) from error
        if version < MINIMUM_VERSION:
            raise CloudError(
                f"The PostgreSQL at {self.display_url} is version {version // 10_000}; "
                f"at least {MINIMUM_VERSION // 10_000} is needed."
            )

    def close(self) -> None:
        """Do nothing: the server is not ours."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def hide_password(url: str) -> str:
    """Return a connection URL with what is secret in it replaced by `***`, in the form of a URI.

    A text that libpq cannot read is not shown at all, since there is no telling which part of it is the password.
    """
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        return _UNREADABLE
    user = quote(str(parts.get("user", "")), safe="")
    secret = ":***" if parts.get("password") else ""
    host = quote(str(parts.get("host", "")), safe=":,[]")
    port = f":{parts['port']}" if "port" in parts else ""
    database = quote(str(parts.get("dbname", "")), safe="")
    at = "@" if user or secret else ""
    if host.startswith("%2F"):
        return f"postgresql://{user}{secret}{at}/{database}?host={host}"
    return f"postgresql://{user}{secret}{at}{host}{port}/{database}"


def database_id(url: str) -> str | None:
    """Return what tells one database from every other: the cluster's identifier and the database's name.

    None where the server does not tell it to this user.
    """
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT) as connection:
            row = connection.execute(
                "SELECT system_identifier::text || '/' || current_database() FROM pg_control_system()"
            ).fetchone()
    except psycopg.Error:
        return None
    return str(row[0]) if row else None
