"""Runs a Distributed Map over a store in memory, and keeps what it tells."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.definition.compiler import build
from simulator.aws.asl.runtime.clock import SkippingClock
from simulator.aws.asl.runtime.execution import Ended, Execution
from simulator.aws.asl.runtime.history import RecordedHistory
from simulator.aws.asl.runtime.listener import ChildRecord, ChildStart, MapRunInfo, SilentListener
from simulator.aws.asl.runtime.ports import Identity, Services
from simulator.aws.map_run.earlier import EarlierChild, EarlierMapRun
from simulator.aws.map_run.map_run import LocalMapRuns
from simulator.aws.map_run.object_store import ObjectStoreError
from tests.unit.states.harness import EXECUTION_ARN, FUNCTION, MACHINE_ARN, FakeTasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class MemoryStore:
    """An object store in memory; `cut` is the size of the chunks it gives."""

    objects: dict[str, bytes] = field(default_factory=dict)
    cut: int = 7
    broken: bool = False

    def open(self, parameters: dict[str, Any]) -> Iterator[bytes]:
        """Give an object's bytes in small chunks."""
        try:
            body = self.objects[parameters["Key"]]
        except KeyError:
            raise ObjectStoreError("NoSuchKey", "The specified key does not exist.") from None
        return (body[start : start + self.cut] for start in range(0, len(body), self.cut))

    def list(self, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Give the entries below a prefix."""
        return (
            {"Key": key, "Size": len(body)}
            for key, body in self.objects.items()
            if key.startswith(parameters.get("Prefix", ""))
        )

    def put_multipart(self, bucket: str, key: str, path: Path) -> None:
        """Keep a file's bytes."""
        self.put(bucket, key, path.read_bytes())

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Keep an object."""
        if self.broken:
            raise ObjectStoreError("AccessDenied", f"Access Denied to {bucket}")
        self.objects[key] = body

    def json(self, ending: str) -> Any:
        """Return the parsed object whose key ends so; None where there is none."""
        found = [body for key, body in self.objects.items() if key.endswith(ending)]
        return json.loads(found[0]) if found else None


@dataclass
class Told(SilentListener):
    """Keeps children, their histories by ARN (STANDARD ones), and Map Runs."""

    children: list[ChildRecord] = field(default_factory=list)
    map_runs: list[MapRunInfo] = field(default_factory=list)
    starts: dict[str, ChildStart] = field(default_factory=dict)
    histories: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def child_started(self, child: ChildStart) -> None:
        """Keep the start."""
        self.starts[child.arn] = child

    def history_event(self, execution_arn: str, event: dict[str, Any]) -> None:
        """Keep an event."""
        self.histories.setdefault(execution_arn, []).append(event)

    def child_ended(self, child: ChildRecord) -> None:
        """Keep a child."""
        self.children.append(child)

    def map_run_changed(self, map_run: MapRunInfo) -> None:
        """Keep how the Map Run stands."""
        self.map_runs.append(map_run)


@dataclass
class MapResult:
    """What came of a Distributed Map."""

    ended: Ended
    told: Told
    store: MemoryStore
    calls: Counter[str]
    most_at_once: int
    events: list[dict[str, Any]]

    @property
    def counts(self) -> dict[str, int]:
        """The last item counts."""
        return self.told.map_runs[-1].item_counts


def earlier_of(result: MapResult, redrive_count: int = 1) -> EarlierMapRun:
    """Return what a result leaves behind for a redrive; pass the result's `told` on to have all attempts in it."""
    told = result.told
    last = {child.index: child for child in told.children}
    unsuccessful = {index: child for index, child in last.items() if child.status != "SUCCEEDED"}
    return EarlierMapRun(
        arn=told.map_runs[-1].arn,
        started=told.map_runs[0].started,
        redrive_count=redrive_count,
        succeeded=last.keys() - unsuccessful.keys(),
        children={
            index: EarlierChild.standard(child.name, told.starts[child.arn].started, told.histories[child.arn])
            if child.arn in told.starts
            else EarlierChild(name=child.name, redrive_count=child.redrive_count)
            for index, child in unsuccessful.items()
        },
    )


def run_map(
    fields: dict[str, Any],
    data: Any = None,
    *,
    function: Callable[[Any], Any] | None = None,
    store: MemoryStore | None = None,
    execution_type: str = "EXPRESS",
    folder: Path | None = None,
    earlier: EarlierMapRun | None = None,
    told: Told | None = None,
) -> MapResult:
    """Run a machine of one Distributed Map whose children call `function` once (default: echo)."""
    store, told = store or MemoryStore(), told or Told()
    calls: Counter[str] = Counter()
    lock = threading.Lock()
    at_once = most = 0

    def counted(parameters: Any) -> Any:
        nonlocal at_once, most
        with lock:
            calls[json.dumps(parameters, sort_keys=True)] += 1
            at_once += 1
            most = max(most, at_once)
        try:
            return function(parameters) if function else parameters
        finally:
            with lock:
                at_once -= 1

    tasks, clock = FakeTasks(counted), SkippingClock()
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": execution_type},
        "StartAt": "Call",
        "States": {"Call": {"Type": "Task", "Resource": FUNCTION, "End": True}},
    }
    state = {"Type": "Map", "Label": "rows", "ItemProcessor": processor, "End": True, **fields}
    events: list[dict[str, Any]] = []
    maps = LocalMapRuns(store, told, lambda _name: folder)
    if earlier is not None:
        maps.continue_with(EXECUTION_ARN, "Map", earlier)
    execution = Execution(
        machine=build({"StartAt": "Map", "States": {"Map": state}}, tasks=tasks),
        identity=Identity(
            arn=EXECUTION_ARN,
            name="run",
            machine_arn=MACHINE_ARN,
            machine_name="machine",
            role_arn="arn:aws:iam::1:role/r",
        ),
        data=data,
        services=Services(tasks=tasks, maps=maps, clock=clock),
        history=RecordedHistory(clock, events.append),
    )
    ended = execution.run()
    return MapResult(ended, told, store, calls, most, events)
