"""Requests that moto's process refuses, as AWS does under load: DynamoDB throttles, S3 asks to slow down.

DynamoDB developer guide, "Error handling with DynamoDB"; S3 API reference, "Error responses".
"""

from __future__ import annotations

import io
import re
import threading
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from simulator.aws.engine.options import Refusal

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

COUNTS_PATH = "/simulator/refusals"
_WRITES = re.compile(r"DynamoDB_20120810\.(PutItem|BatchWriteItem|UpdateItem)")
_OBJECT = re.compile(r"/[^/]+/(?P<key>.+)", re.DOTALL)
_THROTTLED = {
    "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
    "message": "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
    "provisioning level with the UpdateTable API.",
}
_SLOW_DOWN = b"""<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message><RequestId>LOCAL</RequestId></Error>"""


class RefusingApp:
    """A WSGI middleware that refuses some requests, and passes all others on.

    Args:
        app: the application behind it.
        refusals: what is refused.
    """

    def __init__(self, app: WsgiApp, refusals: Sequence[Refusal]) -> None:
        self._app = app
        self._refusers = [_Refuser(refusal) for refusal in refusals]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (WSGI, PEP 3333); COUNTS_PATH answers how many requests each refusal has refused."""
        path = environ.get("PATH_INFO", "")
        if path == COUNTS_PATH:
            counts = {one.refusal.name: one.refused for one in self._refusers}
            return _answer(start_response, "200 OK", "application/json", orjson.dumps(counts))
        if _WRITES.fullmatch(environ.get("HTTP_X_AMZ_TARGET", "")):
            # The body is read in any case: the connection is used again.
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            if self._refuses(lambda one: one.table is not None and b'"%s"' % one.table.encode() in body):
                kind = "application/x-amz-json-1.0"
                return _answer(start_response, "400 Bad Request", kind, orjson.dumps(_THROTTLED))
        elif (
            environ["REQUEST_METHOD"] in {"PUT", "POST"}
            and (found := _OBJECT.fullmatch(path))
            and self._refuses(lambda one: one.key_prefix is not None and found["key"].startswith(one.key_prefix))
        ):
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            return _answer(start_response, "503 Slow Down", "application/xml", _SLOW_DOWN)
        return self._app(environ, start_response)

    def _refuses(self, concerns: Callable[[Refusal], bool]) -> bool:
        # Each refusal that the request concerns counts it.
        refusing = [one.refuses() for one in self._refusers if concerns(one.refusal)]
        return True in refusing


class _Refuser:
    """Refuses `count` requests after `after`."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        self.refused = 0
        self._seen = 0
        self._lock = threading.Lock()

    def refuses(self) -> bool:
        """Count a request and say whether it is refused."""
        with self._lock:
            self._seen += 1
            refused = self._seen > self.refusal.after and self.refused < self.refusal.count
            self.refused += refused
            return refused


def _answer(start_response: Callable[..., Any], status: str, kind: str, body: bytes) -> list[bytes]:
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
