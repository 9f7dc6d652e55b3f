"""Plans the redrive of a run from its folder alone, or says why it cannot be redriven.

API reference, "RedriveExecution"; developer guide, "Redriving executions".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.quotas import MAX_HISTORY_EVENTS
from simulator.aws.asl.runtime.branch_history import with_branches
from simulator.aws.asl.runtime.resume import open_states, resume_of
from simulator.runs.advice.redrive_refusal import redrive_refusal
from simulator.runs.folder.history_reader import HistoryEvent, map_run_passes
from simulator.runs.folder.items import ItemIndex
from simulator.runs.folder.run_record import INTERRUPTED
from simulator.runs.suggested_command import aws_redrive

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.resume import Resume
    from simulator.runs.folder.history_reader import MapRunPass
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

_NEW_MAP_RUN = ("States.DataLimitExceeded", "States.Runtime")


class NotRedrivable(Exception):
    """The run cannot be redriven; the message says why, if possible in AWS's words, and what to do instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedrivePlan:
    """The plan of a redrive.

    Args:
        record: the run as it stands.
        resume: where the execution goes on.
        last_event: the id of the last event of its history.
        input, input_text: the execution's input (JSON value), and the text of it in the history.
        map_run: the first pass of the Map Run that is continued; None if a new one begins.
        map_run_redrives: how often that will have been redriven.
        redrive_count: the number of this redrive.
        total, keep: how many rows there are, and how many keep their result.
    """

    record: RunRecord
    resume: Resume
    last_event: int
    input: Any
    input_text: str
    map_run: MapRunPass | None
    map_run_redrives: int
    redrive_count: int
    total: int
    keep: int

    @property
    def again(self) -> int:
        """How many rows run again, or for the first time."""
        return self.total - self.keep


def plan_redrive(folder: RunFolder, record: RunRecord) -> RedrivePlan:
    """Return the plan for the redrive of a run.

    Args:
        folder: the run's.
        record: the run as it stands, recovered if its process died (see `recovery`).

    Raises:
        NotRedrivable: if the run cannot be redriven.
    """
    if (refusal := redrive_refusal(record)) is not None:
        raise NotRedrivable(refusal)
    if record.on_aws:
        raise NotRedrivable(f"The run is on AWS, which redrives it: {aws_redrive(record)}")
    events = list(folder.events())
    if not folder.definition_file.is_file() or not folder.input_file.is_file() or not events:
        raise NotRedrivable(
            f"The folder {folder.path} lacks files that a redrive needs (definition.json, input.csv, events.jsonl): "
            "the run ended before it had begun to process rows. Run the file again."
        )
    if not open_states(events):
        raise NotRedrivable("The run entered no state, or left every one. Run the file again.")
    if len(events) >= MAX_HISTORY_EVENTS - 1:
        raise NotRedrivable(
            f"The history has {len(events):,} events; AWS cannot redrive executions with 24,999 or more."
        )
    resume = resume_of(events)
    assert resume is not None  # noqa: S101 - a state is open
    definition = json.loads(folder.definition_file.read_bytes())
    resume = with_branches(resume, events, definition)
    _check_state(resume.state, definition)
    passes = _passes(events, record)
    map_run = passes[0] if passes else None
    # Of a Map Run that is continued, what an earlier one did does not count.
    index = ItemIndex(folder, since=map_run.redrive if map_run else 0)
    counts = index.counts(record.rows.total or record.row_count or 0)
    return RedrivePlan(
        record=record,
        resume=resume,
        last_event=int(events[-1]["id"]),
        input=HistoryEvent(events[0]).input,
        input_text=HistoryEvent(events[0]).details["input"],
        map_run=map_run,
        map_run_redrives=len(passes),
        redrive_count=record.redrive_count + 1,
        total=counts.total,
        keep=counts.succeeded if map_run else 0,
    )


def _check_state(name: str, definition: dict[str, Any]) -> None:
    state = definition["States"].get(name)
    if state is None:
        raise NotRedrivable(f"The definition has no state {name}, in which the run ended.")
    if state["Type"] == "Fail":
        raise NotRedrivable(
            f"The run ended in the Fail state {name}: a redrive enters it again, and it fails again. Correct what its "
            "error names, and run the file again."
        )


def _passes(events: list[dict[str, Any]], record: RunRecord) -> list[MapRunPass]:
    """Return the passes of the Map Run that is continued: AWS begins a new one after some errors, and so do we."""
    if record.status != INTERRUPTED and record.error in _NEW_MAP_RUN:
        return []
    passes = map_run_passes(events)
    return [one for one in passes if one.arn == passes[-1].arn]
