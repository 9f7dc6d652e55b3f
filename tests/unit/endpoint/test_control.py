"""Routes that answer with a stream of lines: the generator behind one is closed, however the stream ends."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp.test_utils import make_mocked_request

from simulator.aws.endpoint.control import CONTROL_PREFIX, ControlRoutes

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 20.0


def test_a_stream_that_is_given_up_while_it_waits_for_a_line_is_closed() -> None:
    """The thread that waits for the line goes on until it comes; closing before that would be an error."""
    waits, goes_on, closed = threading.Event(), threading.Event(), threading.Event()

    def lines(_parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        try:
            waits.set()
            assert goes_on.wait(SECONDS)
            yield {"line": 1}
        finally:
            closed.set()

    async def give_up() -> None:
        control = ControlRoutes({"lines": lines})
        answering = asyncio.create_task(control.answer(make_mocked_request("GET", f"{CONTROL_PREFIX}lines")))
        await asyncio.to_thread(waits.wait, SECONDS)
        answering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await answering

    asyncio.run(give_up())
    assert not closed.is_set()
    goes_on.set()
    assert closed.wait(SECONDS)
