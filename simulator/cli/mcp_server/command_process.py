"""A command of the simulator in a process of its own, for its document: what a tool of the server does with it.

The process has today's code of the functions, however old the server is, and a stdout that is not the protocol's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import anyio
from mcp.server.mcpserver.exceptions import ToolError

from simulator.cli.usage.configuration_file import VARIABLE
from simulator.pipeline.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN = 2000


async def called(*words: str, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Call a command and return its document, with its exit code as `exitCode`.

    Args:
        words: the command and its options; a value that a client has chosen is in the word of its option (`--by=x`).
        arguments: what is not an option, whatever it begins with.

    Raises:
        ToolError: it went wrong before there was a document.
    """
    last = ["--", *arguments] if arguments else []
    # The defaults that a person has for their own terminal are not meant here.
    own = f"SIMULATOR_{words[0].upper()}_"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    try:
        done = await anyio.run_process(
            [sys.executable, str(PROJECT_ROOT / "simulator"), *words, "--json=*", *last],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
            env={**environment, VARIABLE: os.devnull},
        )
    except (OSError, ValueError) as error:  # too long for the system, or with a NUL
        raise ToolError(f"{words[0]} could not be called: {error}.") from None
    try:
        document = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.decode(errors="replace")[-_SHOWN:]
        raise ToolError(f"{words[0]} ended with exit code {done.returncode}: {said}") from None
    if set(document) == {"error", "message"}:
        raise ToolError(f"{document['error']}: {document['message']}")
    return {**document, "exitCode": done.returncode}
