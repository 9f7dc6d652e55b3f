"""Connections to PostgreSQL of which nothing is ever committed.

All that a function does is inside one transaction; its own transactions are savepoints of that. The transaction is
rolled back when the call has ended, and by the server if this process dies.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.pq import TransactionStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Prepare = Callable[[psycopg.Connection[Any]], None]

_call = threading.local()
"""Of a thread: `prepare` while a call runs in it, and `used`, the connections that the call has used."""


class RolledBackConnection(psycopg.Connection[Any]):
    """A connection that commits nothing; it believes to be in autocommit mode if it is asked to."""

    def commit(self) -> None:
        """Do nothing."""

    @property
    def autocommit(self) -> bool:
        """Return False: there is always a transaction."""
        return False

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        del value

    def cursor(self, *arguments: Any, **options: Any) -> Any:
        """Return a cursor inside the transaction."""
        self._begin()
        return super().cursor(*arguments, **options)

    @contextmanager
    def transaction(self, savepoint_name: str | None = None, force_rollback: bool = False) -> Iterator[Any]:  # noqa: FBT001, FBT002 - as psycopg has it
        """Give a savepoint in the place of a transaction."""
        self._begin()
        with super().transaction(savepoint_name, force_rollback) as found:
            yield found

    def _begin(self) -> None:
        if self._status() != TransactionStatus.IDLE:
            return
        super().cursor().execute("SELECT 1")  # psycopg begins a transaction with it
        if self._status() != TransactionStatus.INTRANS:
            raise AssertionError("a replay must not go on outside its transaction")
        _call.used = {*getattr(_call, "used", ()), self}
        prepare: Prepare | None = getattr(_call, "prepare", None)
        if prepare is not None:
            prepare(self)

    def _status(self) -> TransactionStatus:
        return self.info.transaction_status


@contextmanager
def nothing_committed(session_options: str = "") -> Iterator[None]:
    """Let every connection that is opened meanwhile be one of these, but for those of the thread that asks.

    Args:
        session_options: further `-c name=value` of the sessions.
    """
    before, ours = psycopg.connect, threading.get_ident()  # noqa: TID251 - to be put back

    def connect(conninfo: str = "", **parameters: Any) -> Any:
        if threading.get_ident() == ours and not getattr(_call, "active", False):
            return before(conninfo, **parameters)
        options = f"{parameters.pop('options', '') or ''} {session_options}".strip()
        return RolledBackConnection.connect(conninfo, **{**parameters, "options": options, "autocommit": False})

    psycopg.connect = connect  # noqa: TID251 - for the functions, which call it by this name
    try:
        yield
    finally:
        psycopg.connect = before  # noqa: TID251 - as before


@contextmanager
def one_call(prepare: Prepare) -> Iterator[None]:
    """Roll back all that the calling thread does meanwhile.

    Args:
        prepare: what is done first in each transaction.
    """
    _call.prepare, _call.used, _call.active = prepare, set(), True
    try:
        yield
    finally:
        for connection in _call.used:
            if not connection.closed:
                connection.rollback()
        _call.prepare, _call.used, _call.active = None, set(), False
