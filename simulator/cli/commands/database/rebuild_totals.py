"""`rebuild-totals --from-audit`: the users' totals from the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.examples import examples
from simulator.cli.exits import UsageError
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.pipeline.errors import CloudError
from simulator.pipeline.settings import Settings
from simulator.runs.store import RunStore
from simulator.runs.suggested_command import command
from simulator.runs.words import count

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.verify.audit_totals import AuditTrailTotals, Rebuilt

EPILOG = examples(
    "rebuild-totals --from-audit --dry-run", "rebuild-totals --from-audit", "rebuild-totals --from-audit --any-database"
)
SHOWN = 5


def rebuild_totals_command(
    from_audit: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--from-audit", help="Take them from the audit trail: the only source there is.")
    ] = False,
    any_database: Annotated[  # noqa: FBT002 - an option
        bool,
        typer.Option("--any-database", help="Take runs of another PostgreSQL too: of one that is lost."),
    ] = False,
    dry_run: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--dry-run", help="Change nothing; say what would be done.")
    ] = False,
    json: Json = None,
) -> None:
    """Rebuild the users' totals in PostgreSQL from the audit trail of all runs.

    Of each user the latest upload counts; totals of a later upload stay. The users must be in the table users. It is
    for the local cloud: a deployed database is restored to a moment (docs/operations.md, Restore).

    Exit code 0: done; 2: wrong usage; 3: the database cannot be reached.
    """
    with terminal(json=json) as term:
        if not from_audit:
            raise UsageError(f"Say from what: {command('rebuild-totals', '--from-audit')}")
        _rebuild(term, any_database=any_database, dry_run=dry_run)


def _rebuild(term: Terminal, *, any_database: bool, dry_run: bool) -> None:
    import psycopg  # noqa: PLC0415 - slow imports that --help need not wait for

    from simulator.pipeline.servers import open_postgres  # noqa: PLC0415 - as above
    from simulator.postgres.server import database_id  # noqa: PLC0415 - as above
    from simulator.verify.audit_totals import AuditTrailTotals, rebuild  # noqa: PLC0415 - as above

    settings = Settings()
    term.say("opening the database")
    postgres = open_postgres(settings)
    try:
        own = None if any_database else database_id(postgres.url)
        folders = _folders(RunStore(settings.home.runs), own)
        trail = AuditTrailTotals()
        for folder in folders:
            trail.take(folder)
        try:
            result = rebuild(postgres.url, trail.users, dry_run=dry_run)
        except psycopg.Error as error:
            raise CloudError(
                f"The totals in {postgres.display_url} cannot be rebuilt: {' '.join(str(error).split())}. If the "
                f"tables are not there yet, make them and load the users first: {command('users', 'load')} FILE"
            ) from error
    finally:
        postgres.close()
    _tell(term, len(folders), trail, result, dry_run=dry_run)
    term.document(
        {
            "runs": len(folders),
            "auditItems": trail.items,
            "users": len(trail.users),
            "changed": result.changed,
            "same": result.same,
            "newer": result.newer,
            "missing": result.missing,
            "dryRun": dry_run,
        }
    )


def _folders(store: RunStore, database: str | None) -> list[RunFolder]:
    """Return the runs to read.

    Raises:
        UsageError: there is none.
    """
    every = store.folders()
    found = [folder for folder in every if database is None or folder.record().database_id in (None, database)]
    if not every:
        raise UsageError("There is no run yet, and so no audit trail.")
    if not found:
        raise UsageError(
            f"{count(len(every), 'run')} wrote into another PostgreSQL than the one that answers now. If that one is "
            f"lost: {command('rebuild-totals', '--from-audit', '--any-database')}"
        )
    return found


def _tell(term: Terminal, runs: int, trail: AuditTrailTotals, result: Rebuilt, *, dry_run: bool) -> None:
    term.say(f"{count(trail.items, 'audit item')} of {count(runs, 'run')}: totals of {count(len(trail.users), 'user')}")
    term.say(f"  {result.changed:,} {'would be set' if dry_run else 'set'}")
    term.say(f"  {result.same:,} were right")
    if result.newer:
        term.say(f"  {result.newer:,} keep totals of a later upload")
    if result.missing:
        more = ", ..." if len(result.missing) > SHOWN else ""
        term.say(
            ("  note: ", "yellow"),
            f"{count(len(result.missing), 'user')} not in the table users: {', '.join(result.missing[:SHOWN])}{more}. "
            f"Load them with {command('users', 'load')} FILE, and repeat this, if they were not removed on purpose.",
        )
    if not dry_run:
        term.say("Compare a run with the database: ", (command("verify", "latest"), "bold"))
