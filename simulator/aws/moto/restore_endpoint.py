"""An address of moto's process that puts objects and items back from files: `POST /simulator/restore`.

moto forgets when it stops. What goes on with earlier work needs its objects under their version ids, which no S3 call
can set, and items in their table without keeping them once more in its log (see `table_log`). Files are read below one
folder only.

The body is JSON: `{"objects": [{"bucket", "key", "versionId"?, "path"}], "items": {"table", "path"}}`. The answer has
the same two keys with how many of each were restored.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from boto3.dynamodb.types import TypeSerializer
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

from simulator.aws.moto.environment import ACCOUNT, REGION
from simulator.aws.moto.options import RESTORE_PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.aws.moto.lasting.restoring import Restorer

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class RestoreEndpoint:
    """Answers its own address, and passes every other request on.

    Args:
        app: the application behind it.
        folder: the only folder it reads from.
        restorer: of a lasting cloud: it takes objects with their dates, and has the items already.
    """

    def __init__(self, app: WsgiApp, folder: Path, restorer: Restorer | None = None) -> None:
        self._app = app
        self._restorer = restorer
        self._folder = folder.resolve()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (WSGI, PEP 3333)."""
        if environ.get("PATH_INFO") != RESTORE_PATH:
            return self._app(environ, start_response)
        wanted = orjson.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        items = wanted.get("items")
        try:
            done = {
                "objects": self._objects(wanted.get("objects", []), complete=bool(wanted.get("complete"))),
                "items": self._items(items["table"], self._inside(items["path"]))
                if items and not self._restorer
                else 0,
            }
        except (OSError, ValueError) as error:
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [str(error).encode()]
        start_response("200 OK", [("Content-Type", "application/json")])
        return [orjson.dumps(done)]

    def _inside(self, name: str) -> Path:
        path = Path(name).resolve()
        if not path.is_relative_to(self._folder):
            raise ValueError(f"{name} is not below {self._folder}")
        return path

    def _objects(self, entries: list[dict[str, Any]], *, complete: bool) -> int:
        if self._restorer is None:
            return sum(self._object(entry) for entry in entries)
        files = [{**entry, "path": self._inside(entry["path"])} for entry in entries]
        dated = [{**entry, "modified": entry.get("modified") or entry["path"].stat().st_mtime} for entry in files]
        return self._restorer.found(dated, complete=complete)

    def _object(self, entry: dict[str, str]) -> int:
        """Put a file as an object, with its version id if it had one."""
        backend = s3_backends[ACCOUNT]["aws"]
        stored = backend.put_object(entry["bucket"], entry["key"], self._inside(entry["path"]).read_bytes())
        if entry.get("versionId"):
            stored._version_id = entry["versionId"]  # noqa: SLF001 - no call of S3 can set it
        return 1

    def _items(self, table: str, path: Path) -> int:
        """Put the items of a table's log, in the order they were written."""
        backend = dynamodb_backends[ACCOUNT][REGION]
        serialize = TypeSerializer().serialize
        count = 0
        if path.is_file():
            with path.open("rb") as file:
                for line in file:
                    try:
                        item = orjson.loads(line)
                    except orjson.JSONDecodeError:
                        continue  # a half-written last line: its write was never acknowledged
                    typed = {name: serialize(value) for name, value in item.items()}
                    backend.put_item(table, typed, overwrite=True)
                    count += 1
        return count
