"""Routes of our own below `/_simulator/`, for our own commands."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.aws.endpoint.http import web
from simulator.aws.endpoint.threads import in_thread
from simulator.aws.errors import ApiError
from simulator.aws.json_reader import BadJson, read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTROL_PREFIX: Final = "/_simulator/"

ControlRoute = Callable[[dict[str, Any]], dict[str, Any] | Iterator[dict[str, Any]]]
"""(the request's JSON object, `{}` without a body) -> the answer.

A dict is answered as JSON. An iterator is answered as one JSON object per line (`application/x-ndjson`), each sent when
it comes; when the client goes away, a generator is closed after the object it is making. A route has a thread of its
own. An ApiError is answered as `{"error": name, "message": ...}` with its HTTP status.
"""


class ControlRoutes:
    """Answers requests to our own routes.

    Args:
        routes: by what follows the prefix in their paths.
    """

    def __init__(self, routes: Mapping[str, ControlRoute]) -> None:
        self._routes = routes

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, a GET or a POST with a JSON object."""
        route = self._routes.get(request.path.removeprefix(CONTROL_PREFIX))
        if route is None:
            return _refused(404, "NotFound", f"{request.path} is not a route of the simulator.")
        body = await request.read()
        try:
            parameters = read_json(body) if body else {}
        except BadJson as error:
            return _refused(400, "BadRequest", f"The request's body is not JSON: {error}")
        if not isinstance(parameters, dict):
            return _refused(400, "BadRequest", "The request's body must be a JSON object.")
        try:
            answer = await in_thread(partial(route, parameters))
        except ApiError as error:
            return _refused(error.status, error.name, error.message)
        if isinstance(answer, dict):
            return web.Response(body=orjson.dumps(answer), content_type="application/json")
        return await _lines(request, answer)


async def _lines(request: web.BaseRequest, objects: Iterator[dict[str, Any]]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
    response.enable_chunked_encoding()
    turn = threading.Lock()

    def following() -> dict[str, Any] | None:
        with turn:
            return next(objects, None)

    def close() -> None:
        with turn:
            if isinstance(objects, Generator):
                objects.close()

    try:
        await response.prepare(request)
        while (one := await in_thread(following)) is not None:
            await response.write(orjson.dumps(one) + b"\n")
        await response.write_eof()
    finally:
        # If the client has gone, or the cloud ends, a thread may still be inside of the generator.
        threading.Thread(target=close, name="endpoint-close", daemon=True).start()
    return response


def _refused(status: int, name: str, message: str) -> web.Response:
    body = orjson.dumps({"error": name, "message": message})
    return web.Response(status=status, body=body, content_type="application/json")
