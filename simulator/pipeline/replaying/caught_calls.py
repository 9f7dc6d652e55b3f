"""A stand-in for AWS that takes what is written to DynamoDB and keeps it nowhere; everything else is refused."""

from __future__ import annotations

import json
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self

_ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "PutItem": {},
    "UpdateItem": {},
    "DeleteItem": {},
    "BatchWriteItem": {"UnprocessedItems": {}},
    "TransactWriteItems": {},
}
_OK, _REFUSED = 200, 400


class CaughtCalls:
    """Answers on a free port of 127.0.0.1. To be closed.

    `calls` are the operations that were caught, with their requests, in order.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.calls))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="caught-calls", daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _handler(calls: list[tuple[str, dict[str, Any]]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            service, _, operation = self.headers.get("X-Amz-Target", "").rpartition(".")
            if service.startswith("DynamoDB") and operation in _ANSWERS:
                calls.append((operation, json.loads(body)))
                self._answer(_OK, _ANSWERS[operation])
            else:
                self._refuse()

        def do_GET(self) -> None:
            self._refuse()

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._refuse()

        def _refuse(self) -> None:
            message = "A replay has no AWS: it takes writes to DynamoDB and keeps none of them."
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

    return Handler
