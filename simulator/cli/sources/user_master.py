"""Loads a user master for a command, and tells how many users it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.cli.exits import UsageError
from simulator.cli.paths import SAMPLES, shown
from simulator.runs.suggested_command import command
from simulator.runs.words import count

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.session import Session


def load_sample_users(session: Session, terminal: Terminal) -> None:
    """Load `sample_data/users.csv` if the table users is empty, so that the sample works on a fresh clone.

    A database that cannot store them stays empty: nobody has asked for them.
    """
    from simulator.pipeline.migrator import UsersRefused  # noqa: PLC0415 - slow to import, see open_session

    master = SAMPLES / "users.csv"
    if session.migrator.count_users() or not master.is_file():
        return
    try:
        loaded = session.migrator.load_users(master)
    except UsersRefused as error:
        first, _, more = str(error).partition("; line ")
        terminal.say(
            ("note  ", "yellow"),
            f"the table users is empty, and the sample's users cannot be stored there: {first}"
            f"{', and more' if more else ''}. It goes on without them; {command('users', 'load')} FILE loads yours.",
        )
    else:
        terminal.say(f"loaded {count(loaded, 'user')} from {shown(master)}")


def load_and_tell(session: Session, source: Path, body: Path, terminal: Terminal) -> None:
    """Load a user master, and tell how many users there are then, in words and as the document.

    Args:
        session: the cloud.
        source: the file as the person has named it.
        body: the file, or a converted copy.
        terminal: where it is told.

    Raises:
        UsageError: the file cannot be used; the message names the lines.
    """
    loaded = load_users(session, body, terminal, shown(source))
    total = session.migrator.count_users()
    terminal.say(f"the database {session.postgres.display_url} has {total:,} users now")
    terminal.document({"file": str(source.absolute()), "loaded": loaded, "users": total})


def load_users(session: Session, path: Path, terminal: Terminal, name: str | None = None) -> int:
    """Load a user master through the migrator Lambda and return how many users it holds.

    `name` is the user's name of the file, if `path` is a converted copy.

    Raises:
        UsageError: the file cannot be used; the message names the lines.
    """
    from simulator.pipeline.migrator import UsersRefused  # noqa: PLC0415 - slow to import, see open_session

    try:
        loaded = session.migrator.load_users(path)
    except UsersRefused as error:
        raise UsageError(f"The users in {name or shown(path)} were not loaded: {error}") from None
    terminal.say(f"loaded {count(loaded, 'user')} from {name or shown(path)}")
    return loaded
