"""Rows per second of a whole run, against a bare loop: five threads calling the same two handlers on the same servers.

Both alternate in one run. The bare loop validates the file, then calls the processor for each row: no state machine, no
events, no result files, no run folder.
"""

from __future__ import annotations

import json
import logging
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.runtime.clock import RealClock
from simulator.aws.asl.runtime.listener import SilentListener
from simulator.fault_injection.spec import FaultPlan
from simulator.pipeline.session import Session
from simulator.pipeline.settings import Settings
from tests.rows import event_values, upload

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 1_000
ROUNDS = 5
THREADS = 5


def main() -> None:
    """Measure both in turn, and print the medians."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(simulator_home=Path(folder))
        with Session(
            settings, tell=lambda _text: None, listener=SilentListener(), clock=RealClock(), plan=FaultPlan()
        ) as session:
            load_users(session, Path(folder))
            runs, bare = [], []
            for number in range(ROUNDS + 1):
                whole, loop = ROWS / run(session, number), ROWS / bare_loop(session, number)
                if number:  # the first round warms both up
                    runs.append(whole)
                    bare.append(loop)
    print(f"end-to-end, {ROWS} rows, median of {ROUNDS} alternating rounds")
    print(f"  whole run, from upload to summary: {statistics.median(runs):>8.0f} rows/s")
    print(f"  bare loop of {THREADS} threads          : {statistics.median(bare):>8.0f} rows/s")
    print(f"  ratio                            : {statistics.median(runs) / statistics.median(bare):>8.2f}")


def load_users(session: Session, folder: Path) -> None:
    """Load the users of the rows."""
    session.migrator.load_users(users_file(folder))


def users_file(folder: Path) -> Path:
    """Write the users of the rows, and return the file."""
    users = folder / "users.csv"
    lines = [f"U{index:05},name,{index}@example.com" for index in range(ROWS)]
    users.write_text("\n".join(["user_id,username,email", *lines]) + "\n", encoding="utf-8")
    return users


def body(number: int) -> bytes:
    """Return a file whose values no round has set before."""
    return upload(*(f"U{index:05},{index + number * 2},{index % 7 + number}" for index in range(ROWS))).encode()


def run(session: Session, number: int) -> float:
    """Run a file through the whole pipeline; return the seconds from upload to the end."""
    began = time.perf_counter()
    running = session.wait_for_workflow(session.upload(body(number * 2), f"whole-{number}.csv"))
    running.wait()
    seconds = time.perf_counter() - began
    if running.status != "SUCCEEDED":
        raise SystemExit(f"the run {running.status}: {running.info.error}: {running.info.cause}")
    return seconds


def bare_loop(session: Session, number: int) -> float:
    """Call the two handlers for a file; return the seconds from upload to the end."""
    resources, data = session.resources, body(number * 2 + 1)
    began = time.perf_counter()
    put = session.aws.s3.put_object(Bucket=resources.output_bucket, Key=f"bare-{number}", Body=data)
    del put
    uploaded = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    where = {"bucket": resources.output_bucket, "key": f"bare-{number}", "uploadedAt": uploaded}
    answer = invoke(session, resources.validator_arn, where)
    rows = enumerate(data.decode().splitlines()[1:])
    lock = threading.Lock()

    def work(rows: Iterator[tuple[int, str]]) -> None:
        while True:
            with lock:
                index, line = next(rows, (-1, ""))
            if index < 0:
                return
            invoke(
                session,
                resources.processor_arn,
                {
                    **event_values(*line.split(",")),
                    "rowIndex": index,
                    "mapEnteredAt": uploaded,
                    "uploadedAt": uploaded,
                    "executionName": f"bare-{number}",
                    "executionArn": "arn",
                    "ttlTimestamp": answer["ttlTimestamp"],
                },
            )

    threads = [threading.Thread(target=work, args=(rows,)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def invoke(session: Session, function: str, event: Any) -> Any:
    """Call a handler in one of its execution environments."""
    result = session.functions.invoke(function, json.dumps(event).encode())
    if result.function_error:
        raise SystemExit(result.payload.decode())
    return json.loads(result.payload)
