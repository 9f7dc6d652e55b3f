"""Options of commands: those that several have, and the faults of `run --fault`, which are compared with the file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from lambdas.shared.csv_dialect import RecordTooLongError, decode, records
from simulator.aws.engine.options import EngineName
from simulator.cli.exits import UsageError
from simulator.cli.paths import shown
from simulator.csv_files.encoding import read_chunks
from simulator.fault_injection.spec import BadFault, FaultPlan, parse_fault
from simulator.pipeline.errors import CloudError
from simulator.pipeline.settings import Settings
from simulator.runs.store import LATEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from simulator.fault_injection.spec import FaultSpec

Json = Annotated[
    str | None,
    typer.Option(
        "--json",
        metavar="[FIELDS]",
        help="Print one JSON document to stdout: all of it, or the fields named, such as status,rows.failed.",
    ),
]

Engine = Annotated[
    EngineName | None,
    typer.Option(
        "--engine",
        help="What plays S3, DynamoDB and SQS: moto (the default), or roto, which is faster and an extra.",
        show_choices=True,
    ),
]
"""None: as SIMULATOR_AWS_ENGINE says."""


def _run_names(incomplete: str) -> list[str]:
    """Return the names of runs that begin so, for a shell's completion."""
    try:
        names = [folder.name for folder in Settings().home.known_runs.folders()]
    except CloudError:
        return []
    return [name for name in (LATEST, *names) if name.startswith(incomplete)]


RunName = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run's name, the beginning of it, or [bold]latest[/bold].",
        autocompletion=_run_names,
    ),
]


def checked_faults(texts: Sequence[str]) -> list[FaultSpec]:
    """Read the SPECs of `--fault`.

    Raises:
        UsageError: it cannot be read, or cannot be done here.
    """
    try:
        specs = [parse_fault(text) for text in texts]
    except BadFault as error:
        raise UsageError(str(error)) from None
    twice = [text for text, times in Counter(texts).items() if times > 1]
    if twice:
        raise UsageError(f"--fault {twice[0]!r} is given twice.")
    outage = next((spec for spec in specs if spec.kind == "database"), None)
    if outage is not None and Settings().database_url is not None:
        raise UsageError(
            f"--fault {outage.text!r}: the PostgreSQL that SIMULATOR_DATABASE_URL names does not belong to the "
            "simulator, so it cannot be stopped. Unset the variable to use the embedded PostgreSQL."
        )
    return specs


def fault_plan(specs: Sequence[FaultSpec], file: Path, seed: int) -> FaultPlan:
    """Return the faults to inject in a run of `file`.

    Raises:
        UsageError: no row begins on a line that is named.
        OSError: the file cannot be read.
    """
    wanted = {spec.values["row"]: spec for spec in specs if spec.values.get("row") is not None}
    lines, whole = _lines(file, set(wanted)) if wanted else ({}, True)
    for line in sorted(set(wanted) - set(lines)):
        if whole:  # else the validator will refuse the file
            raise UsageError(f"--fault {wanted[line].text!r}: no row of {shown(file)} begins on line {line}.")
    return FaultPlan(specs=specs, lines=lines, seed=seed)


def _lines(file: Path, wanted: set[int]) -> tuple[dict[int, int], bool]:
    """Return line -> index for the wanted lines, and whether the file could be read to its end."""
    found: dict[int, int] = {}
    try:
        for position, record in enumerate(records(decode(read_chunks(file)))):
            if position and record.line in wanted:
                found[record.line] = position - 1
    except (UnicodeDecodeError, RecordTooLongError):
        return found, False
    return found, True
