"""A second `run sample.csv` while the cloud is up, from Enter to the end of its summary, against a bare loop.

The bare loop is five threads that call the two handlers for the same file, in the same session (see `end_to_end`); both
alternate. The command is the real one, in a process of its own.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from simulator.aws.asl.runtime.clock import RealClock
from simulator.cli.output.terminal import Terminal
from simulator.cli.running import CloudAndListeners
from simulator.cli.served.commands import ServedCommands
from simulator.fault_injection.spec import FaultPlan
from simulator.pipeline.listeners import Listeners
from simulator.pipeline.local_cloud.cloud_files import CloudFiles
from simulator.pipeline.local_cloud.local_cloud import LocalCloud
from simulator.pipeline.local_cloud.ports import HOST
from simulator.pipeline.local_cloud.up_lock import UpLock
from simulator.pipeline.session import Session
from simulator.pipeline.settings import PROJECT_ROOT, Settings
from tests.benchmarks.end_to_end import ROWS, bare_loop, body, load_users

ROUNDS = 7


def main() -> None:
    """Measure both in turn, and print the medians."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environment["SIMULATOR_HOME"] = str(folder)
        os.environ["SIMULATOR_HOME"] = str(folder)
        settings = Settings()
        listeners = Listeners()
        settings.home.create()
        with (
            UpLock(settings) as lock,
            Session(
                settings,
                tell=lambda _text: None,
                listener=listeners,
                clock=RealClock(),
                plan=FaultPlan(),
                restored=True,  # as `up` opens it: both write what lasts
            ) as session,
        ):
            load_users(session, folder)
            served = ServedCommands(CloudAndListeners(session, listeners), lock.token, Terminal().say, dict)
            with LocalCloud(session, Path(CloudFiles(folder).events), 0, served.routes) as cloud:
                lock.up(url=cloud.url, host=HOST, port=cloud.port, dashboard=None)
                _measure(session, folder, environment)


def _measure(session: Session, folder: Path, environment: dict[str, str]) -> None:
    commands, loops = [], []
    for number in range(ROUNDS + 1):
        file = folder / f"whole-{number}.csv"
        file.write_bytes(body(number * 2))
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "simulator", "run", str(file)],
            cwd=PROJECT_ROOT,
            env=environment,
            capture_output=True,
            check=False,
        )
        whole = time.perf_counter() - began
        if done.returncode:
            raise SystemExit(done.stderr.decode())
        loop = bare_loop(session, number)
        if number:  # the first round warms both up
            commands.append(whole)
            loops.append(loop)
    command, loop = statistics.median(commands), statistics.median(loops)
    print(f"second run against the cloud that is up, {ROWS} rows, median of {ROUNDS} alternating rounds")
    print(f"  the command, from Enter to summary: {command:>6.2f} s")
    print(f"  bare loop of five threads         : {loop:>6.2f} s")
    print(f"  ratio                             : {command / loop:>6.3f}")
