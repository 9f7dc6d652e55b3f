"""Starts and stops the engine, which plays S3, DynamoDB and SQS."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from simulator.aws.engine.environment import aws_environment, without_aws
from simulator.aws.engine.options import ROTO
from simulator.aws.engine.roto.program import roto_program
from simulator.aws.errors import ServerError

if TYPE_CHECKING:
    from simulator.aws.engine.options import EngineOptions


START_TIMEOUT = 60.0
STOP_TIMEOUT = 5.0
_LOG_TAIL = 2000
_IMPORTED_FROM = Path(__file__).resolve().parents[3]
"""The folder that this package is imported from, in the engine's process as well."""


class EngineServer:
    """The engine on a free port of 127.0.0.1, in a process of its own that ends with this one.

    The constructor only launches the process; the first use of `url` waits until it is ready, so that other servers can
    be started meanwhile.

    Args:
        options: how it is run.

    Raises:
        ServerError: the engine is not installed; the message says what to install.
    """

    def __init__(self, options: EngineOptions) -> None:
        if options.engine == ROTO:
            roto_program()
        self._name = options.engine
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._url: str | None = None
        environment = {
            **without_aws(os.environ),
            **aws_environment("http://127.0.0.1"),
            "PYTHONPATH": str(_IMPORTED_FROM),
            "MOTO_DISABLE_GLOBAL_CORS": "true",
        }
        self._process = subprocess.Popen(  # noqa: S603 - no shell, our own module
            [sys.executable, "-m", "simulator.aws.engine.process", options.to_json()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the simulator, which still needs it to finish what it writes
        )

    @property
    def url(self) -> str:
        """Return the endpoint (`http://127.0.0.1:<port>`), waiting until it accepts connections.

        Raises:
            ServerError: if it does not start.
        """
        if self._url is None:
            self._url = self._wait()
        return self._url

    @property
    def pid(self) -> int:
        """Return the process's id."""
        return self._process.pid

    @property
    def lives(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """Stop it; everything in it that does not last is gone."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wait(self) -> str:
        output = self._process.stdout
        if output is None or output.closed:
            raise ServerError(f"{self._name} has been stopped.")
        line = b""
        deadline = time.monotonic() + START_TIMEOUT
        while not line.endswith(b"\n"):
            if not select.select([output], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise ServerError(
                    f"{self._name} did not start within {START_TIMEOUT:.0f} s. Is the machine overloaded? Try again."
                )
            chunk = os.read(output.fileno(), 4096)
            if not chunk:
                raise ServerError(f"{self._name} ended while it started, saying:\n{self._tail()}")
            line += chunk
        return line.decode().strip()

    def _tail(self) -> str:
        self._process.wait(STOP_TIMEOUT)
        self._log.seek(0)
        return self._log.read()[-_LOG_TAIL:].decode(errors="replace").strip() or "nothing"
