"""`stop`, `pause`, `resume`, `update`: a run that goes on in another process is steered."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli import exits
from simulator.cli.exits import UsageError
from simulator.cli.options import Json, RunName  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.pipeline.settings import Settings
from simulator.pipeline.steering.orders import BadOrder, Order
from simulator.pipeline.steering.port import Refused
from simulator.pipeline.steering.steering import steer
from simulator.runs.recovery import recovered
from simulator.runs.store import RunNotFound
from simulator.runs.suggested_command import command
from simulator.runs.words import count

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.runs.folder.run_folder import RunFolder

STOPPED = "ABORTED"


def stop_command(
    run: RunName,
    error: Annotated[str | None, typer.Option("--error", help="The error that the history records.")] = None,
    cause: Annotated[str | None, typer.Option("--cause", help="The reason that the history records.")] = None,
    json: Json = None,
) -> None:
    """Stop a run, as StopExecution does: the execution, its Map Run and the rows that run end as ABORTED.

    It can be redriven. Exit code 0: it is stopped; 1: it ended in another way meanwhile; 2: there is no such run, or it
    does not run (any more); 3: its process does not answer.
    """
    with terminal(json=json) as term:
        folder = _found(run)
        _steered(folder, kind="stop", error=error, cause=cause or f"Stopped by {_person()} with the command stop.")
        record = recovered(folder)
        term.document({"run": folder.name, "status": record.status, "rows": record.rows.model_dump(by_alias=True)})
        if record.status != STOPPED:
            term.say(f"{folder.name} ended as {record.status} before it could be stopped.")
            raise typer.Exit(exits.FAILED)
        rows = record.rows
        term.say(
            ("Stopped", "bold"),
            f"  {folder.name}: {rows.succeeded:,} of {count(rows.total, 'row')} succeeded, {rows.failed:,} failed, "
            f"{rows.pending:,} not done",
        )
        if record.map_run is not None:
            term.say("The rest can be run later: ", (command("redrive", folder.name), "bold"))


def pause_command(run: RunName, json: Json = None) -> None:
    """Begin no more rows of a run until `resume`; rows that have begun are finished, and its time limits go on.

    Only the simulator can do so: Step Functions has no pause, so the history does not tell of it. Exit codes as those
    of `stop`.
    """
    _pause(run, json=json, kind="pause")


def resume_command(run: RunName, json: Json = None) -> None:
    """Let a run that is paused go on. Exit codes as those of `stop`."""
    _pause(run, json=json, kind="resume")


def update_command(
    run: RunName,
    max_concurrency: Annotated[
        int | None,
        typer.Option("--max-concurrency", min=0, help="How many rows run at once; 0: as many as there may be."),
    ] = None,
    tolerated_failures: Annotated[
        int | None, typer.Option("--tolerated-failures", min=0, help="How many rows may fail.")
    ] = None,
    tolerated_failure_percentage: Annotated[
        float | None,
        typer.Option("--tolerated-failure-percentage", min=0, max=100, help="How many of 100 rows may fail."),
    ] = None,
    json: Json = None,
) -> None:
    """Change the Map Run of a run that goes on, as UpdateMapRun does; what is not given stays.

    The Map Run shows the new values; the history has no event of it, as on AWS. A tolerance that is already exceeded
    fails the run at once. Exit codes as those of `stop`.
    """
    with terminal(json=json) as term:
        folder = _found(run)
        answer = _steered(
            folder,
            kind="update",
            max_concurrency=max_concurrency,
            tolerated_count=tolerated_failures,
            tolerated_percentage=tolerated_failure_percentage,
        )
        _tell_settings(term, folder, answer)
        term.document({"run": folder.name, **answer})


def _pause(run: str, *, json: str | None, kind: str) -> None:
    with terminal(json=json) as term:
        folder = _found(run)
        answer = _steered(folder, kind=kind)
        if kind == "pause":
            term.say(
                ("Paused", "bold"), f"  {folder.name}: no more rows are begun. AWS has no pause: its time limits go on."
            )
            term.say("Let it go on: ", (command("resume", folder.name), "bold"))
        else:
            term.say(("Going on", "bold"), f"  {folder.name}")
        term.document({"run": folder.name, **answer})


def _tell_settings(term: Terminal, folder: RunFolder, answer: dict[str, Any]) -> None:
    percentage, failures = answer["toleratedFailurePercentage"], answer["toleratedFailureCount"]
    term.say(
        ("Changed", "bold"),
        f"  {folder.name}: {answer['maxConcurrency'] or 'as many as there may be'} rows at once; tolerated failures: "
        f"{percentage:g} %, {count(failures, 'row')} (0 if it is not set)",
    )


def _found(run: str) -> RunFolder:
    try:
        return Settings().home.known_runs.find(run)
    except RunNotFound as error:
        raise UsageError(str(error)) from None


def _steered(folder: RunFolder, **values: Any) -> dict[str, Any]:
    try:
        return steer(folder, Order(run=folder.name, **values))
    except (BadOrder, Refused) as error:
        raise UsageError(str(error)) from None


def _person() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
