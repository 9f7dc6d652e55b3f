"""A port of this machine at which an IDE's debugger is waited for (the Debug Adapter Protocol, by debugpy)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from simulator.pipeline.errors import CloudError

if TYPE_CHECKING:
    from simulator.aws.lambda_runtime.handler_loading import Handler

HOST = "127.0.0.1"


class IdeDebugger:
    """Listens for one debugger.

    Args:
        port: the port; 0 for any that is free.

    Raises:
        CloudError: debugpy is not installed, or the port is taken.

    Attributes:
        port: the port on which it listens.
    """

    def __init__(self, port: int) -> None:
        # Python's own modules are frozen: debugpy warns that it cannot stop in them, which nobody asks for here.
        os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
        try:
            import debugpy  # noqa: PLC0415, T100 - an extra; it is what the option asks for
        except ImportError:
            raise CloudError(
                "The port for an IDE needs the package debugpy, which is not installed: uv sync --extra debug"
            ) from None
        self._debugpy: Any = debugpy
        try:
            _, self.port = self._debugpy.listen((HOST, port))
        except (OSError, RuntimeError) as error:
            raise CloudError(f"The debugger cannot listen on port {port} of {HOST}: {error}.") from error

    def runcall(self, handler: Handler, event: Any, context: Any) -> Any:
        """Wait for the IDE, then call the handler; without a breakpoint in it, the IDE stops at this call."""
        self._debugpy.wait_for_client()
        self._debugpy.breakpoint()
        return handler(event, context)  # step into it
