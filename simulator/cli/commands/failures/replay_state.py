"""`replay RUN --state NAME`: one state of today's workflow on its recorded input, as TestState runs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from simulator.cli import exits
from simulator.cli.commands.failures.recorded_line import row_on_line
from simulator.cli.exits import UsageError
from simulator.cli.output.text import shortened
from simulator.pipeline.replaying.recorded_rows import recorded_rows
from simulator.pipeline.replaying.recorded_states import StateNotRecordedError, comparable, states_entered
from simulator.pipeline.replaying.replay import Replay
from simulator.pipeline.replaying.state_test import replay_state, told
from simulator.pipeline.replaying.states_of_run import state_of_row, state_of_run
from simulator.pipeline.replaying.workflow import workflow_today
from simulator.pipeline.servers import open_postgres
from simulator.pipeline.settings import Settings
from simulator.runs.words import count

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.replaying.recorded_rows import RecordedRow
    from simulator.pipeline.replaying.recorded_states import RecordedState
    from simulator.pipeline.replaying.workflow import Workflow
    from simulator.runs.folder.run_folder import RunFolder

_LONGEST = 300


def replay_state_command(term: Terminal, folder: RunFolder, name: str, line: int | None) -> int:
    """Run a state, and show its end beside the recorded one.

    Args:
        term: shows it.
        folder: the run's.
        name: the state's.
        line: the row's line of the file, for a state of the Map's ItemProcessor; else None.

    Returns:
        The exit code: 0 if it ends as recorded, or if nothing has recorded its end; 1 if it ends in another way.

    Raises:
        UsageError: there is no such state today, or the run has not recorded it.
        CloudError: there is no database.
    """
    workflow = workflow_today()
    _check_state(workflow, name, line)
    row = None if line is None else row_on_line(folder, recorded_rows(folder), line)
    state = _recorded(folder, name, row)
    postgres = open_postgres(Settings())
    try:
        with Replay(postgres.url) as replay:
            source = folder.record().source
            if source is not None:
                replay.serve(source.bucket, source.key, folder.input_file)
            answer = replay_state(replay, workflow, state, row)
            caught = list(replay.caught)
    finally:
        postgres.close()
    return _tell(term, folder, state, answer, caught)


def _check_state(workflow: Workflow, name: str, line: int | None) -> None:
    state = workflow.state(name)
    if state is None:
        raise UsageError(f"The workflow has no state {name!r}. Its states are {', '.join(workflow.names)}.")
    if state.get("Type") == "Map":
        raise UsageError(
            f"{name} is a distributed Map: it is not run as one state. Give --all for all of its rows, or --row LINE "
            "for one."
        )
    if workflow.of_rows(name) and line is None:
        raise UsageError(f"{name} is run for each row: say for which, with --row LINE.")
    if not workflow.of_rows(name) and line is not None:
        raise UsageError(f"{name} is run once for the whole file: leave --row out.")


def _recorded(folder: RunFolder, name: str, row: RecordedRow | None) -> RecordedState:
    try:
        found = state_of_run(folder, name) if row is None else state_of_row(folder, row, name)
    except StateNotRecordedError as error:
        raise UsageError(str(error)) from None
    if found is None:
        if row is not None:
            raise UsageError(f"Row {row.index} of {folder.name} did not enter {name}.")
        entered = ", ".join(states_entered(folder.events())) or "none"
        raise UsageError(f"The run {folder.name} did not enter {name}. It entered {entered}.")
    return found


def _tell(
    term: Terminal,
    folder: RunFolder,
    state: RecordedState,
    answer: dict[str, Any],
    caught: list[tuple[str, dict[str, Any]]],
) -> int:
    today = told(answer)
    same = None if state.ended is None else comparable(state.ended) == comparable(today)
    term.say((f"{folder.name}, {state.name}", "bold"))
    term.detail("  input     ", json.dumps(state.input, ensure_ascii=False))
    for name, value in answer["inspectionData"].items():
        if name != "input":
            term.detail(f"  {name}  ", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    _tell_end(term, "recorded", state.ended)
    _tell_end(term, "today", today)
    term.say(f"Nothing was written: the transaction was rolled back, and {count(len(caught), 'call')} of AWS caught.")
    if same is None:
        term.say("Not compared: how it ended is not recorded, or it was lost to an outage.")
    else:
        term.say(("The same.", "bold green") if same else ("It ends in another way.", "bold red"))
    term.document(
        {
            "run": folder.name,
            "state": state.name,
            "input": state.input,
            "recorded": state.ended,
            "today": {**today, "inspectionData": answer["inspectionData"]},
            "same": same,
            "caught": [{"operation": operation, "request": request} for operation, request in caught],
        }
    )
    return exits.FAILED if same is False else exits.SUCCEEDED


def _tell_end(term: Terminal, title: str, ended: dict[str, Any] | None) -> None:
    if ended is None:
        term.say(f"  {title:<9} not recorded, or lost to an outage")
        return
    following = f", then {ended['nextState']}" if "nextState" in ended else ""
    term.say(f"  {title:<9} {ended['status']}{following}")
    shown = comparable(ended)
    if "error" in shown:
        term.say(f"    {shown['error']}: ", shortened(str(shown.get("cause", "")), _LONGEST))
    if "output" in shown:
        term.say("    output: ", shortened(json.dumps(shown["output"], ensure_ascii=False), _LONGEST))
