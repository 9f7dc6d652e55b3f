"""The dashboard: a process that ends with the one that started it, also after kill -9.

`python -m simulator.pipeline.local_cloud.dashboard_process PORT [OPTION...]` is that process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Self

from simulator.pipeline.errors import CloudError
from simulator.pipeline.local_cloud.ports import HOST, free_port, is_free, owner
from simulator.pipeline.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PORT = 8501
START_SECONDS = 30.0
STOP_SECONDS = 5.0


class DashboardProcess:
    """Streamlit on a port of 127.0.0.1.

    Args:
        home: the simulator's folder.
        wanted: the port; None for 8501, or one that is free.
        options: what `streamlit run dashboard --` takes.

    Raises:
        CloudError: it does not start, or its port is taken.
    """

    def __init__(self, home: Path, wanted: int | None = None, options: Sequence[str] = ()) -> None:
        if wanted is not None and not is_free(wanted):
            raise CloudError(
                f"Port {wanted} is taken by {owner(wanted) or 'another program'}. Name another, or leave --port out."
            )
        port = wanted or (PORT if is_free(PORT) else free_port(PORT))
        self.url = f"http://{HOST}:{port}"
        self._process = subprocess.Popen(  # noqa: S603 - no shell, our own module
            [sys.executable, "-m", __name__, str(port), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                "SIMULATOR_HOME": str(home),
                "PYTHONPATH": str(PROJECT_ROOT),
                "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
            },
            start_new_session=True,  # Ctrl-C is for the command that started it
        )
        deadline = time.monotonic() + START_SECONDS
        while is_free(port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.close()
                raise CloudError(
                    "The dashboard does not start. Start it alone to see why: streamlit run "
                    f"{PROJECT_ROOT / 'dashboard'}"
                )
            time.sleep(0.1)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def wait(self) -> None:
        """Wait until it ends by itself.

        Raises:
            CloudError: it has.
        """
        code = self._process.wait()
        raise CloudError(f"The dashboard has ended by itself (exit code {code}). Start it again.")

    def close(self) -> None:
        """End it; a second call does nothing."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def main(port: str, *words: str) -> None:
    """Serve the dashboard until stdin ends."""
    from streamlit.web.cli import main as streamlit  # noqa: PLC0415 - slow, and only this process needs it

    def end_with_stdin() -> None:
        while os.read(0, 4096):
            pass
        os._exit(0)

    threading.Thread(target=end_with_stdin, daemon=True).start()
    options = ["--server.port", port, "--server.address", HOST, "--server.headless", "true"]
    streamlit(["run", str(PROJECT_ROOT / "dashboard"), *options, "--", *words], prog_name="streamlit")


if __name__ == "__main__":
    main(*sys.argv[1:])
