"""A stand-in for AWS that takes what is written to DynamoDB and S3 and keeps it nowhere.

It gives the objects that it was told of; everything else is refused.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from simulator.pipeline.loopback_server import LoopbackServer

if TYPE_CHECKING:
    from pathlib import Path

_ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "PutItem": {},
    "UpdateItem": {},
    "DeleteItem": {},
    "BatchWriteItem": {"UnprocessedItems": {}},
    "TransactWriteItems": {},
}
_OK, _REFUSED = 200, 400


class CaughtCalls(LoopbackServer["_Server"]):
    """Answers on a free port of 127.0.0.1. To be closed.

    Args:
        tables: the descriptions of DynamoDB's tables, by their names: what is written is checked with them.

    `calls` are the operations that were caught, with their requests, in order.
    """

    def __init__(self, tables: dict[str, dict[str, Any]]) -> None:
        super().__init__(lambda address: _Server(address, tables), "caught-calls")
        self.calls = self._server.calls

    def serve(self, bucket: str, key: str, file: Path) -> None:
        """Give a file for that object of S3, in whatever version it is asked for."""
        self._server.objects[f"{bucket}/{key}"] = file


class _Server(ThreadingHTTPServer):
    def __init__(self, address: tuple[str, int], tables: dict[str, dict[str, Any]]) -> None:
        super().__init__(address, _Handler)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.objects: dict[str, Path] = {}
        self.tables = tables


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        service, _, operation = self.headers.get("X-Amz-Target", "").rpartition(".")
        if service.startswith("DynamoDB") and operation in _ANSWERS:
            self.server.calls.append((operation, json.loads(body)))
            self._answer(_OK, _ANSWERS[operation])
        elif operation == "DescribeTable" and (table := self.server.tables.get(json.loads(body).get("TableName"))):
            self._answer(_OK, {"Table": table})
        else:
            self._refuse()

    def do_GET(self) -> None:
        try:
            file = self.server.objects[self._name()].open("rb")
        except (KeyError, OSError):
            self._refuse()
            return
        with file:
            self.send_response(_OK)
            self.send_header("Content-Length", str(file.seek(0, 2)))
            self.end_headers()
            file.seek(0)
            shutil.copyfileobj(file, self.wfile)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        bucket, _, key = self._name().partition("/")
        if not key or "uploadId=" in self.path or "Content-Length" not in self.headers:
            self._refuse()
            return
        self.server.calls.append(("PutObject", {"Bucket": bucket, "Key": key, "Body": body.decode("utf-8", "replace")}))
        self.send_response(_OK)
        self.send_header("ETag", f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _name(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/")

    def _refuse(self) -> None:
        message = "A replay has no AWS: it takes writes to DynamoDB and S3, and keeps none of them."
        self._answer(_REFUSED, {"__type": "ValidationException", "message": message})

    def _answer(self, status: int, value: dict[str, Any]) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("x-amz-crc32", str(zlib.crc32(body)))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: stderr belongs to the command."""
