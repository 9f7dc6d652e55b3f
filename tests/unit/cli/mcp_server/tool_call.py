"""A tool of the server, called by the package's own client in this process."""

from __future__ import annotations

import json
from typing import Any

import anyio
from mcp import Client

from simulator.cli.mcp_server.server import mcp_server


def call(tool: str, *, allow_actions: bool = False, **arguments: Any) -> tuple[bool, Any]:
    """Call a tool: whether it is an error, and its document or its words."""

    async def ask() -> Any:
        async with Client(mcp_server(allow_actions=allow_actions)) as client:
            return await client.call_tool(tool, arguments)

    answer = anyio.run(ask)
    text = answer.content[0].text
    return bool(answer.is_error), text if answer.is_error else json.loads(text)
