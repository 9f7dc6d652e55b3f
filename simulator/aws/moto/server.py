"""Starts and stops moto, which plays S3, DynamoDB, SQS and EventBridge."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Self

from simulator.aws.moto.environment import aws_environment, without_aws
from simulator.pipeline.errors import CloudError
from simulator.pipeline.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

START_TIMEOUT = 60.0
STOP_TIMEOUT = 5.0
_LOG_TAIL = 2000


class MotoServer:
    """moto on a free port of 127.0.0.1, in a process of its own that ends with this one.

    The constructor only launches the process; the first use of `url` waits until it is ready, so that other servers can
    be started meanwhile.

    Args:
        runs_folder: where the audit items are appended (see `audit.AuditTrail`).
        faults: SPECs of requests that it is to refuse (see `faults.aws_refusals`).
    """

    def __init__(self, runs_folder: Path, faults: Sequence[str] = ()) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._url: str | None = None
        environment = {
            **without_aws(os.environ),
            **aws_environment("http://127.0.0.1"),
            "PYTHONPATH": str(PROJECT_ROOT),
            "MOTO_DISABLE_GLOBAL_CORS": "true",
        }
        self._process = subprocess.Popen(  # noqa: S603 - no shell, our own module
            [sys.executable, "-m", "simulator.aws.moto.process", str(runs_folder), *faults],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the simulator, which still needs moto to finish what it writes
        )

    @property
    def url(self) -> str:
        """Return the endpoint (`http://127.0.0.1:<port>`), waiting until it accepts connections.

        Raises:
            CloudError: where moto does not start.
        """
        if self._url is None:
            self._url = self._wait()
        return self._url

    @property
    def pid(self) -> int:
        """Return the process's id."""
        return self._process.pid

    def close(self) -> None:
        """Stop moto; everything in it is gone."""
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
            raise CloudError("moto has been stopped.")
        line = b""
        deadline = time.monotonic() + START_TIMEOUT
        while not line.endswith(b"\n"):
            if not select.select([output], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise CloudError(
                    f"moto did not start within {START_TIMEOUT:.0f} s. Is the machine overloaded? Try again."
                )
            chunk = os.read(output.fileno(), 4096)
            if not chunk:
                raise CloudError(f"moto ended while it started, saying:\n{self._tail()}")
            line += chunk
        return line.decode().strip()

    def _tail(self) -> str:
        self._process.wait(STOP_TIMEOUT)
        self._log.seek(0)
        return self._log.read()[-_LOG_TAIL:].decode(errors="replace").strip() or "nothing"
