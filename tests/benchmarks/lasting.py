"""A cloud that lasts: memory over many runs of 1,000 rows, of both processes, and the time of the next start.

`python -m tests.benchmarks.lasting [RUNS]`
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.aws.asl.runtime.clock import RealClock
from simulator.aws.asl.runtime.listener import SilentListener
from simulator.csv_files.new_users import write_user_master
from simulator.fault_injection.spec import FaultPlan
from simulator.pipeline.session import Session
from simulator.pipeline.settings import PROJECT_ROOT, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS = 1_000
TELL_EVERY = 10


def main(arguments: Sequence[str]) -> None:
    """Run a file of 1,000 rows so many times (200), and print resident memory; then start anew and read."""
    runs = int(arguments[0]) if arguments else 200
    with tempfile.TemporaryDirectory() as folder:
        csv = Path(folder) / "rows.csv"
        make = [sys.executable, str(PROJECT_ROOT / "sample_data" / "make_samples.py")]
        subprocess.run([*make, "--rows", str(ROWS), "--out", str(csv)], check=True)
        settings = Settings(simulator_home=Path(folder) / "home")
        with _opened(settings) as session:
            users = Path(folder) / "users.csv"
            write_user_master(csv, users)
            session.migrator.load_users(users)
            for number in range(1, runs + 1):
                upload = session.upload(csv.read_bytes(), f"file-{number}.csv")
                running = session.wait_for_workflow(upload)
                running.wait()
                if number == 1 or number % TELL_EVERY == 0:
                    ours, moto = _resident("self"), _resident(str(session.moto.pid))
                    print(
                        f"{number:>4} runs ({running.status}): simulator {ours:.0f} MB, moto {moto:.0f} MB", flush=True
                    )
        began = time.monotonic()
        with _opened(settings) as session:
            print(f"next start: {time.monotonic() - began:.2f} s, moto {_resident(str(session.moto.pid)):.0f} MB")
            name = next(iter(session.store.records())).name
            began = time.monotonic()
            found = session.aws.dynamodb.query(
                TableName=session.resources.table,
                KeyConditionExpression="executionName = :n",
                ExpressionAttributeValues={":n": {"S": name}},
            )
            print(f"a run's items: {found['Count']:,} in {time.monotonic() - began:.2f} s")
            began = time.monotonic()
            count = session.aws.dynamodb.describe_table(TableName=session.resources.table)["Table"]["ItemCount"]
            print(f"items: {count:,}, counted in {time.monotonic() - began:.2f} s")
            print(f"moto afterwards: {_resident(str(session.moto.pid)):.0f} MB")


def _opened(settings: Settings) -> Session:
    return Session(
        settings,
        tell=lambda _: None,
        listener=SilentListener(),
        clock=RealClock(),
        plan=FaultPlan(),
        restored=True,
    )


def _resident(process: str) -> float:
    """Return a process's resident memory in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1:])
