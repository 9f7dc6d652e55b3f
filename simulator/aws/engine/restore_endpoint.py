"""An address of the engine's process that puts objects and items back from files: `POST /simulator/restore`.

An engine forgets when it stops. What goes on with earlier work needs its objects under their version ids, which no S3
call can set, and items in their table without keeping them once more in its log (see `table_log`). Files are read below
one folder only.

The body is JSON: `{"objects": [{"bucket", "key", "versionId"?, "path"}], "items": {"table", "path"}}`. The answer has
the same two keys with how many of each were restored.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from simulator.aws.engine.options import RESTORE_PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Restore(Protocol):
    """Puts into an engine what it has forgotten."""

    def objects(self, entries: list[dict[str, Any]], *, complete: bool) -> int:
        """Put files as objects, and return how many; `complete` says that these are all that lie on disk.

        Args:
            entries: of each `bucket`, `key`, `path` (a Path), and if they are known `versionId`, `etag` and `modified`.
            complete: whether these are all that lie there.

        Raises:
            OSError: a file cannot be read.
        """

    def items(self, table: str, path: Path) -> int:
        """Put the items of a table's log, in the order they were written, and return how many.

        Raises:
            OSError: the file cannot be read; one that does not exist has no items.
        """


class RestoreEndpoint:
    """Answers its own address, and passes every other request on.

    Args:
        app: the application behind it.
        folder: the only folder it reads from.
        restore: the engine's way.
    """

    def __init__(self, app: WsgiApp, folder: Path, restore: Restore) -> None:
        self._app = app
        self._restore = restore
        self._folder = folder.resolve()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (WSGI, PEP 3333)."""
        if environ.get("PATH_INFO") != RESTORE_PATH:
            return self._app(environ, start_response)
        wanted = orjson.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        items = wanted.get("items")
        try:
            entries = [{**entry, "path": self._inside(entry["path"])} for entry in wanted.get("objects", [])]
            done = {
                "objects": self._restore.objects(entries, complete=bool(wanted.get("complete"))),
                "items": self._restore.items(items["table"], self._inside(items["path"])) if items else 0,
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
