"""`users load FILE`: the user master."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.examples import examples
from simulator.cli.open_session import open_session
from simulator.cli.options import Engine, Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.cli.paths import readable_file
from simulator.cli.sources.stdin_file import stdin_as_file
from simulator.cli.sources.upload_file import upload_file
from simulator.cli.sources.user_master import load_and_tell
from simulator.cli.through_cloud import play, running_cloud
from simulator.cli.usage.app import App

users_app = App(help="The user master: a row of an upload needs its user in the table users.", no_args_is_help=True)


@users_app.callback()
def users() -> None:
    """The user master: a row of an upload needs its user in the table users."""


@users_app.command("load", epilog=examples("users load users.csv", "users load master.csv --json"))
def load_command(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A CSV file with the columns user_id,username,email; - for stdin.",
        ),
    ],
    engine: Engine = None,
    json: Json = None,
) -> None:
    """Load a file of users into the database, all of them or, if a line is wrong, none."""
    with terminal(json=json) as term, stdin_as_file([file], term) as (named,):
        source = readable_file(named)
        if (cloud := running_cloud(engine=engine)) is not None:
            raise typer.Exit(play(cloud, "users", json=json, file=named))
        with upload_file(source, term, convert=True) as body, open_session(term, engine=engine) as session:
            load_and_tell(session, source, body, term)
