"""`redrive RUN`: runs only the failed and never started rows of a failed run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulator.aws.asl.runtime.clock import RealClock, SkippingClock
from simulator.cli import exits
from simulator.cli.examples import examples
from simulator.cli.exits import UsageError
from simulator.cli.open_session import open_session
from simulator.cli.options import Engine, Json, RunName  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.cli.running import CloudAndListeners, redrive_in
from simulator.cli.through_cloud import play, running_cloud
from simulator.pipeline.listeners import Listeners
from simulator.pipeline.settings import Settings
from simulator.runs.recovery import recovered
from simulator.runs.redrive_plan import NotRedrivable, RedrivePlan, plan_redrive
from simulator.runs.store import RunNotFound
from simulator.runs.words import count

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.runs.folder.run_folder import RunFolder

EPILOG = examples(
    "redrive latest", "redrive latest --dry-run", "redrive user-log-2025 --yes --json", "redrive latest --yes --events"
)


def redrive_command(  # noqa: PLR0917 - options, each by its name
    run: RunName,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,  # noqa: FBT002 - an option
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,  # noqa: FBT002 - an option
    skip_waits: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--skip-waits", help="Waits and backoffs take no time.")
    ] = False,
    engine: Engine = None,
    events: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--events", help="Print what happens to stdout at once, one JSON object per line.")
    ] = False,
    json: Json = None,
) -> None:
    """Run the failed and the never started rows of a failed run again, as AWS does: same execution, same Map Run.

    Rows that succeeded keep their result; the others get their original input. The run's PostgreSQL must be the one
    that answers now. Exit codes as those of `run`; 2 also for a run that cannot be redriven.
    """
    with terminal(json=json, events=events) as term:
        if events and json is not None:
            raise UsageError("--events ends with the document that --json prints. Give one of them.")
        if events and dry_run:
            raise UsageError("--events tells what happens, and with --dry-run nothing does. Give one of them.")
        store = Settings().home.known_runs
        try:
            folder = store.find(run)
            plan = plan_redrive(folder, recovered(folder))
        except (RunNotFound, NotRedrivable) as error:
            raise UsageError(str(error)) from None
        _tell(term, folder, plan)
        if dry_run:
            term.document(_plan_document(plan))
            return
        if not yes and not _confirmed(term):
            term.say("Nothing was done.")
            raise typer.Exit(exits.FAILED)
        if (cloud := running_cloud(engine=engine)) is not None:
            if not skip_waits:
                raise typer.Exit(play(cloud, "redrive", json=json, events=events, run=folder.name))
            raise UsageError(
                f"--skip-waits takes a cloud of its own, and the one that is up at {cloud.url} has this run. "
                "Leave the option out, or end that cloud with the command down."
            )
        clock = SkippingClock() if skip_waits else RealClock()
        listeners = Listeners()
        with open_session(term, listeners, clock, engine=engine) as session:
            raise typer.Exit(redrive_in(CloudAndListeners(session, listeners), folder, plan, term))


def _tell(term: Terminal, folder: RunFolder, plan: RedrivePlan) -> None:
    term.say(
        f"{folder.name}: ",
        f"will run {plan.again:,} of {count(plan.total, 'row')} again; {plan.keep:,} keep their result",
    )
    if plan.map_run is None:
        term.say(f"No Map Run is continued: the execution goes on in the state {plan.resume.state}.")


def _plan_document(plan: RedrivePlan) -> dict[str, object]:
    return {
        "executionName": plan.record.name,
        "state": plan.resume.state,
        "total": plan.total,
        "again": plan.again,
        "keep": plan.keep,
        "redriveCount": plan.redrive_count,
    }


def _confirmed(term: Terminal) -> bool:
    if term.json or term.events:
        asked = "--events" if term.events else "--json"
        raise UsageError(f"{asked} does not ask: add --yes to redrive, or --dry-run to see what would be done.")
    try:
        return typer.confirm("Redrive it?", err=True)
    except typer.Abort:
        return False
