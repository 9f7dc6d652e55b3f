"""The peers that are servers, and the simulator's cloud: started on a free port, ended at the end."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.pipeline.settings import PROJECT_ROOT
from tests.benchmarks.peers.installation import MINISTACK, MOTO, python_peer

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_SECONDS = 60.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextmanager
def simulator_cloud() -> Iterator[str]:
    """Start the cloud of `up`, in a home of its own; give its endpoint."""
    with tempfile.TemporaryDirectory() as home:
        environment = _environment() | {"SIMULATOR_HOME": home}
        command = [sys.executable, "-m", "simulator"]
        subprocess.run(
            [*command, "up", "--detach", "--port", "0"],
            cwd=PROJECT_ROOT,
            env=environment,
            capture_output=True,
            check=True,
        )
        try:
            told = subprocess.run(
                [*command, "status", "--json", "url"],
                cwd=PROJECT_ROOT,
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            yield json.loads(told.stdout)["url"]
        finally:
            subprocess.run([*command, "down"], cwd=PROJECT_ROOT, env=environment, capture_output=True, check=True)


@contextmanager
def moto_server() -> Iterator[str]:
    """Start moto with its own engine for state machines."""
    programs = python_peer("moto", f"moto[server,s3,stepfunctions]=={MOTO}")
    port = _free_port()
    with _server([str(programs / "moto_server"), "-p", str(port)], {}, port, "/moto-api/") as url:
        body = json.dumps({"stepfunctions": {"execute_state_machine": True}}).encode()
        _OPENER.open(urllib.request.Request(f"{url}/moto-api/config", body, method="POST")).close()  # noqa: S310 - moto's
        yield url


@contextmanager
def ministack_server() -> Iterator[str]:
    """Start MiniStack."""
    programs = python_peer("ministack", f"ministack=={MINISTACK}")
    port = _free_port()
    with _server([str(programs / "ministack")], {"GATEWAY_PORT": str(port)}, port, "/_ministack/health") as url:
        yield url


@contextmanager
def _server(words: list[str], variables: dict[str, str], port: int, path: str) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                words, env=_environment() | variables, stdout=file, stderr=subprocess.STDOUT, cwd=folder
            )
        try:
            _wait(url + path, process, log)
            yield url
        finally:
            process.terminate()
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            _OPENER.open(url, timeout=1).close()
        except (urllib.error.URLError, TimeoutError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{process.args!r} did not answer: {error}\n{log.read_text()}") from error
        else:
            return
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
