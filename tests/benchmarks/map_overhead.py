"""What the interpreter costs: a distributed map of 5,000 rows with a no-op function, its `items.jsonl` written.

The floor, measured in the same run: five threads that call the same function for the same rows through the same Lambda
runtime, without a map. The caller writes each event as JSON and reads the answer, as the map's Task does.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.aws.asl.definition.compiler import build
from simulator.aws.asl.runtime.clock import RealClock
from simulator.aws.asl.runtime.execution import Execution
from simulator.aws.asl.runtime.history import RecordedHistory
from simulator.aws.asl.runtime.listener import ExecutionInfo
from simulator.aws.asl.runtime.ports import Identity, Services
from simulator.aws.integrations.lambda_tasks import LambdaFunction
from simulator.aws.lambda_runtime.function_config import FunctionConfig
from simulator.aws.lambda_runtime.lambda_service import LambdaService
from simulator.aws.map_run.map_run import LocalMapRuns
from simulator.aws.map_run.object_store import ObjectStore
from simulator.runs.folder.json_lines import read_lines
from simulator.runs.recorder import RunRecorder
from simulator.runs.store import RunStore
from tests.rows import event_values, upload
from tests.unit.map_run.harness import MemoryStore

ROWS = 5_000
ROUNDS = 5
THREADS = 5
FUNCTION = "arn:aws:lambda:ap-northeast-1:123456789012:function:no-op"
MACHINE = "csv-user-log-processor"
ARN = f"arn:aws:states:ap-northeast-1:123456789012:execution:{MACHINE}:bench"
MACHINE_ARN = f"arn:aws:states:ap-northeast-1:123456789012:stateMachine:{MACHINE}"
DEFINITION = Path(__file__).parents[2] / "cdk" / "definitions" / "workflow.asl.json"
KEY = "k.csv"
INPUT = {
    "time": "2026-01-01T00:00:00Z",
    "validation": {"ttlTimestamp": "1"},
    "detail": {"bucket": {"name": "in"}, "object": {"key": KEY, "versionId": "v"}},
}
CONTEXT = {
    "mapEnteredAt": "2026-01-01T00:00:00.000Z",
    "uploadedAt": "2026-01-01T00:00:00Z",
    "executionName": "bench",
    "executionArn": ARN,
    "ttlTimestamp": "1",
}


class NoOpTasks:
    """Calls the no-op function through the Lambda runtime."""

    def __init__(self, functions: LambdaService) -> None:
        self._function = LambdaFunction(functions)

    def problems(self, resource: str, parameters: Any) -> Iterator[str]:
        """Find none."""
        del resource, parameters
        return iter(())

    def call(self, request: Any) -> Any:
        """Call the function."""
        return self._function.call(request)


def main() -> None:
    """Measure the map and the floor in turn, and print the medians."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with no_op(home) as functions:
            maps, floors = [], []
            for number in range(ROUNDS):
                body = upload(*(f"U{index:05},{index % 90},{index % 7}" for index in range(ROWS))).encode()
                store = MemoryStore({KEY: body}, cut=256 * 1024)
                seconds, items = run_map(home / str(number), functions, store)
                if sum(1 for _ in read_lines(items)) != ROWS:
                    raise SystemExit(f"{items} has not {ROWS} lines")
                maps.append(ROWS / seconds)
                floors.append(ROWS / call_bare(functions, ROWS))
    print(f"map-overhead, {ROWS} rows, median of {ROUNDS} alternating rounds")
    print(f"  distributed map, no-op function       : {statistics.median(maps):>9,.0f} rows/s")
    print(f"  floor, {THREADS} threads that call the same one: {statistics.median(floors):>9,.0f} rows/s")
    print(f"  ratio                                 : {statistics.median(maps) / statistics.median(floors):>9.3f}")


def no_op(home: Path) -> LambdaService:
    """Return the Lambda runtime with one function that does nothing; its code is written to `home`."""
    (home / "no_op.py").write_text("def handler(event, context):\n    return {'status': 'success'}\n")
    config = FunctionConfig(name="no-op", handler="no_op.handler", timeout_seconds=10)
    return LambdaService([config], task_root=home, variables=lambda _config, _name: {})


def run_map(home: Path, functions: LambdaService, store: ObjectStore) -> tuple[float, Path]:
    """Run the workflow's own map, with the no-op function for the processor; return the seconds and items.jsonl.

    Its file is the object `KEY` of the store.
    """
    recorder = RunRecorder(RunStore(home), MACHINE, lambda *_: store.open({"Key": KEY}))
    text = (
        DEFINITION.read_text(encoding="utf-8")
        .replace("${UserLogProcessorFunctionArn}", FUNCTION)
        .replace('"${MapConcurrency}"', "5")
    )
    state = json.loads(text)["States"]["UserLogDistributedMap"]
    del state["Next"]
    state["End"] = True
    definition = json.dumps({"StartAt": "Map", "States": {"Map": state}})
    tasks, clock = NoOpTasks(functions), RealClock()
    execution = Execution(
        machine=build(definition, tasks=tasks),
        identity=Identity(arn=ARN, name="bench", machine_arn=MACHINE_ARN, machine_name=MACHINE, role_arn="role"),
        data=INPUT,
        services=Services(tasks=tasks, maps=LocalMapRuns(store, recorder, lambda _name: home / "results"), clock=clock),
        history=RecordedHistory(clock, lambda event: recorder.history_event(ARN, event)),
    )
    recorder.execution_started(
        ExecutionInfo(
            arn=ARN,
            name="bench",
            machine_arn=MACHINE_ARN,
            machine_name=MACHINE,
            definition=definition,
            input=INPUT,
            status="RUNNING",
            started=execution.started,
        )
    )
    began = time.perf_counter()
    ended = execution.run()
    seconds = time.perf_counter() - began
    recorder.close()
    if ended.status != "SUCCEEDED":
        raise SystemExit(f"the map {ended.status}: {ended.error}: {ended.cause}")
    return seconds, home / "bench" / "items.jsonl"


def call_bare(functions: LambdaService, rows: int) -> float:
    """Call the function for as many rows by five threads; return the seconds."""
    events = [
        {**event_values(f"U{index:05}", str(index % 90), str(index % 7)), **CONTEXT, "rowIndex": index}
        for index in range(rows)
    ]

    def work(part: list[dict[str, Any]]) -> None:
        for event in part:
            result = functions.invoke(FUNCTION, json.dumps(event).encode())
            if result.function_error:
                raise SystemExit(result.payload.decode())
            json.loads(result.payload)

    threads = [threading.Thread(target=work, args=(events[n::THREADS],)) for n in range(THREADS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began
