"""Where roto's answers differ from AWS's in what this pipeline's clients look at. roto 0.10 only.

What else it lacks is listed in docs/engines.md.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.engine.wsgi import whole_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_SQS: Final = "AmazonSQS."
# SQS's JSON protocol names an error's shape; the code of the query protocol is in a header beside it.
# SQS developer guide, "AWS JSON protocol in Amazon SQS: error responses".
_SHAPES: Final = {b"NonExistentQueue": b"QueueDoesNotExist", b"QueueAlreadyExists": b"QueueNameExists"}
_TYPE = re.compile(rb'"__type":"(?:[^"]*[#.])?(?P<code>[^"#.]+)"')
_READS: Final = frozenset({"GET", "HEAD"})
_KEY = re.compile(r"/[^/]+/.")
_DENIED: Final = b"""<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>LOCAL</RequestId></Error>"""
_NO_BUCKETS: Final = b"<Buckets></Buckets><Owner>"
_SIGNED_QUERY = re.compile(r"(?:^|&)(?:x-amz-credential|awsaccesskeyid)=", re.IGNORECASE)


class AmendedRoto:
    """Amends requests and answers (WSGI, PEP 3333).

    Args:
        app: roto.
    """

    def __init__(self, app: WsgiApp) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        target = environ.get("HTTP_X_AMZ_TARGET")
        if target is not None:
            if target.startswith(_SQS):
                return self._amended(environ, start_response, _with_shape)
            return self._app(environ, start_response)
        if environ["REQUEST_METHOD"] in _READS:
            if environ.get("PATH_INFO") == "/":
                return self._amended(environ, start_response, _with_buckets)
            if not _is_signed(environ) and _KEY.match(environ["PATH_INFO"]):
                return _deny(environ, start_response)
        return self._app(environ, start_response)

    def _amended(
        self, environ: dict[str, Any], start_response: Callable[..., Any], amend: Callable[[bytes], bytes]
    ) -> Iterable[bytes]:
        status, headers, body = whole_answer(self._app, environ)
        body = amend(body)
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]


def _with_shape(body: bytes) -> bytes:
    """Name an error's shape."""
    found = _TYPE.match(body, 1)
    if found is None:
        return body
    shape = _SHAPES.get(found["code"], found["code"])
    return b'{"__type":"com.amazonaws.sqs#%s"%s' % (shape, body[found.end() :])


def _with_buckets(body: bytes) -> bytes:
    """Give a list of no buckets the element that AWS's has too: clients read it without asking."""
    if b"<ListAllMyBucketsResult" not in body or b"<Buckets" in body:
        return body
    return body.replace(b"<Owner>", _NO_BUCKETS, 1)


def _is_signed(environ: dict[str, Any]) -> bool:
    return "HTTP_AUTHORIZATION" in environ or _SIGNED_QUERY.search(environ.get("QUERY_STRING", "")) is not None


def _deny(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Refuse to read an object to one who has not signed: roto would show it, and knows no public objects."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))  # the connection is used again
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else _DENIED
    start_response("403 Forbidden", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
    return [body]
