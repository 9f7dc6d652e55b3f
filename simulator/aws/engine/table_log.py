"""The items that are written to a table, kept on disk as well, since moto forgets when it stops.

Runs inside moto's process, as a WSGI middleware: the lines are written before the caller's write is acknowledged.
DynamoDB API reference: PutItem, BatchWriteItem, UpdateItem.
"""

from __future__ import annotations

import io
import os
import stat
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson

from simulator.aws.engine.wsgi import whole_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from simulator.aws.engine.options import KeptTable

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

MAX_NAME_LENGTH = 80
MAX_INTEGER = 2**63 - 1
MAX_DIGITS = 19
"""Whole numbers of fewer digits are all below `MAX_INTEGER`."""
_TARGET_PREFIX = "DynamoDB_20120810."


class TableLog:
    """Appends a table's items to the files of the folders that they name.

    Args:
        kept: which table, and which files.
    """

    def __init__(self, kept: KeptTable) -> None:
        self.table = kept.name
        self._kept = kept
        self._half: set[str] = set()  # files that end with half a line: the next one must not be glued to it
        self._folders = str(kept.folders)
        self._orphans = str(kept.orphans)

    def append(self, items: list[dict[str, Any]]) -> None:
        """Append items (in DynamoDB's typed JSON), one line each, in one write a file.

        Raises:
            OSError: the disk is full; half a line may be in the file, and does not count.
        """
        lines: dict[Any, bytes] = {}
        for item in items:
            plain = {name: plain_value(value) for name, value in item.items()}
            folder = plain.get(self._kept.folder_attribute)
            folder = folder if isinstance(folder, str) else None
            lines[folder] = lines.get(folder, b"") + orjson.dumps(plain, option=orjson.OPT_APPEND_NEWLINE)
        for path, data in [(self._file_of(folder), data) for folder, data in lines.items()]:
            left = _append(path, b"\n" + data if path in self._half else data)
            self._half.discard(path)
            while left:
                self._half.add(path)
                left = _append(path, left)
            self._half.discard(path)

    def _file_of(self, name: str | None) -> str:
        if name is not None:
            folder = self._kept.folder_of(name)
            if is_plain_name(folder) and is_folder(f"{self._folders}/{folder}"):
                return f"{self._folders}/{folder}/{self._kept.file_name}"
        return self._orphans


class LoggingApp:
    """Passes every request on, and tells the log about the items that were written to its table.

    Args:
        app: the application behind it (moto's).
        log: where the items go.
    """

    def __init__(self, app: WsgiApp, log: TableLog) -> None:
        self._app = app
        self._log = log
        self._table = log.table

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (WSGI, PEP 3333)."""
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        operation = _OPERATIONS.get(target.removeprefix(_TARGET_PREFIX))
        if operation is None:
            return self._app(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if self._table.encode() not in body:
            return self._app(environ, start_response)
        status, headers, response = whole_answer(self._app, environ)
        if status.startswith("200"):
            self._log.append(operation(self, environ, orjson.loads(body), orjson.loads(response)))
        start_response(status, headers)
        return [response]

    def _put(self, _environ: dict[str, Any], request: Any, _response: Any) -> list[dict[str, Any]]:
        return [request["Item"]] if request["TableName"] == self._table else []

    def _batch_write(self, _environ: dict[str, Any], request: Any, response: Any) -> list[dict[str, Any]]:
        puts = self._puts(request["RequestItems"])
        unprocessed = self._puts(response.get("UnprocessedItems") or {})
        return [item for item in puts if item not in unprocessed]

    def _puts(self, requests: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
        return [entry["PutRequest"]["Item"] for entry in requests.get(self._table, []) if "PutRequest" in entry]

    def _update(self, environ: dict[str, Any], request: Any, _response: Any) -> list[dict[str, Any]]:
        """Read the whole item back: an update's own answer need not have all of it."""
        if request["TableName"] != self._table:
            return []
        body = orjson.dumps({"TableName": self._table, "Key": request["Key"], "ConsistentRead": True})
        read = dict(environ)
        read["HTTP_X_AMZ_TARGET"] = f"{_TARGET_PREFIX}GetItem"
        read["CONTENT_LENGTH"] = str(len(body))
        read["wsgi.input"] = io.BytesIO(body)
        # what the frameworks behind keep in the environ belongs to the request that was answered
        for key in [key for key in read if key.startswith(("werkzeug.", "flask."))]:
            del read[key]
        _status, _headers, answer = whole_answer(self._app, read)
        return [orjson.loads(answer)["Item"]]


_OPERATIONS: dict[str, Callable[[LoggingApp, dict[str, Any], Any, Any], list[dict[str, Any]]]] = {
    "PutItem": LoggingApp._put,  # noqa: SLF001 - the class's own table of methods
    "BatchWriteItem": LoggingApp._batch_write,  # noqa: SLF001 - as above
    "UpdateItem": LoggingApp._update,  # noqa: SLF001 - as above
}


def is_plain_name(name: str) -> bool:
    """Say whether a name is one path component and nothing else."""
    return 0 < len(name) <= MAX_NAME_LENGTH and name not in {".", ".."} and not set(name) & set("/\\\0")


def is_folder(path: str) -> bool:
    """Say whether a path is a folder, and no link to one."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except (OSError, ValueError):  # also a name that no file can have
        return False


def plain_value(value: dict[str, Any]) -> Any:
    """Turn a value of DynamoDB's typed JSON into plain JSON: sets become sorted lists, binary values stay base64."""
    ((kind, content),) = value.items()
    if kind == "N":
        return _number(content)
    if kind == "M":
        return {name: plain_value(one) for name, one in content.items()}
    if kind == "L":
        return [plain_value(one) for one in content]
    if kind == "NS":
        return sorted(map(_number, content))
    if kind in ("SS", "BS"):
        return sorted(content)
    return None if kind == "NULL" else content


def typed_value(value: Any) -> dict[str, Any]:
    """Return a plain JSON value in DynamoDB's typed JSON."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if value is None:
        return {"NULL": True}
    if isinstance(value, (int, float)):
        return {"N": str(value)}
    if isinstance(value, list):
        return {"L": [typed_value(one) for one in value]}
    return {"M": {name: typed_value(one) for name, one in value.items()}}


def items_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the items of a log, in DynamoDB's typed JSON; of a file that does not exist none.

    Raises:
        OSError: it cannot be read.
    """
    if not path.is_file():
        return
    with path.open("rb") as file:
        for line in file:
            try:
                item = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue  # a half-written last line: its write was never acknowledged
            yield {name: typed_value(value) for name, value in item.items()}


def _number(text: str) -> int | float:
    if len(text) < MAX_DIGITS and text.isascii() and text.isdigit():
        return int(text)
    value = Decimal(text)
    exact = value == value.to_integral_value() and abs(value) <= MAX_INTEGER
    return int(value) if exact else float(value)


def _append(path: str, data: bytes) -> bytes:
    """Append whole lines with one write, so that lines of several threads never mix.

    Returns:
        What did not fit on the disk; the next write then says why.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        return data[os.write(descriptor, data) :]
    finally:
        os.close(descriptor)
