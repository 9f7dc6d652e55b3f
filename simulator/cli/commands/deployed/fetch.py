"""`fetch`: brings runs of a deployed stack into run folders."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from simulator.cli import exits
from simulator.cli.commands.deployed.stack_options import (  # noqa: TC001 - typer reads the annotations
    EndpointUrl,
    FoundRegion,
    Profile,
)
from simulator.cli.examples import examples
from simulator.cli.exits import UsageError
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.report import document, headline, report
from simulator.cli.output.terminal import terminal
from simulator.fetch.errors import FetchError
from simulator.fetch.span import BadSpan, parse_span
from simulator.pipeline.errors import CloudError
from simulator.pipeline.settings import Settings
from simulator.runs.folder.run_lock import RunBusy
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from simulator.cli.output.terminal import Terminal
    from simulator.fetch.stack_fetch import Round, StackFetch

EPILOG = examples(
    "fetch --stack UserLogPipeline --since 12h",
    "fetch --stack UserLogPipeline --follow",
    "fetch arn:aws:states:ap-northeast-1:123456789012:execution:csv-user-log-processor:NAME",
)
FOLLOW_SECONDS = 10.0
Looked = TypeVar("Looked")


def fetch_command(  # noqa: PLR0917 - options, each by its name
    execution: Annotated[
        str | None, typer.Argument(metavar="[EXECUTION_ARN]", help="The ARN of one execution of the workflow.")
    ] = None,
    stack: Annotated[
        str | None,
        typer.Option("--stack", metavar="NAME", help="All runs of a stack (or of a workflow, by its ARN)."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="SPAN", help="With --stack: what runs, or ended within 30m, 12h or 1d (1d)."),
    ] = None,
    follow: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--follow", help="Go on until Ctrl-C (a single run: until it has ended).")
    ] = False,
    region: FoundRegion = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    logs: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--logs/--no-logs", help="Read the functions' logs too: how often each row was tried.")
    ] = True,
    json: Json = None,
) -> None:
    """Bring runs of a deployed stack here, for show, verify and the pages. AWS is only read.

    The credentials are your own, as those of the AWS CLI. Fetching again reads only what is new.
    Exit code 0: all were fetched; 1: some could not be; 2: wrong usage; 3: AWS cannot be read.
    """
    with terminal(json=json) as term:
        if (execution is None) == (stack is None):
            raise UsageError("Give the ARN of one execution, or --stack NAME for all runs of a stack.")
        if since is not None and stack is None:
            raise UsageError("--since is for --stack: an execution is named by its ARN.")
        span = _span(since or "1d")
        try:
            opened = _opened(execution, stack, region=region, profile=profile, endpoint_url=endpoint_url, logs=logs)
            if execution is not None:
                _one(term, opened, execution, follow=follow)
            else:
                raise typer.Exit(_all(term, opened, span, follow=follow))
        except FetchError as error:
            raise CloudError(str(error)) from error
        except RunBusy as error:
            raise UsageError(f"{error}: it is being fetched already.") from None
        except OSError as error:
            raise CloudError(f"The run folder cannot be written: {error}") from error


def _span(text: str) -> timedelta:
    try:
        return parse_span(text)
    except BadSpan as error:
        raise UsageError(f"--since {error}") from None


def _opened(
    execution: str | None,
    stack: str | None,
    *,
    region: str | None,
    profile: str | None,
    endpoint_url: str | None,
    logs: bool,
) -> StackFetch:
    from simulator.fetch.deployment import region_of, target_of, workflow_of  # noqa: PLC0415 - as above
    from simulator.fetch.operator import Operator  # noqa: PLC0415 - as above
    from simulator.fetch.stack_fetch import StackFetch  # noqa: PLC0415 - as above

    named = execution or stack or ""
    try:
        workflow = workflow_of(named) if execution else ""
    except FetchError as error:
        raise UsageError(str(error)) from None
    operator = Operator(region_of(named) or region, profile=profile, endpoint_url=endpoint_url)
    if not execution:
        target = target_of(operator, named)
        workflow, stack = target.workflow, target.title
    return StackFetch(operator, workflow, Settings().home.aws, stack=stack or "", logs=logs)


def _one(term: Terminal, fetch: StackFetch, arn: str, *, follow: bool) -> None:
    term.say("reading AWS (nothing is changed there)")
    record = fetch.fetch(arn)
    while follow and record.status == RUNNING:
        headline(term, record)
        time.sleep(FOLLOW_SECONDS)
        record = _patiently(term, lambda: fetch.fetch(arn)) or record
    folder = fetch.store.folder(record.name)
    report(term, folder, record)
    term.document(document(folder, record))


def _all(term: Terminal, fetch: StackFetch, span: timedelta, *, follow: bool) -> int:
    done = fetch.round(span, term.say)
    _tell(term, done)
    while follow:
        time.sleep(FOLLOW_SECONDS)
        later = _patiently(term, lambda: fetch.round(span, term.say))
        if later is not None:
            _tell(term, later)
    left = f", {done.unread} not tried" if done.unread else ""
    term.say(
        f"{len(done.runs)} fetched, {done.current} had nothing new, {len(done.problems)} could not be fetched{left}"
    )
    if done.runs:
        term.say("Look at the newest: ", (command("show", done.runs[-1].name), "bold"))
    term.document(
        {
            "runs": [document(fetch.store.folder(record.name), record) for record in done.runs],
            "current": done.current,
            "problems": done.problems,
            "unread": done.unread,
        }
    )
    return exits.FAILED if done.problems else exits.SUCCEEDED


def _patiently(term: Terminal, look: Callable[[], Looked]) -> Looked | None:
    """Return what a look at AWS brings; None if the network is away: the next look may bring it."""
    try:
        return look()
    except FetchError as error:
        if error.kind != "network":
            raise
        term.say(("Problem: ", "red"), f"{error} Trying again in {FOLLOW_SECONDS:g} s.")
        return None


def _tell(term: Terminal, done: Round) -> None:
    for record in done.runs:
        term.say((record.name, "bold"))
        headline(term, record)
    for problem in done.problems:
        term.say(("Problem: ", "red"), problem)
