"""`items.jsonl` of any number of runs as a DuckDB table in memory: no file of a run is ever locked.

DuckDB documentation, "JSON Loading": with `ignore_errors` a line that is not JSON is a row of nulls; it is
left out.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import duckdb

from simulator.runs.folder.json_lines import lines_with, parse_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder

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
_TRIES = 5
_SURROGATE = b"\\ud"
_RUN = r"([^/\\]+)[/\\][^/\\]+$"
_LAST_WORD = (
    'row_number() over (partition by run, "index" order by coalesce(redrive, 0) desc, stop desc nulls last) = 1'
)

FileState = tuple[int, int, int]


def file_state(path: str | Path) -> FileState | None:
    """Return what changes when the file does (inode, size, time of the last write); None if there is no file."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a text need not become a Path first
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def load_items(
    connection: duckdb.DuckDBPyConnection,
    folders: Iterable[RunFolder],
    *,
    where: str = "true",
    columns: Iterable[str] = ITEM_COLUMNS,
) -> None:
    """Make the table `lines` (all of `items.jsonl`) and the view `rows` (the last word on each row).

    A value that does not fit its type is null; a file that is not there has no lines.

    Args:
        connection: where they are made.
        folders: the runs; column `run` names them.
        where: a condition in SQL over the columns; lines that do not meet it are not loaded, so what has a later line
            must be decided on `rows`, not here.
        columns: those that are needed; `index`, `redrive` and `stop` are always there.
    """
    wanted = {name: kind for name, kind in ITEM_COLUMNS.items() if name in {*columns, "index", "redrive", "stop"}}
    files = {folder.name: folder.items_file for folder in folders}
    if not _read(connection, files, wanted, f'"index" is not null and {where}'):
        declared = ", ".join(f'"{name}" {kind}' for name, kind in wanted.items())
        connection.execute(f"create or replace table lines (run VARCHAR, {declared})")
    connection.execute(f"create view rows as select * from lines qualify {_LAST_WORD}")  # noqa: S608 - no value in it


def _read(connection: duckdb.DuckDBPyConnection, files: dict[str, Path], columns: dict[str, str], where: str) -> bool:
    """Make the table `lines`; False if there was nothing to read."""
    spec = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    names = ", ".join(f'"{name}"' for name in columns)
    query = (
        f"create or replace table lines as select regexp_extract(filename, '{_RUN}', 1) as run, {names} "  # noqa: S608
        "from read_json($files, format='newline_delimited', ignore_errors=true, filename=true, "
        f"maximum_object_size=67108864, columns={{{spec}}}) where ({where}) or ({_nothing(columns)})"
    )
    for _ in range(_TRIES):
        there = {run: path for run, path in files.items() if path.is_file()}
        if not there:
            return False
        try:
            connection.execute(query, {"files": [_escaped(path) for path in there.values()]})
        except duckdb.IOException:
            continue  # a folder vanished between the look and the reading
        _read_again(connection, there, list(columns), where)
        return True
    return False


def fetch(connection: duckdb.DuckDBPyConnection, query: str, values: Any = None) -> list[dict[str, Any]]:
    """Return the rows of a query as dicts."""
    result = connection.execute(query, values)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _read_again(connection: duckdb.DuckDBPyConnection, files: dict[str, Path], names: list[str], where: str) -> None:
    """Drop the lines that DuckDB could not read, and read again those that are JSON with a lone surrogate in it."""
    found = connection.execute(f"delete from lines where {_nothing(names)} returning run").fetchall()  # noqa: S608
    rows = [
        [run, *(_clean(value.get(name)) for name in names)]
        for run in sorted({run for (run,) in found})
        for value in map(parse_line, lines_with(files[run], _SURROGATE))
        if value is not None
    ]
    if rows:
        marks = ", ".join("?" for _ in rows[0])
        connection.execute("create temp table read_again as select * from lines limit 0")
        connection.executemany(f"insert into read_again values ({marks})", rows)  # noqa: S608 - only question marks
        connection.execute(f"insert into lines select * from read_again where {where}")  # noqa: S608 - a text of ours


def _nothing(names: Iterable[str]) -> str:
    return " and ".join(f'"{name}" is null' for name in names)


def _clean(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return "null"
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _escaped(path: Path) -> str:
    """A path in which nothing is a pattern to DuckDB."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))
