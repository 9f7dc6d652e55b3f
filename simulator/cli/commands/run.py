"""`run FILE`: a CSV file goes through the whole pipeline."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.aws.asl.runtime.clock import RealClock, SkippingClock
from simulator.cli.exits import UsageError
from simulator.cli.following import follow, outcome
from simulator.cli.opening import load_sample_users, open_session
from simulator.cli.options import (
    Json,
    checked_faults,
    fault_plan,
)
from simulator.cli.output.progress import Pace
from simulator.cli.output.terminal import terminal
from simulator.cli.paths import readable_file, shown
from simulator.cli.upload_file import check_corrected_file, upload_file
from simulator.pipeline.provisioning import resource_name
from simulator.runs.words import count
from simulator.uploads.new_users import write_user_master

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.session import Session

MAX_KEY_BYTES = 1024


def run_command(  # noqa: PLR0917 - options, each by its name
    file: Annotated[str, typer.Argument(metavar="FILE", help="The CSV file to upload, here or in sample_data/.")],
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
    seed: Annotated[int, typer.Option("--seed", help="Chooses the rows of --fault share=...")] = 0,
    json: Json = False,  # noqa: FBT002 - an option
) -> None:
    """Upload a CSV file to the local S3, and follow it through validation and processing of each row.

    Exit code 0: the run succeeded; 1: it failed, or the file was rejected; 2: the file cannot be read, or its key
    starts nothing; 3: the local cloud could not start; 130: stopped by Ctrl-C.
    """
    with terminal(json=json) as term:
        source = readable_file(file)
        checked = _checked_key(key if key is not None else source.name)
        pace = Pace(f":{resource_name('Workflow')}:")
        clock = SkippingClock() if skip_waits else RealClock()
        specs = checked_faults(fault or [])
        try:
            with upload_file(source, term, convert=convert) as body:
                check_corrected_file(body, source, unchecked=unchecked)
                with open_session(term, pace, clock, fault_plan(specs, body, seed)) as session:
                    load_sample_users(session, term)
                    if create_users:
                        _create_users(session, body, term)
                    code = _run(session, body, checked, term, pace)
                    if clock.skipped_seconds:
                        term.say(f"skipped {clock.skipped_seconds:.0f} s of backoff and waits (--skip-waits)")
        except OSError as error:
            raise UsageError(f"{shown(source)} could not be uploaded: {error}") from error
        raise typer.Exit(code)


def _checked_key(key: str) -> str:
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise UsageError("The key is not valid text; give another with --key.") from None
    if not 1 <= size <= MAX_KEY_BYTES:
        raise UsageError(f"A key has 1 to {MAX_KEY_BYTES} bytes in UTF-8, not {size}.")
    return key


def _create_users(session: Session, body: Path, term: Terminal) -> None:
    from simulator.pipeline.migrator import UsersRefused  # noqa: PLC0415 - see open_session

    with tempfile.TemporaryDirectory(prefix="simulator-") as folder:
        master = Path(folder) / "users.csv"
        if write_user_master(body, master):
            try:
                created = session.migrator.load_users(master, only_new=True)
            except UsersRefused as error:
                raise UsageError(
                    f"The users of the file could not be created, and nothing was uploaded: {error}. Without "
                    "--create-users, only the rows of unknown users fail."
                ) from None
            term.say(f"created {count(created, 'user')} that the file names and the database lacked")


def _run(session: Session, body: Path, key: str, term: Terminal, pace: Pace) -> int:
    upload = session.upload(body, key)
    if not upload.started:
        raise UsageError(f"Nothing was started: s3://{upload.bucket}/{upload.key} was uploaded, but {upload.why_not}")
    running = session.wait_for_workflow(upload)
    term.say("run ", (running.name, "bold"), f"  (s3://{upload.bucket}/{upload.key})")
    return outcome(session, running, follow(running, pace, term), term)
