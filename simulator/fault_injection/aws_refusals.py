"""`dynamodb=throttle` and `s3=fail-results`: moto's process refuses requests, as AWS does under load.

DynamoDB developer guide, "Error handling with DynamoDB"; S3 API reference, "Error responses".
"""

from __future__ import annotations

import io
import re
import threading
from typing import TYPE_CHECKING, Any

import orjson

from simulator.fault_injection.spec import parse_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from simulator.fault_injection.spec import FaultSpec

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

COUNTS_PATH = "/_simulator/faults"
KINDS = ("dynamodb", "s3")
_WRITES = re.compile(r"DynamoDB_20120810\.(PutItem|BatchWriteItem|UpdateItem)")
_TABLE = b'"ProcessingLogs"'
_RESULTS = re.compile(r"/[^/]+/results/.+")
_THROTTLED = {
    "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
    "message": "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
    "provisioning level with the UpdateTable API.",
}
_SLOW_DOWN = b"""<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message><RequestId>LOCAL</RequestId></Error>"""


class AwsRefusals:
    """A WSGI middleware that refuses some requests, and passes all others on.

    Args:
        app: the application behind it.
        texts: SPECs of the kinds `KINDS`.
    """

    def __init__(self, app: WsgiApp, texts: Sequence[str]) -> None:
        self._app = app
        self._refusers = [_Refuser(parse_fault(text)) for text in texts]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (WSGI, PEP 3333); COUNTS_PATH answers how many requests each SPEC has refused."""
        path = environ.get("PATH_INFO", "")
        if path == COUNTS_PATH:
            counts = {one.spec.text: one.refused for one in self._refusers}
            return _answer(start_response, "200 OK", "application/json", orjson.dumps(counts))
        if _WRITES.fullmatch(environ.get("HTTP_X_AMZ_TARGET", "")):
            # The body is read in any case: the connection is used again.
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            if _TABLE in body and self._refuses("dynamodb"):
                kind = "application/x-amz-json-1.0"
                return _answer(start_response, "400 Bad Request", kind, orjson.dumps(_THROTTLED))
        elif environ["REQUEST_METHOD"] in {"PUT", "POST"} and _RESULTS.fullmatch(path) and self._refuses("s3"):
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            return _answer(start_response, "503 Slow Down", "application/xml", _SLOW_DOWN)
        return self._app(environ, start_response)

    def _refuses(self, kind: str) -> bool:
        refusing = [one.refuses() for one in self._refusers if one.spec.kind == kind]  # each of them counts the request
        return True in refusing


class _Refuser:
    """Refuses `count` requests after `after`."""

    def __init__(self, spec: FaultSpec) -> None:
        self.spec = spec
        self.refused = 0
        self._seen = 0
        self._lock = threading.Lock()

    def refuses(self) -> bool:
        """Count a request and say whether it is refused."""
        with self._lock:
            self._seen += 1
            values = self.spec.values
            refused = bool(self._seen > values.get("after", 0) and self.refused < values["count"])
            self.refused += refused
            return refused


def _answer(start_response: Callable[..., Any], status: str, kind: str, body: bytes) -> list[bytes]:
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
