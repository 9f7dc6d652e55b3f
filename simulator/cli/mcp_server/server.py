"""The server of the Model Context Protocol (modelcontextprotocol.io), over stdin and stdout."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver import MCPServer

from simulator.cli.mcp_server.acting import add_acting_tools
from simulator.cli.mcp_server.reading import add_reading_tools
from simulator.cli.usage.version import version_number

INSTRUCTIONS = (
    "Runs of the CSV user-log pipeline: each is a file that went through S3, EventBridge, Step Functions and Lambda on "
    "this machine, or a run that was fetched from AWS. Begin with list_runs; list_failures tells why rows failed, "
    "row_history everything about one row; list_inbox has the failed rows of all runs that wait for somebody, and "
    "replay_row calls today's code with a recorded row."
)


def mcp_server(*, allow_actions: bool) -> MCPServer[Any]:
    """Return the server.

    Args:
        allow_actions: whether it may run files, redrive and stop runs, accept and send failed rows; else it only reads.
    """
    server: MCPServer[Any] = MCPServer(
        name="simulator", version=version_number(), instructions=INSTRUCTIONS, log_level="WARNING"
    )
    add_reading_tools(server)
    if allow_actions:
        add_acting_tools(server)
    return server
