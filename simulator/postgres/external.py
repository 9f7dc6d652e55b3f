"""A PostgreSQL of the user's own: its connection, and its URL: what that leaves open, and how it is shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from lambdas.shared.connection import connect, libpq_variables
from simulator.postgres.errors import PostgresError

MINIMUM_VERSION = 140_000
UNREADABLE = "(no URL of the form postgresql://user:password@host:port/database)"
_TARGET = ("host", "hostaddr")
# Asked in a process of its own: libpq reads the C environment, which is not to change under the threads of this one.
_ASK = """
import json
from psycopg import pq
probe = pq.PGconn.connect_start(b"host=/dev/null/none")  # a service that cannot be used is told before the host
error = "" if probe.host else probe.error_message.decode(errors="replace")
options = [] if error else pq.Conninfo.get_defaults()
found = {o.keyword.decode(): o.val.decode() for o in options if o.val and o.val != o.compiled}
print(json.dumps([error.strip(), found]))
"""


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


def completed(url: str) -> str:
    """Return a connection string with what a URL leaves open: from its service, and then from the `PG*` variables.

    Host and address are one thing: if the URL or its service has either, `PGHOST` and `PGHOSTADDR` are not used.

    Args:
        url: libpq's URI or connection string (PostgreSQL manual, "Connection Strings").

    Raises:
        psycopg.Error: it cannot be read.
        PostgresError: its service cannot be.
    """
    given = conninfo_to_dict(url)
    service = str(given.pop("service", None) or os.environ.get("PGSERVICE") or "")
    surroundings: dict[str, Any] = {}
    if service or any(os.environ.get(name) for name in libpq_variables()):
        surroundings = _surroundings(service)
    if any(given.get(name) for name in _TARGET):
        surroundings = {name: value for name, value in surroundings.items() if name not in _TARGET}
    merged = {"passfile": _password_file(), **surroundings, **given}
    return make_conninfo("", **{name: value for name, value in merged.items() if value not in (None, "")})


def _surroundings(service: str) -> dict[str, str]:
    """Return the parameters that libpq finds around it."""
    variables = {name: os.environ[name] for name in libpq_variables() if os.environ.get(name)}
    targets = {"host": variables.pop("PGHOST", None), "hostaddr": variables.pop("PGHOSTADDR", None)}
    kept = {name: value for name, value in os.environ.items() if name not in libpq_variables()}
    named = {"PGSERVICE": service} if service else {}
    answer = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", _ASK], env={**kept, **variables, **named}, capture_output=True, check=False
    )
    if answer.returncode:
        said = answer.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise PostgresError(f"The PG* variables cannot be read: {said}. Correct them, or unset them.")
    error, found = json.loads(answer.stdout)
    if error:
        raise PostgresError(
            f"The connection service {service!r} cannot be used: {error}. Correct PGSERVICE or the service in "
            "SIMULATOR_DATABASE_URL, or unset it."
        )
    found.pop("service", None)
    if not any(found.get(name) for name in _TARGET):
        found.update(targets)
    return {str(name): value for name, value in found.items()}


def _password_file() -> str | None:
    try:
        return str(Path("~/.pgpass").expanduser())
    except RuntimeError:  # no home
        return None


def hide_password(url: str) -> str:
    """Return a connection URL with what is secret in it replaced by `***`, in the form of a URI.

    A text that libpq cannot read is not shown at all, since there is no telling which part of it is the password.
    """
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        return UNREADABLE
    user = quote(str(parts.get("user", "")), safe="")
    secret = ":***" if parts.get("password") else ""
    host = quote(str(parts.get("host", "")), safe=":,[]")
    port = f":{parts['port']}" if "port" in parts else ""
    database = quote(str(parts.get("dbname", "")), safe="")
    at = "@" if user or secret else ""
    if host.startswith("%2F"):
        port = f"&port={parts['port']}" if "port" in parts else ""
        return f"postgresql://{user}{secret}{at}/{database}?host={host}{port}"
    address = f"?hostaddr={parts['hostaddr']}" if parts.get("hostaddr") else ""
    return f"postgresql://{user}{secret}{at}{host}{port}/{database}{address}"
