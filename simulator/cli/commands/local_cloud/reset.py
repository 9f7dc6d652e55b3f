"""`reset`: back to a fresh clone."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.exits import UsageError
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.cli.paths import shown
from simulator.pipeline.local_cloud.cloud_files import CloudFiles
from simulator.pipeline.settings import Settings
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.store import RunStore
from simulator.runs.suggested_command import command
from simulator.runs.words import count

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.settings import HomeFolder


def reset_command(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,  # noqa: FBT002 - an option
    json: Json = None,
) -> None:
    """Delete all runs and the embedded database. A database server of your own is never touched."""
    with terminal(json=json) as term:
        settings = Settings()
        home = settings.home
        store = RunStore(home.runs)
        if (files := CloudFiles(home.path)).lives():
            raise UsageError(
                f"The local cloud is up (process {files.read().get('pid', 'unknown')}) and uses them. End it first: "
                f"{command('down')}"
            )
        kept = (home.runs, home.postgres, home.jobs, home.orphan_audit, home.cloud, home.steering)
        ours = [path for path in kept if path.exists() or path.is_symlink()]
        if settings.database_url is not None:
            term.say(
                "SIMULATOR_DATABASE_URL is set: that server does not belong to the simulator, and its tables stay."
            )
        if not ours:
            term.say(f"There is nothing to delete in {shown(home.path)}.")
        else:
            _check_idle(store)
            term.say(f"This deletes {count(len(store.folders()), 'run')} and the embedded database{_and_cloud(home)}:")
            for path in ours:
                term.say(f"  {path}")
            _confirm(term, yes=yes)
            _delete(home, ours)
            term.say("Done.")
        if home.accepted_rows.path.exists():
            term.say(f"{shown(home.accepted_rows.path)} stays: it says which failed rows were accepted, and why.")
        term.document({"deleted": [str(path) for path in ours], "externalDatabase": settings.database_url is not None})


def _and_cloud(home: HomeFolder) -> str:
    return ", and the objects, items and executions of the local cloud" if home.cloud.exists() else ""


def _check_idle(store: RunStore) -> None:
    going_on = [record.name for record in store.records() if record.status == RUNNING]
    if going_on:
        raise UsageError(f"A run is going on ({going_on[0]}). Stop it or wait for its end, then run reset again.")


def _confirm(term: Terminal, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("reset asks before it deletes, and there is no terminal to answer: add --yes.")
    term.console.print("Delete them? [y/N] ", end="")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("Nothing was deleted.")


def _delete(home: HomeFolder, ours: list[Path]) -> None:
    """Delete the simulator's own files in its home and nothing else; a link is unlinked, never followed."""
    from simulator.postgres.cluster import PostgresCluster  # noqa: PLC0415 - slow to import, see open_session
    from simulator.postgres.users import PostgresUsers  # noqa: PLC0415 - as above

    try:
        if home.postgres.is_dir() and not home.postgres.is_symlink():
            users = PostgresUsers(home.postgres)
            with users.changing():
                if users.anyone():
                    raise UsageError("Another simulator uses the embedded database. Stop it, then run reset again.")
                PostgresCluster(home.postgres).stop()
                shutil.rmtree(home.postgres)
        for path in ours:
            if path.is_symlink() or path.is_file():
                path.unlink()
            elif path.exists():
                shutil.rmtree(path)
        if home.path.is_dir() and not any(home.path.iterdir()):
            home.path.rmdir()
    except OSError as error:
        raise UsageError(f"Cannot delete {error.filename}: {error.strerror}.") from None
