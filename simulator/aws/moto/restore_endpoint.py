"""An address of moto's process that puts an earlier run's objects and items back: `POST /simulator/restore`.

moto forgets when it stops. A redrive needs the uploaded object under its very version id, which no S3 call can set, and
the audit items without writing them to the trail once more. Files are read below the runs folder only.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from boto3.dynamodb.types import TypeSerializer
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

from simulator.aws.moto.environment import ACCOUNT, REGION
from simulator.aws.moto.restore_path import RESTORE_PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class RestoreEndpoint:
    """Answers its own address, and passes every other request on.

    Args:
        app: the application behind it.
        runs_folder: the only folder it reads from.
    """

    def __init__(self, app: WsgiApp, runs_folder: Path) -> None:
        self._app = app
        self._runs = runs_folder.resolve()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (WSGI, PEP 3333)."""
        if environ.get("PATH_INFO") != RESTORE_PATH:
            return self._app(environ, start_response)
        wanted = orjson.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        try:
            done = {
                "objects": sum(self._object(entry) for entry in wanted.get("objects", [])),
                "items": self._items(wanted["table"], self._inside(wanted["audit"])) if wanted.get("audit") else 0,
            }
        except (OSError, ValueError) as error:
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [str(error).encode()]
        start_response("200 OK", [("Content-Type", "application/json")])
        return [orjson.dumps(done)]

    def _inside(self, name: str) -> Path:
        path = Path(name).resolve()
        if not path.is_relative_to(self._runs):
            raise ValueError(f"{name} is not below {self._runs}")
        return path

    def _object(self, entry: dict[str, str]) -> int:
        """Put a file as an object, with its version id where it had one."""
        backend = s3_backends[ACCOUNT]["aws"]
        stored = backend.put_object(entry["bucket"], entry["key"], self._inside(entry["path"]).read_bytes())
        if entry.get("versionId"):
            stored._version_id = entry["versionId"]  # noqa: SLF001 - no call of S3 can set it
        return 1

    def _items(self, table: str, audit: Path) -> int:
        """Put the items of an audit.jsonl, in the order they were written."""
        backend = dynamodb_backends[ACCOUNT][REGION]
        serialize = TypeSerializer().serialize
        count = 0
        if audit.is_file():
            with audit.open("rb") as file:
                for line in file:
                    try:
                        item = orjson.loads(line)
                    except orjson.JSONDecodeError:
                        continue  # a half-written last line: its write was never acknowledged
                    typed = {name: serialize(value) for name, value in item.items()}
                    backend.put_item(table, typed, overwrite=True)
                    count += 1
        return count
