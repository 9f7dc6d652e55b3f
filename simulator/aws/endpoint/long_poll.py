"""SQS ReceiveMessage that waits for a message: the endpoint waits, not the engine.

The engine has few threads. Some clients that wait in it would hold up the one that sends what they wait for.
SQS developer guide, "Amazon SQS short and long polling".
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import orjson
from multidict import CIMultiDict

from simulator.aws.endpoint.spool import Spool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from aiohttp import web

    from simulator.aws.endpoint.engine import Engine, EngineAnswer

RECEIVE = "AmazonSQS.ReceiveMessage"
_ATTRIBUTES = "AmazonSQS.GetQueueAttributes"
_WAIT = "ReceiveMessageWaitTimeSeconds"
_LONGEST_SECONDS = 20
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 0.4
_OK = 200


class LongPoll:
    """One ReceiveMessage in AWS JSON.

    Args:
        engine: plays SQS.
        request: the client's.
        target: its path and query.
        body: its body.
    """

    def __init__(self, engine: Engine, request: web.BaseRequest, target: str, body: bytes) -> None:
        self._engine = engine
        self._request = request
        self._target = target
        self._body = body

    @asynccontextmanager
    async def answer(self) -> AsyncIterator[EngineAnswer]:
        """Give the engine's answer once there are messages, or the time to wait is over, or the client has gone."""
        asked = _object(self._body)
        seconds = asked.get("WaitTimeSeconds")
        if seconds is not None and (type(seconds) is not int or not 0 < seconds <= _LONGEST_SECONDS):
            async with self._ask(self._request.headers, self._body) as answer:  # 0, or an error that the engine words
                yield answer
            return
        now = asyncio.get_running_loop().time
        began = now()
        at_once = orjson.dumps({**asked, "WaitTimeSeconds": 0})
        pause = _FIRST_PAUSE
        while True:
            async with self._ask(self._request.headers, at_once) as answer:
                if answer.status != _OK or _object(answer.body.all()).get("Messages"):
                    yield answer
                    return
                if seconds is None:
                    seconds = await self._seconds_of_the_queue(asked)
                left = began + seconds - now()
                if left <= 0 or self._request.transport is None or self._request.transport.is_closing():
                    yield answer
                    return
            await asyncio.sleep(min(pause, left))
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _seconds_of_the_queue(self, asked: dict[str, Any]) -> int:
        """Return how long a receiver waits that does not say it."""
        headers = CIMultiDict(self._request.headers)
        headers["X-Amz-Target"] = _ATTRIBUTES
        body = orjson.dumps({"QueueUrl": asked.get("QueueUrl"), "AttributeNames": [_WAIT]})
        async with self._ask(headers, body) as answer:
            attributes = _object(answer.body.all()).get("Attributes") or {}
        given = str(attributes.get(_WAIT, 0))
        return int(given) if given.isdecimal() else 0

    @asynccontextmanager
    async def _ask(self, headers: Mapping[str, str], body: bytes) -> AsyncIterator[EngineAnswer]:
        with Spool() as sent:
            sent.write(body)
            async with self._engine.ask("sqs", "POST", self._target, headers, sent) as answer:
                yield answer


def _object(text: bytes) -> dict[str, Any]:
    """Return a JSON object; an empty one for anything else, which the engine refuses in its own words."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}
