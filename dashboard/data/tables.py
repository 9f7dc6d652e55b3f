"""Run folders' files as DuckDB tables, in memory, made anew for each question: nothing is locked, nothing goes stale.

DuckDB documentation, "JSON Loading": with `ignore_errors` a line that is no JSON is a row of nulls; those are left out.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

from simulator.runs.json_lines import parse_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from simulator.runs.folder import RunFolder

ITEM_COLUMNS = {
    "index": "BIGINT",
    "line": "BIGINT",
    "user": "VARCHAR",
    "status": "VARCHAR",
    "outcome": "VARCHAR",
    "attempts": "BIGINT",
    "start": "TIMESTAMP",
    "stop": "TIMESTAMP",
    "worker": "BIGINT",
    "error": "VARCHAR",
    "cause": "VARCHAR",
    "redrive": "BIGINT",
    "tries": "JSON",
}
AUDIT_COLUMNS = {
    "timestamp": "VARCHAR",
    "userId": "VARCHAR",
    "processingType": "VARCHAR",
    "oldValue": "BIGINT",
    "newValue": "BIGINT",
    "status": "VARCHAR",
    "errorMessage": "VARCHAR",
    "processedAt": "TIMESTAMP",
}
_TRIES = 5
_SURROGATE = b"\\ud"
_RUN = r"([^/\\]+)[/\\][^/\\]+$"
_LAST_WORD = (
    'row_number() over (partition by run, "index" order by coalesce(redrive, 0) desc, stop desc nulls last) = 1'
)


@contextmanager
def item_tables(
    folders: Iterable[RunFolder], *, where: str = "true", columns: Iterable[str] = ITEM_COLUMNS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection with the table `lines` (all of `items.jsonl`) and the view `rows` (the last word on each row).

    Args:
        folders: the runs; column `run` names them.
        where: a condition in SQL over the columns; lines that do not meet it are not loaded, so what has a later line
            must be decided on `rows`, not here.
        columns: those that are needed; `index`, `redrive` and `stop` are always there.
    """
    wanted = {name: kind for name, kind in ITEM_COLUMNS.items() if name in {*columns, "index", "redrive", "stop"}}
    with duckdb.connect() as connection:
        load(connection, "lines", [folder.items_file for folder in folders], wanted, f'"index" is not null and {where}')
        connection.execute(f"create view rows as select * from lines qualify {_LAST_WORD}")  # noqa: S608 - no value in it
        yield connection


def load(
    connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path], columns: dict[str, str], where: str
) -> None:
    """Make a table of the lines of files, with the run's name in column `run`; files that are not there have no lines.

    Args:
        connection: where the table is made.
        table: its name.
        files: files of one JSON object a line, each in its run's folder.
        columns: names and types; a value that does not fit its type is null.
        where: a condition in SQL. It must not hold for a line all of whose columns are null.
    """
    spec = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    names = ", ".join(f'"{name}"' for name in columns)
    for _ in range(_TRIES):
        there = [path for path in files if path.is_file()]
        if not there:
            break
        source = (
            f"select regexp_extract(filename, '{_RUN}', 1) as run, {names} "  # noqa: S608 - only names of ours
            f"from read_json($files, format='newline_delimited', ignore_errors=true, filename=true, "
            f"maximum_object_size=67108864, columns={{{spec}}})"
        )
        try:
            connection.execute(
                f"create or replace temp table {table} as {source} where ({where}) or ({_nothing(columns)})",
                {"files": [_escaped(path) for path in there]},
            )
        except duckdb.IOException:
            continue  # a folder vanished between the look and the reading
        _mend(connection, table, {path.parent.name: path for path in there}, list(columns), where=where)
        return
    connection.execute(f"create or replace temp table {table} (run VARCHAR, {_declared(columns)})")


def fetch(connection: duckdb.DuckDBPyConnection, query: str, values: Any = None) -> list[dict[str, Any]]:
    """Return the rows of a query as dicts."""
    result = connection.execute(query, values)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _mend(
    connection: duckdb.DuckDBPyConnection, table: str, files: dict[str, Path], names: list[str], *, where: str
) -> None:
    """Drop the lines that DuckDB could not read, and read again those that are JSON with a lone surrogate in it."""
    nothing = _nothing(names)
    found = connection.execute(f"delete from {table} where {nothing} returning run").fetchall()  # noqa: S608 - our names
    rows: list[list[Any]] = []
    for run in sorted({run for (run,) in found}):
        try:
            lines = files[run].read_bytes().splitlines()
        except OSError:
            continue
        rows.extend(
            [run, *(_clean(value.get(name)) for name in names)]
            for line in lines
            if _SURROGATE in line and (value := parse_line(line)) is not None
        )
    if rows:
        marks = ", ".join("?" for _ in rows[0])
        quoted = ", ".join(f'"{name}"' for name in names)
        connection.execute(f"create or replace temp table mended as select * from {table} limit 0")  # noqa: S608 - our names
        connection.executemany(f"insert into mended (run, {quoted}) values ({marks})", rows)  # noqa: S608 - our names
        connection.execute(f"insert into {table} select * from mended where {where}")  # noqa: S608 - our names


def _nothing(names: Iterable[str]) -> str:
    return " and ".join(f'"{name}" is null' for name in names)


def _clean(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return "null"
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _declared(columns: dict[str, str]) -> str:
    return ", ".join(f'"{name}" {kind}' for name, kind in columns.items())


def _escaped(path: Path) -> str:
    """A path in which nothing is a pattern to DuckDB."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))
