"""`verify RUN`: checks that each row of a run is in every place where it belongs, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli import exits
from simulator.cli.commands.failures.chosen_rows import read_accepted
from simulator.cli.exits import UsageError
from simulator.cli.options import Json, RunName  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.cli.output.text import status_piece
from simulator.pipeline.errors import CloudError
from simulator.pipeline.settings import Settings
from simulator.runs.failure_inbox.failed_row import State
from simulator.runs.failure_inbox.failure_inbox import FailureInbox
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.recovery import recovered
from simulator.runs.store import RunNotFound, RunStore
from simulator.runs.suggested_command import command
from simulator.runs.words import count

if TYPE_CHECKING:
    from collections import Counter

    from simulator.cli.output.terminal import Terminal
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord
    from simulator.verify.findings import Findings
    from simulator.verify.inbox_check import InboxCheck


def verify_command(
    run: RunName = "latest",
    database: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--database/--no-database", help="Compare with the database too.")
    ] = True,
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many disagreements to list.")] = 20,
    json: Json = None,
) -> None:
    """Compare all that a run left: its file, its rows, result files, audit items, failed rows and the database.

    Exit code 0: they agree; 1: they do not; 2: there is no such run, or it is still running; 3: the database of the run
    cannot be reached (--no-database leaves it out). Of a run on AWS the stack's reader is asked for the users' totals.
    If it cannot be asked, the database is left out, and the command says why.
    """
    with terminal(json=json) as term:
        store = Settings().home.known_runs
        try:
            folder = store.find(run)
        except RunNotFound as error:
            raise UsageError(str(error)) from None
        record = recovered(folder)
        if record.status == RUNNING:
            raise UsageError(f"The run {folder.name} is still running; verify it when it has ended.")
        inbox = _inbox_check(store, term)
        findings = _reconciled(store, folder, record, term, inbox, database=database)
        _report(term, folder, record, findings, inbox.states, limit=limit)
        told = _document(folder, record, findings, database=database)
        term.document({**told, "failedRows": {str(state): inbox.states[state] for state in State}})
        raise typer.Exit(exits.SUCCEEDED if findings.clean else exits.FAILED)


def _inbox_check(store: RunStore, term: Terminal) -> InboxCheck:
    from simulator.verify.inbox_check import InboxCheck  # noqa: PLC0415 - as below

    accepted = read_accepted(Settings().home, term)
    records = [recovered(folder) for folder in store.folders()]
    return InboxCheck(store, records, accepted, FailureInbox(store, records, accepted))


def _reconciled(
    store: RunStore, folder: RunFolder, record: RunRecord, term: Terminal, inbox: InboxCheck, *, database: bool
) -> Findings:
    from simulator.verify.reconcile import reconcile  # noqa: PLC0415 - slow imports that --help need not wait for

    if not database or record.map_run is None:
        return reconcile(folder, record, None, inbox=inbox)
    if record.on_aws:
        return _reconciled_on_aws(store, folder, record, term, inbox)

    import psycopg  # noqa: PLC0415 - as above

    from simulator.pipeline.servers import open_postgres  # noqa: PLC0415 - as above
    from simulator.postgres.server import database_id  # noqa: PLC0415 - as above
    from simulator.verify.database_check import stored_totals  # noqa: PLC0415 - as above

    term.say("opening the database")
    postgres = open_postgres(Settings())
    try:
        if record.database_id is not None and record.database_id != database_id(postgres.url):
            raise CloudError(
                f"The rows of this run are in another PostgreSQL ({record.database}) than the one that answers now "
                f"({postgres.display_url}), or that one was reset since. Set SIMULATOR_DATABASE_URL or SIMULATOR_HOME "
                "as they were for the run, or leave the database out with --no-database."
            )
        try:
            with stored_totals(postgres.url) as read:
                return reconcile(folder, record, read, shared_second=_shared_second(store, record), inbox=inbox)
        except psycopg.Error as error:
            raise CloudError(
                f"The database {postgres.display_url} cannot be read: {' '.join(str(error).split())}. "
                "Leave it out with --no-database."
            ) from error
    finally:
        postgres.close()


def _reconciled_on_aws(
    store: RunStore, folder: RunFolder, record: RunRecord, term: Terminal, inbox: InboxCheck
) -> Findings:
    """Reconcile with the totals that the stack's reader has; without them, and saying so, if it cannot be asked."""
    from simulator.deployed.reader_totals import reader_totals  # noqa: PLC0415 - boto3
    from simulator.fetch.errors import FetchError  # noqa: PLC0415 - as above
    from simulator.verify.reconcile import reconcile  # noqa: PLC0415 - as above

    term.say("asking the stack's reader for the users' totals")
    try:
        totals = reader_totals(record)
        return reconcile(folder, record, totals, shared_second=_shared_second(store, record), inbox=inbox)
    except FetchError as error:
        term.say(f"The database of this run is on AWS and cannot be asked, so it is left out: {error}")
        return reconcile(folder, record, None, inbox=inbox)


def _shared_second(store: RunStore, record: RunRecord) -> bool:
    """Tell whether another run's upload has the same time: times of uploads are whole seconds."""
    return any(
        other.name != record.name and other.source.uploaded_at == record.source.uploaded_at for other in store.records()
    )


def _report(
    term: Terminal, folder: RunFolder, record: RunRecord, findings: Findings, states: Counter[str], *, limit: int
) -> None:
    rows = record.rows
    term.fold(
        status_piece(record),
        f"  {folder.name}: {rows.total:,} rows = {rows.succeeded:,} succeeded + {rows.failed:,} failed"
        f" + {rows.pending:,} not done",
    )
    for place, number in findings.compared.items():
        term.say(f"  {place:<16} {number:,} compared")
    if states:
        term.fold(
            "failed rows: ", ", ".join(f"{states[state]:,} {state}" for state in State if states[state]), indent=2
        )
    for note in findings.notes:
        where = f"{count(note.rows, 'row')}, such as line {note.line}: " if note.rows else ""
        term.fold("note: ", f"{where}{note.message}", indent=2)
    if findings.clean:
        term.say(("Everything agrees.", "bold green"))
        return
    shown = findings.disagreements[:limit]
    term.say((f"\nDisagreements ({len(shown):,} of {findings.total:,})", "bold red"))
    for one in shown:
        row = f"line {one.line}, user {one.user!r}: " if one.line is not None else ""
        term.fold(row, (one.place, "red"), f": {one.message}", indent=2)
    line = next((one.line for one in shown if one.line is not None), None)
    if line is not None:
        term.say("\nEverything about this row: ", (command("show", folder.name, "--row", str(line)), "bold"))


def _document(folder: RunFolder, record: RunRecord, findings: Findings, *, database: bool) -> dict[str, Any]:
    return {
        "run": folder.name,
        "status": record.status,
        "clean": findings.clean,
        "rows": record.rows.model_dump(by_alias=True),
        "database": record.database if database else None,
        "compared": findings.compared,
        "disagreementCount": findings.total,
        "disagreements": [one.to_json() for one in findings.disagreements],
        "notes": [note.to_json() for note in findings.notes],
    }
