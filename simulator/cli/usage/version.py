"""`--version`: which simulator this is, and on which Python."""

from __future__ import annotations

import platform
from typing import Annotated

import typer

from simulator.places import DISTRIBUTION, project_root


def version_number() -> str:
    """Return the version of the package that is installed."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - slow, and seldom needed

    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:  # a checkout on the path, never installed
        return "(not installed)"


def version_text() -> str:
    """Return `simulator 0.1.0 (Python 3.12.1, FOLDER)`."""
    return f"simulator {version_number()} (Python {platform.python_version()}, {project_root()})"


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - as typer calls it
    if wanted:
        typer.echo(version_text())
        raise typer.Exit


def simulator(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            allow_from_autoenv=False,
            help="Print the version, and exit.",
        ),
    ] = False,
) -> None:
    """Hold the options that come before a command."""
