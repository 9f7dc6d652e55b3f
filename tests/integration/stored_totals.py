"""Totals that are in the database before a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

from lambdas.shared.columns import TOTALS, USER

if TYPE_CHECKING:
    import psycopg

_FIELDS = (USER.field, *(column.field for column in TOTALS), "last_updated")
_INSERT = sql.SQL("INSERT INTO user_statistics ({}) VALUES ({})").format(
    sql.SQL(", ").join(map(sql.Identifier, _FIELDS)), sql.SQL(", ").join([sql.Placeholder()] * len(_FIELDS))
)


def store_totals(connection: psycopg.Connection[Any], user: str, totals: tuple[int, ...], last_updated: str) -> None:
    """Let a user without statistics have these totals, from an upload of that time."""
    connection.execute(_INSERT, (user, *totals, last_updated))
