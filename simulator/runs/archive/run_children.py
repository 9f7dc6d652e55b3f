"""The rows of a run as the children of its Map Runs: `items.jsonl` has no input and output, result files have them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.asl.runtime.listener import ChildRecord, TaskAttempt
from simulator.aws.json_reader import BadJson, read_json
from simulator.aws.map_run.children import child_arns
from simulator.runs.folder.history_reader import map_run_passes
from simulator.runs.folder.items import redrive_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.runs.folder.run_folder import RunFolder


def children_of_run(run: RunFolder) -> Iterator[ChildRecord]:
    """Yield a run's rows as children, without their data; a redriven row each time that it ended."""
    record = run.record()
    express = not run.children_file.exists()
    passes = {one.redrive: one.arn for one in map_run_passes(run.events())}
    arns = {arn: child_arns(arn, express=express) for arn in passes.values()}
    ends: Counter[str] = Counter()
    batch: tuple[int, str] | None = None
    for item in run.items():
        redrive, name = redrive_of(item), str(item.get("name"))
        map_run = next((passes[number] for number in range(redrive, -1, -1) if number in passes), None)
        started, stopped = parse_time(item.get("start")), parse_time(item.get("stop"))
        if map_run is None or started is None or stopped is None:
            continue
        index, items, status, error = item.get("batch") or (item.get("index"), 1, item.get("status"), item.get("error"))
        if (redrive, name) == batch:
            continue  # the other rows of a batch
        batch = (redrive, name) if item.get("batch") else None
        if record.redrive_count:
            ends[name] += 1
        yield ChildRecord(
            map_run_arn=map_run,
            parent_arn=record.arn,
            name=name,
            arn=arns[map_run](name),
            index=int(index or 0),
            line=item.get("line"),
            items=items,
            value=None,
            input=None,
            status=str(status),
            started=started,
            stopped=stopped,
            worker=int(item.get("worker") or 0),
            attempts=tuple(_attempts(item)),
            error=error,
            cause=None if batch else item.get("cause"),
            redrive_count=max(0, ends[name] - 1),
            data_kept=False,
        )


def with_data(child: ChildRecord, run: RunFolder) -> ChildRecord:
    """Return a child of a run with its input and output if a result file of its Map Run has them."""
    needle = b'"%s"' % child.name.encode()
    folder = run.results / child.map_run_arn.rpartition(":")[2]
    for path in sorted(folder.rglob(f"{child.status}_*.json")):
        text = path.read_bytes()
        if needle not in text:
            continue
        found = next((one for one in _records(text) if one.get("ExecutionArn") == child.arn), None)
        if found is not None:
            data = _value(found.get("Input")), _value(found.get("Output") or "null")
            return replace(child, input=data[0], output=data[1], data_kept=True)
    return child


def _records(text: bytes) -> list[dict[str, Any]]:
    found = _value(text)  # None if it was cut off: a redrive repairs it
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _value(text: Any) -> Any:
    try:
        return read_json(text, replace_halves=True) if isinstance(text, str | bytes) else None
    except BadJson:
        return None


def _attempts(item: dict[str, Any]) -> Iterator[TaskAttempt]:
    for state, start, stop, error in item.get("tries", ()):
        started, stopped = parse_time(start), parse_time(stop)
        if started is not None and stopped is not None:
            yield TaskAttempt(state=state, started=started, stopped=stopped, error=error)
