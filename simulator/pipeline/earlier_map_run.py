"""What a run's folder tells of the Map Run that a redrive continues."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from simulator.aws.asl.expressions.timestamps import parse_time
from simulator.aws.map_run.earlier import EarlierChild, EarlierMapRun
from simulator.pipeline.earlier_results import repair_result_files
from simulator.runs.folder.child_histories import child_histories
from simulator.runs.folder.items import redrive_of

if TYPE_CHECKING:
    from simulator.runs.folder.history_reader import MapRunPass
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.redrive_plan import RedrivePlan


def earlier_map_run(folder: RunFolder, plan: RedrivePlan, map_run: MapRunPass) -> EarlierMapRun:
    """Return what the Map Run has behind it: a row counts as done if both its line and its result are there.

    Raises:
        OSError: a file of the folder cannot be read, or a result file that was cut off cannot be repaired.
    """
    last: dict[int, tuple[str, str]] = {}
    recorded: set[str] = set()
    ends: Counter[int] = Counter()
    for item in folder.items():
        recorded.add(item["name"])
        if redrive_of(item) < map_run.redrive:
            continue  # an earlier Map Run's
        last[item["index"]] = (item["status"], item["name"])
        ends[item["index"]] += 1
    written = repair_result_files(folder, map_run.arn, recorded)
    exported = any(folder.results.iterdir())
    succeeded = {
        index for index, (status, name) in last.items() if status == "SUCCEEDED" and (name in written or not exported)
    }
    started = parse_time(map_run.started) or plan.resume.entered_at
    children = {
        index: EarlierChild(name=name, redrive_count=ends[index] - 1)
        for index, (_, name) in last.items()
        if index not in succeeded
    }
    processor = json.loads(folder.definition_file.read_bytes())["States"][plan.resume.state].get("ItemProcessor")
    for index, child in child_histories(folder, map_run.arn, succeeded).items():
        began = parse_time(child.started) or started
        children[index] = EarlierChild.standard(child.name, began, child.events, processor)
    return EarlierMapRun(
        arn=map_run.arn,
        started=started,
        redrive_count=plan.map_run_redrives,
        succeeded=succeeded,
        children=children,
    )
