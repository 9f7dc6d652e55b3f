"""The middleware that counts what functions and state machines ask of moto, and refuses it as AWS would.

Who asks is the access key id of the request's signature (see simulator.aws.iam.call).
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.aws.iam.call import Call, is_caller
from simulator.aws.iam.gate import Denied
from simulator.aws.iam.requests.json_services import dynamodb_calls, parameters_of, sns_call, sqs_call
from simulator.aws.iam.requests.s3 import s3_calls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from simulator.aws.iam.gate import Gate

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

CALLS_PATH: Final = "/simulator/calls"
_CREDENTIAL = re.compile(r"Credential=(?P<caller>[^/,\s]+)/\d{8}/(?P<region>[^/]*)/(?P<service>[^/]+)/")
_S3: Final = b"""<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>%s</Message><RequestId>LOCAL</RequestId></Error>"""
_SNS: Final = b"""<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>
<Code>AuthorizationError</Code><Message>%s</Message></Error><RequestId>LOCAL</RequestId></ErrorResponse>"""
_JSON_TYPES: Final = {
    "dynamodb": "com.amazon.coral.service#AccessDeniedException",
    "sqs": "com.amazon.coral.service#AccessDeniedException",
}


class CallsApp:
    """A WSGI middleware (PEP 3333).

    Args:
        app: the application behind it.
        gate: counts the calls, and may refuse them.
        account: whose resources these are.
    """

    def __init__(self, app: WsgiApp, gate: Gate, account: str) -> None:
        self._app = app
        self._gate = gate
        self._account = account

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request; CALLS_PATH answers the calls so far."""
        if environ.get("PATH_INFO") == CALLS_PATH:
            return _answer(start_response, "200 OK", "application/json", orjson.dumps(self._gate.counted()))
        signed = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        if signed is None or not is_caller(signed["caller"]):
            return self._app(environ, start_response)
        service = signed["service"]
        try:
            calls = self._calls(environ, signed["caller"], service, f"{signed['region']}:{self._account}")
            for call in calls:
                self._gate.count(call)
        except Denied as denied:
            return _refused(environ, start_response, service, denied)
        if service == "s3" and environ["REQUEST_METHOD"] in {"GET", "HEAD"} and calls:
            return self._read(environ, start_response, calls[0])
        return self._app(environ, start_response)

    def _calls(self, environ: dict[str, Any], caller: str, service: str, here: str) -> list[Call]:
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        operation = target.rpartition(".")[2]
        if service == "s3":
            headers = {
                name[5:].lower().replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")
            }
            uri = environ["REQUEST_URI"]
            body = _body(environ) if "?delete" in uri else b""
            return list(s3_calls(caller, environ["REQUEST_METHOD"], uri, headers, body))
        if service == "dynamodb":
            return list(dynamodb_calls(caller, operation, _body(environ), here))
        parameters = parameters_of(_body(environ), json_protocol=bool(target))
        operation = operation or str(parameters.get("Action", ""))
        if service == "sqs":
            return [sqs_call(caller, operation, parameters, here)]
        if service == "sns":
            return [sns_call(caller, operation, parameters, here)]
        return [Call(caller=caller, action=f"{service}:{operation}", resource="*")]

    def _read(self, environ: dict[str, Any], start_response: Callable[..., Any], call: Call) -> Iterable[bytes]:
        """Answer a reading of S3: without the right to list, AWS says of a missing object that access is denied.

        S3 API reference, GetObject, "Permissions".
        """
        listing = Call(caller=call.caller, action="s3:ListBucket", resource=call.resource.partition("/")[0])
        if listing.resource == call.resource:
            return self._app(environ, start_response)
        denied: list[Denied] = []

        def started(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[..., Any]:
            if status.startswith("404"):
                try:
                    self._gate.count(listing)
                except Denied as refused:
                    denied.append(refused)
                    return lambda _data: None
            found: Callable[..., Any] = start_response(status, headers, *error)
            return found

        answer = self._app(environ, started)
        if not self._gate.enforces:
            return answer
        chunks = iter(answer)
        first = next(chunks, b"")  # an application may start its response only now
        if denied:
            for _ in chunks:
                pass
            return _refused(environ, start_response, "s3", denied[0])
        return _joined(first, chunks, answer)


def _joined(first: bytes, rest: Iterator[bytes], answer: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield first
        yield from rest
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()


def _body(environ: dict[str, Any]) -> bytes:
    """Read a request's body, and leave it to the application behind."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _refused(environ: dict[str, Any], start_response: Callable[..., Any], service: str, denied: Denied) -> list[bytes]:
    """Answer as the service does if IAM refuses a request."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))  # the connection is used again
    text = str(denied)
    if service in _JSON_TYPES:
        body = orjson.dumps({"__type": _JSON_TYPES[service], "Message": text})
        return _answer(start_response, "400 Bad Request", "application/x-amz-json-1.0", body)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode()
    body = (_SNS if service == "sns" else _S3) % escaped
    return _answer(
        start_response, "403 Forbidden", "application/xml", b"" if environ["REQUEST_METHOD"] == "HEAD" else body
    )


def _answer(start_response: Callable[..., Any], status: str, kind: str, body: bytes) -> list[bytes]:
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
