"""`run FILE...`: CSV files go through the whole pipeline."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.aws.asl.runtime.clock import RealClock, SkippingClock
from simulator.cli.exits import UsageError
from simulator.cli.open_session import open_session
from simulator.cli.options import (
    Engine,
    Json,
    checked_faults,
    fault_plan,
)
from simulator.cli.output.terminal import terminal
from simulator.cli.paths import files_to_run
from simulator.cli.policies import enforced_iam
from simulator.cli.running import CloudAndListeners, RunOptions, key_of, prepared, run_one, run_several
from simulator.cli.sources.stdin_file import stdin_as_file
from simulator.cli.sources.user_master import load_sample_users
from simulator.cli.through_cloud import run_there, running_cloud
from simulator.fault_injection.spec import FaultPlan
from simulator.pipeline.listeners import Listeners
from simulator.pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.engine.options import EngineName
    from simulator.cli.output.terminal import Terminal
    from simulator.fault_injection.spec import FaultSpec


def run_command(  # noqa: PLR0917 - options, each by its name
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="The CSV files to upload, here or in sample_data/; a folder: the CSV files in it; -: stdin.",
        ),
    ],
    key: Annotated[str | None, typer.Option("--key", help="The object's key in S3; the file's name if absent.")] = None,
    create_users: Annotated[  # noqa: FBT002 - an option
        bool,
        typer.Option("--create-users", help="First creates users that the file names and the database lacks."),
    ] = False,
    convert: Annotated[  # noqa: FBT002 - an option
        bool,
        typer.Option(
            "--convert/--no-convert", help="Convert a file that a spreadsheet saved (Shift_JIS, BOM) to UTF-8."
        ),
    ] = True,
    unchecked: Annotated[  # noqa: FBT002 - an option
        bool,
        typer.Option(
            "--unchecked", help="Upload a corrected failed-rows.csv although the run that it corrects is not here."
        ),
    ] = False,
    other_users: Annotated[  # noqa: FBT002 - an option
        bool,
        typer.Option("--other-users", help="A corrected row may be for another user than the row that it corrects."),
    ] = False,
    skip_waits: Annotated[  # noqa: FBT002 - an option
        bool,
        typer.Option("--skip-waits", help="Waits and backoffs take no time; the clock that states see still moves on."),
    ] = False,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault", metavar="SPEC", help="Injects a fault (the command faults lists them); may be repeated."
        ),
    ] = None,
    enforce_iam: Annotated[  # noqa: FBT002 - an option
        bool,
        typer.Option(
            "--enforce-iam", help="Refuse what the policies of the stack's template do not allow, as AWS would."
        ),
    ] = False,
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="FILE", help="The template for --enforce-iam; CDK makes one if absent."),
    ] = None,
    engine: Engine = None,
    seed: Annotated[int, typer.Option("--seed", help="Chooses the rows of --fault share=...")] = 0,
    events: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--events", help="Print what happens to stdout at once, one JSON object per line.")
    ] = False,
    json: Json = None,
) -> None:
    """Upload CSV files to the local S3, and follow each through validation and processing of each row.

    Several files run one after the other and get one summary. If the cloud of this home is up (see the command up),
    they run in it.

    Exit code 0: every run succeeded; 1: one failed, or a file was rejected; 2: the file cannot be read, or its key
    starts nothing; 3: the local cloud could not start; 130: stopped by Ctrl-C.
    """
    options = RunOptions(
        key=key, create_users=create_users, convert=convert, unchecked=unchecked, other_users=other_users
    )
    with terminal(json=json, events=events) as term, stdin_as_file(files, term) as named:
        if events and json is not None:
            raise UsageError("--events ends with the document that --json prints. Give one of them.")
        sources, several = files_to_run(named)
        if several and (key is not None or fault):
            raise UsageError("--key and --fault are for one file. Run it alone.")
        specs = checked_faults(fault or [])
        if template is not None and not enforce_iam:
            raise UsageError("--template is for --enforce-iam. Give both, or neither.")
        here = "--enforce-iam" if enforce_iam else _why_here(specs, skip_waits=skip_waits)
        if (cloud := running_cloud(engine=engine)) is not None:
            if here is None:
                raise typer.Exit(run_there(cloud, named, asdict(options), json=json, events=events))
            term.say(f"{here} takes a cloud of its own; the one that is up at {cloud.url} is not used.")
        clock = SkippingClock() if skip_waits else RealClock()
        opened = partial(_opened, template=template, enforce_iam=enforce_iam, engine=engine)
        plan = partial(fault_plan, specs, seed=seed)
        raise typer.Exit(_run_here(sources, options, term, clock, plan, opened, several=several))


def _why_here(specs: list[FaultSpec], *, skip_waits: bool) -> str | None:
    """Return the option for which a cloud of its own is opened; None if there is none."""
    return "--fault" if specs else "--skip-waits" if skip_waits else None


def _run_here(  # noqa: PLR0917 - each of another type
    sources: list[Path],
    options: RunOptions,
    term: Terminal,
    clock: Clock,
    plan: Callable[[Path], FaultPlan],
    opened: Callable[[Terminal, Clock, FaultPlan], AbstractContextManager[CloudAndListeners]],
    *,
    several: bool,
) -> int:
    """Open a cloud for these files, run them, and close it."""
    if several:
        for source in sources:
            key_of(source, options)
        with opened(term, clock, FaultPlan()) as cloud:
            code = run_several(cloud, sources, options, term)
            _tell_skipped(clock, term)
            return code
    (source,) = sources
    with prepared(source, options, term) as body, opened(term, clock, plan(body)) as cloud:
        code = run_one(cloud, source, body, options, term)
        _tell_skipped(clock, term)
        return code


@contextmanager
def _opened(
    term: Terminal,
    clock: Clock,
    plan: FaultPlan,
    *,
    template: Path | None,
    enforce_iam: bool,
    engine: EngineName | None,
) -> Iterator[CloudAndListeners]:
    listeners = Listeners()
    with ExitStack() as stack:
        enforced = enforced_iam(stack, term, template, Settings()) if enforce_iam else None
        session = stack.enter_context(open_session(term, listeners, clock, plan, enforced=enforced, engine=engine))
        load_sample_users(session, term)
        yield CloudAndListeners(session, listeners)


def _tell_skipped(clock: Clock, term: Terminal) -> None:
    if clock.skipped_seconds:
        term.say(f"skipped {clock.skipped_seconds:.0f} s of backoff and waits (--skip-waits)")
