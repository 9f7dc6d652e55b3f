"""What a run recorded of the states of its workflow, and of those of its rows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from simulator.pipeline.checking import NOWHERE, NoFunctions
from simulator.pipeline.errors import CloudError
from simulator.pipeline.replaying.recorded_states import (
    CAUGHT,
    SUCCEEDED,
    RecordedState,
    StateNotRecordedError,
    recorded_state,
)
from simulator.pipeline.replaying.state_test import state_test, told
from simulator.pipeline.replaying.workflow import Workflow
from simulator.runs.folder.child_histories import child_histories
from simulator.runs.folder.history_reader import map_run_passes
from simulator.runs.folder.times import moment_text
from simulator.runs.row_story import row_story

if TYPE_CHECKING:
    from simulator.pipeline.replaying.recorded_rows import RecordedRow
    from simulator.runs.folder.run_folder import RunFolder

_ALL_USED: Final = 100_000
"""More retries than any retrier has."""


def state_of_run(folder: RunFolder, name: str) -> RecordedState | None:
    """Return a state of a run's own history; None if the run did not enter it.

    Raises:
        StateNotRecordedError: see recorded_state.
    """
    record = folder.record()
    execution = {"Id": record.arn, "Name": record.name, **({"StartTime": record.started} if record.started else {})}
    return recorded_state(folder.events(), name, execution=execution, machine=_machine(record.arn, record.machine))


def state_of_row(folder: RunFolder, row: RecordedRow, name: str) -> RecordedState | None:
    """Return a state of a row's child execution; None if it is known that the child did not enter it.

    STANDARD children have a history. Of an EXPRESS child, input and end are recorded, so these states are known: the
    first one, and that to which its Catch led.

    Raises:
        StateNotRecordedError: the child has no history, and the state is another one.
    """
    record = folder.record()
    machine = _machine(record.arn, record.machine)
    execution = {"Id": row.arn, "Name": row.arn.rpartition(":")[2]}
    for one in reversed(map_run_passes(folder.events())):
        child = child_histories(folder, one.arn, ()).get(row.index)
        if child is not None and child.events:
            return recorded_state(child.events, name, execution=execution, machine=machine)
    if row.in_batch:
        raise StateNotRecordedError(
            f"The rows of {folder.name} were run in batches: a state's input was a batch, not a row. "
            "To call the function with the row alone, leave the state out."
        )
    known = _of_express_child(folder, row)
    found = next((one for one in known if one.name == name), None)
    if found is None:
        raise StateNotRecordedError(
            f"The rows of {folder.name} are EXPRESS child executions, which keep no history. Of row {row.index} the "
            f"input of {' and '.join(one.name for one in known)} is known, and of no other state."
        )
    now = moment_text(datetime.now(UTC))
    context = {
        "Execution": {**execution, "Input": row.event},
        "State": {"Name": name, "EnteredTime": now, "RetryCount": found.retries},
        "StateMachine": machine,
    }
    return replace(found, context=context)


def _of_express_child(folder: RunFolder, row: RecordedRow) -> list[RecordedState]:
    """Return the first state of a row's child, and the one to which its Catch led, if it did.

    The child's own error is that of its first state. What the workflow that was run made of that error, TestState
    tells, with the error as a mock.

    Raises:
        StateNotRecordedError: the run's definition is not there, or has no ItemProcessor.
    """
    try:
        workflow = Workflow(folder.definition_file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StateNotRecordedError(f"The run's workflow, {folder.definition_file}, cannot be read: {error}") from None
    processor = workflow.processor or {}
    name = processor.get("StartAt")
    start = workflow.state(name) if isinstance(name, str) else None
    if start is None or not isinstance(name, str):
        raise StateNotRecordedError(f"The workflow in {folder.definition_file} has no Map with an ItemProcessor.")
    ended: dict[str, Any] | None = None
    if row.error is not None:
        ended = _failed(workflow, name, row)
    elif row.outcome is not None and start.get("End") is True:
        ended = {"status": SUCCEEDED, "output": row.outcome.output}
    first = RecordedState(
        name=name,
        input=row.event,
        retries=_retries(folder, row),
        ended=None if row.outcome is None else ended,
    )
    if ended is None or ended["status"] != CAUGHT:
        return [first]
    return [first, RecordedState(name=ended["nextState"], input=ended["output"])]


def _failed(workflow: Workflow, name: str, row: RecordedRow) -> dict[str, Any] | None:
    given = {"error": row.error, "cause": row.cause}
    request = {
        "definition": workflow.definition,
        "stateName": name,
        "input": json.dumps(row.event, ensure_ascii=False),
        "mock": {"errorOutput": {key: value for key, value in given.items() if value}},
        "stateConfiguration": {"retrierRetryCount": _ALL_USED},
    }
    try:
        answer = state_test(request, functions=NoFunctions(), endpoint=NOWHERE)
    except CloudError:  # a state that takes no mock: then nothing tells whose error it is
        return None
    return told(answer)


def _retries(folder: RunFolder, row: RecordedRow) -> int:
    story = row_story(folder, index=row.index)
    attempts = story.items[-1].get("attempts") if story is not None and story.items else None
    return max(0, attempts - 1) if isinstance(attempts, int) else 0


def _machine(arn: str, name: str) -> dict[str, Any]:
    return {"Id": arn.replace(":execution:", ":stateMachine:").rpartition(":")[0], "Name": name}
