"""`compare`: which rows changed between two runs, and what differs between a run here and one on AWS."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli import exits
from simulator.cli.commands.deployed.stack_options import (  # noqa: TC001 - typer reads the annotations
    EndpointUrl,
    FoundRegion,
    Profile,
)
from simulator.cli.examples import examples
from simulator.cli.exits import UsageError
from simulator.cli.options import Json, RunName  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.cli.output.text import shortened
from simulator.compare.differences import Differences
from simulator.compare.executions import compare_ends, compare_executions
from simulator.compare.rows import compare_rows
from simulator.compare.saved_files import BadFiles, side_of_files
from simulator.compare.side import side_of_run
from simulator.pipeline.errors import CloudError
from simulator.pipeline.settings import Settings
from simulator.runs.folder.run_lock import RunBusy
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.recovery import recovered
from simulator.runs.store import RunNotFound

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

EPILOG = examples(
    "compare user-log-20251128-101500 latest",
    "compare latest --execution-arn arn:aws:states:ap-northeast-1:123456789012:execution:csv-user-log-processor:NAME",
    "compare latest --files saved/",
)
_SHOWN = 160


def compare_command(  # noqa: PLR0917 - options, each by its name
    run: RunName,
    other: Annotated[
        str | None, typer.Argument(metavar="[RUN2]", help="The run to compare it with: its rows, one by one.")
    ] = None,
    execution_arn: Annotated[
        str | None,
        typer.Option("--execution-arn", metavar="ARN", help="Compare with an execution on AWS, which is fetched."),
    ] = None,
    files: Annotated[
        Path | None,
        typer.Option("--files", metavar="FOLDER", help="Compare with files that the AWS CLI has saved."),
    ] = None,
    region: FoundRegion = None,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many differences of a kind to list.")] = 5,
    json: Json = None,
) -> None:
    """Tell what differs between two runs, or between a run here and one on AWS. Ids and times are left out.

    Exit code 0: nothing differs; 1: something does; 2: there is no such run, or it is still running; 3: AWS cannot be
    read.
    """
    with terminal(json=json) as term:
        if [other, execution_arn, files].count(None) != 2:  # noqa: PLR2004 - one of three
            raise UsageError("Give one thing to compare the run with: RUN2, --execution-arn ARN or --files FOLDER.")
        if execution_arn is None and any((region, profile, endpoint_url)):
            raise UsageError("--region, --profile and --endpoint-url are for --execution-arn.")
        left, record = _ended(run)
        differences, name = Differences(), ""
        if other is not None:
            right, other_record = _ended(other)
            name = right.name
            compare_ends(record, other_record, differences)
            compare_rows(left, right, differences)
            if record.definition_sha256 != other_record.definition_sha256:
                differences.note("The two runs have different workflow definitions.")
        elif execution_arn is not None:
            right, other_record = _fetched(term, execution_arn, region, profile, endpoint_url)
            name = f"{right.name} on AWS"
            compare_rows(left, right, differences)
            compare_executions(
                side_of_run(left, record, left.name), side_of_run(right, other_record, name), differences
            )
        elif files is not None:
            name = f"the files in {files}"
            try:
                side, notes = side_of_files(files)
            except BadFiles as error:
                raise UsageError(str(error)) from None
            for note in notes:
                differences.note(note)
            compare_executions(side_of_run(left, record, left.name), side, differences)
        _report(term, left.name, name, differences, limit, rows_only=other is not None)
        term.document(_document(left.name, name, differences))
        raise typer.Exit(exits.FAILED if differences.total else exits.SUCCEEDED)


def _ended(name: str) -> tuple[RunFolder, RunRecord]:
    try:
        folder = Settings().home.known_runs.find(name)
    except RunNotFound as error:
        raise UsageError(str(error)) from None
    record = recovered(folder)
    if record.status == RUNNING:
        raise UsageError(f"The run {folder.name} is still running; compare it when it has ended.")
    return folder, record


def _fetched(
    term: Terminal, arn: str, region: str | None, profile: str | None, endpoint_url: str | None
) -> tuple[RunFolder, RunRecord]:
    from simulator.fetch.deployment import region_of, workflow_of  # noqa: PLC0415 - slow imports
    from simulator.fetch.errors import FetchError  # noqa: PLC0415 - as above
    from simulator.fetch.operator import Operator  # noqa: PLC0415 - as above
    from simulator.fetch.stack_fetch import StackFetch  # noqa: PLC0415 - as above

    try:
        workflow = workflow_of(arn)
    except FetchError as error:
        raise UsageError(str(error)) from None
    term.say("reading AWS (nothing is changed there)")
    try:
        operator = Operator(region_of(arn) or region, profile=profile, endpoint_url=endpoint_url)
        fetch = StackFetch(operator, workflow, Settings().home.aws)
        record = fetch.fetch(arn)
    except FetchError as error:
        raise CloudError(str(error)) from error
    except RunBusy as error:
        raise UsageError(f"{error}: it is being fetched already.") from None
    except OSError as error:
        raise CloudError(f"The run folder cannot be written: {error}") from error
    if record.status == RUNNING:
        raise UsageError(f"The execution {arn} is still running; compare it when it has ended.")
    return fetch.store.folder(record.name), record


def _report(term: Terminal, left: str, right: str, differences: Differences, limit: int, *, rows_only: bool) -> None:
    here, there = ("first ", "second") if rows_only else ("here  ", "there ")
    term.say(f"{here} ", (left, "bold"))
    term.say(f"{there} ", (right, "bold"))
    compared = ", ".join(f"{number:,} {what}" for what, number in differences.compared.items())
    term.fold(f"compared: {compared or 'nothing'}; ids, times, accounts and regions are left out")
    for note in differences.notes:
        term.fold(("note  ", "yellow"), note)
    if not differences.total:
        term.say(("Nothing differs.", "bold green"))
        return
    for rule, (count, kept) in differences.by_rule().items():
        term.say(f"\n{count:,} x ", (rule, "bold red"))
        for one in kept[:limit]:
            term.fold(one.where, indent=2)
            term.fold(f"{here} {_shown(one.left)}", indent=4)
            term.fold(f"{there} {_shown(one.right)}", indent=4)
        if count > limit:
            term.say(f"  and {count - min(limit, count):,} more (--limit)")


def _shown(value: Any) -> str:
    return "-" if value is None else shortened(str(value), _SHOWN)


def _document(left: str, right: str, differences: Differences) -> dict[str, Any]:
    return {
        "left": left,
        "right": right,
        "same": differences.total == 0,
        "compared": differences.compared,
        "differenceCount": differences.total,
        "rules": [
            {"rule": rule, "count": count, "differences": [one.to_json() for one in kept]}
            for rule, (count, kept) in differences.by_rule().items()
        ],
        "notes": differences.notes,
    }
