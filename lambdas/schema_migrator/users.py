"""The user master: loaded from a CSV, all of it or nothing."""

from __future__ import annotations

import codecs
from itertools import chain
from typing import TYPE_CHECKING, Any

import psycopg

from lambdas.schema_migrator.users_csv import HEADER, UserRecord, user_records
from lambdas.shared.csv_dialect import RecordTooLongError
from lambdas.shared.database_encoding import DatabaseEncoding
from lambdas.shared.encodings.encoding import EncodingError
from lambdas.shared.encodings.utf8_text import utf8_text
from lambdas.shared.errors import UsersFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_LENGTHS = [10, 100, 255]
MAX_ERRORS = 20
_STAGE = "CREATE TEMP TABLE users_stage (user_id text, username text, email text) ON COMMIT DROP"
_COPY = "COPY users_stage (user_id, username, email) FROM STDIN"
_KEEP_OLD = " ON CONFLICT DO NOTHING"
_INSERT = "INSERT INTO users (user_id, username, email) SELECT user_id, username, email FROM users_stage"
_UPDATE_OLD = """
    ON CONFLICT (user_id) DO UPDATE
    SET username = EXCLUDED.username, email = EXCLUDED.email, updated_at = CURRENT_TIMESTAMP
    WHERE (users.username, users.email) IS DISTINCT FROM (EXCLUDED.username, EXCLUDED.email)
"""


def load_users(
    connection: psycopg.Connection[Any], chunks: Iterable[bytes], *, only_new: bool = False
) -> dict[str, int]:
    """Insert the file's users, or update those that are there; return `users` (in the file) and `changed`.

    With `only_new`, users that are there stay as they are, and so do users with an email that the file has.

    Raises:
        UsersFileError: the file cannot be loaded as it is; nothing of it is loaded then.
    """
    rows = list(_rows(chunks))
    try:
        _check_encoding(connection, rows)
        with connection.transaction():
            connection.execute(_STAGE)
            with connection.cursor().copy(_COPY) as copy:
                for row in rows:
                    copy.write_row(row.fields)
            changed = connection.execute(_INSERT + (_KEEP_OLD if only_new else _UPDATE_OLD)).rowcount
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        said = error.diag.message_detail or error.diag.message_primary or str(error)
        raise UsersFileError(f"PostgreSQL refuses the file: {said}") from error
    return {"users": len(rows), "changed": changed}


def _rows(chunks: Iterable[bytes]) -> Iterator[UserRecord]:
    errors: list[str] = []
    seen: tuple[dict[str, int], dict[str, int]] = {}, {}
    try:
        found = user_records(utf8_text(_without_bom(chunks)))
        header = next(found, None)
        if header is None or header.fields != HEADER:
            said = "" if header is None or header.problem is None else f" ({header.problem})"
            raise UsersFileError(f"line 1: the header must be {','.join(HEADER)}{said}")
        for record in found:
            problem = record.problem or _problem(record) or _repeated(record, seen)
            if problem is None:
                yield record
            else:
                errors.append(f"line {record.line}: {problem}")
                if len(errors) == MAX_ERRORS:
                    break
    except EncodingError as error:
        errors.append(f"line {error.line}: {error}")
    except RecordTooLongError as error:
        errors.append(f"line {error.line}: {error}")
    if errors:
        raise UsersFileError("; ".join(errors))


def _without_bom(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Leave out the byte order marks at the beginning: Excel writes one, and here it does no harm."""
    source = iter(chunks)
    head = b""
    for chunk in source:
        head += chunk
        while head.startswith(codecs.BOM_UTF8):
            head = head.removeprefix(codecs.BOM_UTF8)
        if not codecs.BOM_UTF8.startswith(head):
            break
    return chain((head,), source)


def _check_encoding(connection: psycopg.Connection[Any], rows: list[UserRecord]) -> None:
    """Raise if the database cannot hold what is in the rows."""
    encoding = DatabaseEncoding(connection)
    outside = encoding.outside(field for row in rows for field in row.fields)
    errors = {
        row.line: f"line {row.line}: {name} {value!r} has U+{ord(character):04X}, which the database cannot hold: "
        f"its encoding is {encoding.name}"
        for row in (rows if outside else ())
        for name, value in zip(HEADER[::-1], row.fields[::-1], strict=True)  # the first column that has one is told
        for character in value
        if character in outside
    }
    if errors:
        raise UsersFileError("; ".join(list(errors.values())[:MAX_ERRORS]))


def _problem(record: UserRecord) -> str | None:
    fields = record.fields
    if len(fields) != len(HEADER):
        return f"{len(fields)} columns, not {len(HEADER)}"
    for name, value, longest in zip(HEADER, fields, MAX_LENGTHS, strict=True):
        if not value.strip():
            return f"{name} is blank"
        if len(value) > longest:
            return f"{name} has {len(value)} characters, at most {longest}"
    return None


def _repeated(record: UserRecord, seen: tuple[dict[str, int], dict[str, int]]) -> str | None:
    for what, value, lines in zip(("user", "email"), record.fields[::2], seen, strict=True):
        earlier = lines.setdefault(value, record.line)
        if earlier != record.line:
            return f"the {what} {value!r} is on line {earlier} already"
    return None
