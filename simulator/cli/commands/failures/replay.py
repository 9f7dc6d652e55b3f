"""`replay RUN`: today's code on the recorded rows of a run. Nothing is written."""

from __future__ import annotations

import copy
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lambdas.shared.columns import COLUMNS
from simulator.cli import exits
from simulator.cli.commands.failures.column_value import column_and_value
from simulator.cli.commands.failures.recorded_line import row_on_line
from simulator.cli.examples import examples
from simulator.cli.exits import UsageError
from simulator.cli.options import Json, RunName  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.pipeline.settings import Settings
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.recovery import recovered
from simulator.runs.store import RunNotFound
from simulator.runs.words import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.replaying.recorded_rows import RecordedRow, RowOutcome
    from simulator.pipeline.replaying.replay import Replay
    from simulator.runs.folder.run_folder import RunFolder

    Call = Callable[[dict[str, Any], dict[str, Any], RowOutcome | None], RowOutcome]

EPILOG = examples(
    "replay latest --row 138", "replay latest --row 138 --set ログイン回数=12", "replay user-log-2025 --all"
)


def replay_command(  # noqa: PLR0917 - options, each by its name
    run: RunName,
    row: Annotated[
        int | None, typer.Option("--row", min=1, metavar="LINE", help="The row on this line of the file.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="COLUMN=VALUE", help="Another value for a column of it; may be repeated."),
    ] = None,
    state: Annotated[
        str | None,
        typer.Option("--state", metavar="NAME", help="One state of the workflow; with --row, one of that row's."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All rows: tells those that end in another way.")] = False,  # noqa: FBT002 - an option
    debugger: Annotated[bool, typer.Option("--debugger", help="Stops at the handler's first line, in pdb.")] = False,  # noqa: FBT002 - an option
    debugger_port: Annotated[
        int | None,
        typer.Option("--debugger-port", min=0, max=65535, help="Waits there for an IDE's debugger; 0: any free port."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many differences to list.")] = 20,
    json: Json = None,
) -> None:
    """Call the function, as its code is today, with the recorded event of a row, or of all rows of a run.

    The transaction is rolled back, and what is written to DynamoDB is caught. The user is put back to how the row had
    found them (in that transaction), so that only the code can make a difference.

    With --state, one state is run once, as TestState does, on its recorded input. --verbose shows its data flow.

    Exit code 0: all ends as recorded; 1: something does not (a row with --set is not compared); 2: the run has no
    such row or state, or did not record it; 3: there is no database.
    """
    with terminal(json=json) as term:
        if debugger and debugger_port is not None:
            raise UsageError("--debugger and --debugger-port exclude each other.")
        _check(row, state, set_ or [], every=every, debugger=debugger or debugger_port is not None, json=json)
        folder = _folder(run)
        if state is not None:
            from simulator.cli.commands.failures.replay_state import replay_state_command  # noqa: PLC0415 - slow to import

            raise typer.Exit(replay_state_command(term, folder, state, row))

        from simulator.pipeline.replaying.recorded_rows import recorded_rows  # noqa: PLC0415 - slow to import, as open_session
        from simulator.pipeline.replaying.replay import Replay  # noqa: PLC0415 - as above
        from simulator.pipeline.servers import open_postgres  # noqa: PLC0415 - as above

        known = recorded_rows(folder)
        chosen = known if every else [row_on_line(folder, known, row or 0)]
        if not chosen:
            raise UsageError(f"The run {folder.name} has recorded no row: its result files are not there, or empty.")
        postgres = open_postgres(Settings())
        try:
            with Replay(postgres.url) as replay:
                code = (
                    _all(term, folder, chosen, replay, limit)
                    if every
                    else _one(
                        term,
                        folder,
                        chosen[0],
                        replay,
                        changes=set_ or [],
                        call=_called(term, replay, debugger_port, debugger=debugger),
                    )
                )
        finally:
            postgres.close()
        raise typer.Exit(code)


def _check(
    row: int | None, state: str | None, changes: list[str], *, every: bool, debugger: bool, json: str | None
) -> None:
    if state is not None:
        if every or changes or debugger:
            raise UsageError("--state runs a state as it was recorded: leave --all, --set and --debugger out.")
        return
    if every == (row is not None):
        raise UsageError("Give --row LINE for one row, --all for all of them, or --state NAME for a state.")
    if every and (changes or debugger):
        raise UsageError("--set and --debugger are for one row: give --row LINE.")
    if debugger and json is not None:
        raise UsageError("--debugger talks to a person on stdout; leave --json out.")


def _folder(run: str) -> RunFolder:
    try:
        folder = Settings().home.known_runs.find(run)
    except RunNotFound as error:
        raise UsageError(str(error)) from None
    if recovered(folder).status == RUNNING:
        raise UsageError(f"The run {folder.name} is still running; replay it when it has ended.")
    return folder


def _changed(event: dict[str, Any], changes: list[str]) -> dict[str, Any]:
    changed = copy.deepcopy(event)
    for change in changes:
        column, value = column_and_value(change)
        changed[column.event_key] = value
    return changed


def _called(term: Terminal, replay: Replay, port: int | None, *, debugger: bool) -> Call:
    """Return how the row is called: plainly, in pdb, or once an IDE has come to the port."""
    if port is None:
        return replay.debug if debugger else replay.call
    from simulator.pipeline.replaying.ide_debugger import HOST, IdeDebugger  # noqa: PLC0415 - an extra

    ide = IdeDebugger(port)
    term.say(f"Waiting for an IDE's debugger on {HOST}:{ide.port}. In Visual Studio Code, .vscode/launch.json:")
    term.say(
        '  {"type": "debugpy", "request": "attach", "name": "replay", '
        f'"connect": {{"host": "{HOST}", "port": {ide.port}}}}}'
    )
    return partial(replay.debug, ide=ide)


def _one(term: Terminal, folder: RunFolder, row: RecordedRow, replay: Replay, *, changes: list[str], call: Call) -> int:
    event = _changed(row.event, changes)
    now = call(event, row.event, row.outcome)
    same = now == row.outcome
    term.say((f"{folder.name}, row {row.index}", "bold"))
    for column in COLUMNS:
        before, after = row.event.get(column.event_key), event.get(column.event_key)
        term.say(f"  {column.header}: {after!r}" + ("" if before == after else f"  (recorded: {before!r})"))
    term.say("  recorded  ", _words(row.outcome))
    term.say("  today     ", _words(now))
    caught = sum(map(_items, replay.caught))
    term.say(f"Nothing was written: the transaction was rolled back, and {count(caught, 'audit item')} caught.")
    if not changes and row.outcome is not None:
        term.say(("The same.", "bold green") if same else ("It ends in another way.", "bold red"))
    term.document(
        {
            "run": folder.name,
            "index": row.index,
            "event": event,
            "recorded": None if row.outcome is None else row.outcome.to_json(),
            "today": now.to_json(),
            "same": same,
            "caught": [{"operation": operation, "request": request} for operation, request in replay.caught],
        }
    )
    return exits.SUCCEEDED if same or changes or row.outcome is None else exits.FAILED


def _all(term: Terminal, folder: RunFolder, rows: list[RecordedRow], replay: Replay, limit: int) -> int:
    differences: list[tuple[RecordedRow, RowOutcome]] = []
    compared = [row for row in rows if row.outcome is not None]
    for row in compared:
        now = replay.call(row.event, row.event, row.outcome)
        if now != row.outcome:
            differences.append((row, now))
        term.pulse()
    for row, now in differences[:limit]:
        term.say((f"row {row.index}", "bold"), f", user {row.event.get(COLUMNS[0].event_key)!r}")
        term.say("  recorded  ", _words(row.outcome))
        term.say("  today     ", _words(now))
    if len(differences) > limit:
        term.say(f"and {len(differences) - limit:,} more: --limit {len(differences)}")
    left = len(rows) - len(compared)
    term.say(f"{count(len(compared), 'row')} replayed, {len(differences):,} end in another way; nothing was written.")
    if left:
        term.say(f"{count(left, 'row')} not compared: not done when the run ended, or lost to an outage.")
    term.document(
        {
            "run": folder.name,
            "replayed": len(compared),
            "notCompared": left,
            "differenceCount": len(differences),
            "differences": [
                {
                    "index": row.index,
                    "event": row.event,
                    "recorded": row.outcome.to_json() if row.outcome else None,
                    "today": now.to_json(),
                }
                for row, now in differences
            ],
        }
    )
    return exits.FAILED if differences else exits.SUCCEEDED


def _words(outcome: RowOutcome | None) -> str:
    if outcome is None:
        return "not done, or lost to an outage"
    return str(outcome.output) if outcome.error is None else f"{outcome.error}: {outcome.cause}"


def _items(call: tuple[str, dict[str, Any]]) -> int:
    operation, request = call
    tables = request.get("RequestItems") if operation == "BatchWriteItem" else None
    return sum(map(len, tables.values())) if isinstance(tables, dict) else 1
