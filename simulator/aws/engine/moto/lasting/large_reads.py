"""Large objects, sent from the disk a piece at a time: moto reads a whole object for every range of it.

A download of 1 GiB in ranges of 8 MiB would have moto read 128 GiB. API reference of S3: GetObject.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.engine.requests import Caller, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.aws.engine.moto.lasting.stored_bytes import StoredBytes
    from simulator.aws.engine.requests import WsgiApp

    OnDisk = Callable[[str, str, str | None], StoredBytes | None]

LARGE: Final = 1 << 20
_RANGE = re.compile(r"bytes=(?:(?P<first>\d+)-(?P<last>\d*)|-(?P<end>\d+))")
_KNOWN_PARAMETERS: Final = frozenset({"versionId", "x-id", "AWSAccessKeyId", "Signature", "Expires"})


class LargeReads:
    """Answers each GET of a large object as the application would: headers and conditions are the application's.

    Args:
        app: the application.
        on_disk: finds the bytes of (bucket, key, version id or None for the latest).
    """

    def __init__(self, app: WsgiApp, on_disk: OnDisk) -> None:
        self._app = app
        self._caller = Caller(app)
        self._on_disk = on_disk

    def answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a GET (WSGI, PEP 3333); one that is not of a large object is the application's."""
        stored = self._large(Request(environ, io.BytesIO()))
        if stored is None:
            return self._app(environ, start_response)
        asked = environ.get("HTTP_RANGE")
        part = (0, stored.size - 1) if asked is None else _part(asked, stored.size)
        head = {name: value for name, value in environ.items() if name != "HTTP_RANGE"}
        told = self._caller.answer({**head, "REQUEST_METHOD": "HEAD", "wsgi.input": io.BytesIO()})
        if part is None or told.status != 200 or told.headers.get("content-length") != str(stored.size):  # noqa: PLR2004 - HTTP's
            return self._app(environ, start_response)
        first, last = part
        headers = [(name, value) for name, value in told.header_list if name.lower() != "content-length"]
        headers.append(("Content-Length", str(last - first + 1)))
        if asked is None:
            start_response("200 OK", headers)
        else:
            # The checksum is one of the whole object.
            headers = [(name, value) for name, value in headers if not name.lower().startswith("x-amz-checksum-")]
            headers.append(("Content-Range", f"bytes {first}-{last}/{stored.size}"))
            start_response("206 Partial Content", headers)
        return stored.pieces(first, last)

    def _large(self, request: Request) -> StoredBytes | None:
        bucket, _, key = request.path.lstrip("/").partition("/")
        query = request.query
        if not key or query.keys() - _KNOWN_PARAMETERS:
            return None
        stored = self._on_disk(bucket, key, query.get("versionId"))
        return stored if stored is not None and stored.size > LARGE else None


def _part(asked: str, size: int) -> tuple[int, int] | None:
    """Return the first and the last byte of a range; None if it is not one that can be answered with a part."""
    match = _RANGE.fullmatch(asked.strip())
    if match is None:
        return None
    if match["end"] is not None:
        first, last = max(size - int(match["end"]), 0), size - 1
    else:
        first = int(match["first"])
        last = min(int(match["last"] or size - 1), size - 1)
    return (first, last) if first <= last else None
