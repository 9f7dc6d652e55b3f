"""The one place that makes connections to PostgreSQL: a connection goes where its conninfo says, and nowhere else.

What a conninfo leaves open, libpq takes from its surroundings (PostgreSQL manual, "Environment Variables", "The
Connection Service File", "The Password File"): `PGHOSTADDR` alone leads what is meant for one server to another.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any, TypeVar, overload

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import RowFactory, TupleRow, tuple_row

CONNECT_TIMEOUT = 5
Row = TypeVar("Row")
# What libpq reads beside the variables of its parameters. Those, it lists itself.
_OTHER_VARIABLES = (
    *("PGSERVICEFILE", "PGSYSCONFDIR", "PGREQUIRESSL", "PGTZ", "PGDATESTYLE", "PGGEQO"),
    *("PGGSSLIB", "PGOAUTHDEBUG", "PGOAUTHCAFILE", "PGLOCALEDIR"),
)
# No file can have this path. An empty path would mean `~/.pgpass`.
_NO_FILE = f"{os.devnull}/none"


@overload
def connect(
    conninfo: str = "", *, row_factory: RowFactory[Row], autocommit: bool = False, **parameters: Any
) -> psycopg.Connection[Row]: ...
@overload
def connect(conninfo: str = "", *, autocommit: bool = False, **parameters: Any) -> psycopg.Connection[TupleRow]: ...
def connect(
    conninfo: str = "", *, row_factory: RowFactory[Any] = tuple_row, autocommit: bool = False, **parameters: Any
) -> psycopg.Connection[Any]:
    """Open a connection in UTF-8 that takes nothing from the variables and files that libpq would read.

    Args:
        conninfo: libpq's URI or connection string (PostgreSQL manual, "Connection Strings").
        row_factory: makes the rows; tuples if not given.
        autocommit: whether each statement is a transaction of its own.
        parameters: connection parameters, over those of `conninfo`. `connect_timeout` is 5 s if not given here.

    Raises:
        psycopg.Error: nobody answers there, or refuses.
    """
    for name in libpq_variables():
        # From the C environment, which is what libpq reads. `os.environ` keeps it, for the programs that we start.
        os.unsetenv(name)
    given = {**conninfo_to_dict(conninfo), "connect_timeout": CONNECT_TIMEOUT, **parameters, "client_encoding": "UTF8"}
    return psycopg.connect(**{**_neutral(), **given}, autocommit=autocommit, row_factory=row_factory)


@cache
def libpq_variables() -> tuple[str, ...]:
    """Return the names of all environment variables that libpq reads for a connection."""
    listed = (option.envvar.decode() for option in pq.Conninfo.get_defaults() if option.envvar)
    return tuple(dict.fromkeys((*listed, *_OTHER_VARIABLES)))


@cache
def _neutral() -> dict[str, str]:
    """Return what parameters are if nothing is said about them.

    They are given one by one, since psycopg itself reads some variables from `os.environ`.
    """
    defaults = {o.keyword.decode(): o.compiled.decode() for o in pq.Conninfo.get_defaults() if o.compiled is not None}
    return {**defaults, "host": "", "hostaddr": "", "passfile": _NO_FILE}
