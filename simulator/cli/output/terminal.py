"""The terminal: messages for people go to stderr; with `--json`, one JSON document goes to stdout."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import orjson
import typer
from rich.console import Console
from rich.text import Text

from simulator.cli import exits
from simulator.cli.exits import Terminated, UsageError
from simulator.cli.output.fields import picked
from simulator.cli.output.loudness import QUIET, VERBOSE, loudness
from simulator.cli.output.streams import stdout_problem, words_of
from simulator.cli.output.text import clean
from simulator.pipeline.errors import CLOUD_ERRORS
from simulator.runs.folder.json_lines import encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

WIDE = 200
"""Columns if there is no terminal: in a file nothing has to wrap."""

Piece = str | tuple[str, str]
"""Text, or text and its rich style."""


class Terminal:
    """Writes the messages and the document of a command.

    Args:
        json: what `--json` asks for (see `fields.choice`); None for no document.
        events: whether what happens is wanted on stdout, one JSON object per line.
    """

    def __init__(self, *, json: str | None = None, events: bool = False) -> None:
        self.json = json
        self.events = events
        self.loudness = loudness()
        self.console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        if not self.console.is_terminal and "COLUMNS" not in os.environ:
            self.console.width = WIDE
        self._documents = 0
        self._lines = threading.Lock()

    def pulse(self) -> None:
        """Raise KeyboardInterrupt if the person has pressed Ctrl-C elsewhere; call it several times per second."""

    def say(self, *pieces: Piece) -> None:
        """Write a line for people; control characters are shown as escapes, so that no file can steer the terminal."""
        if self.loudness > QUIET:
            self._print(*pieces)

    def detail(self, *pieces: Piece) -> None:
        """Write a line for people who want to know more."""
        if self.loudness >= VERBOSE:
            self._print(*pieces)

    def _print(self, *pieces: Piece) -> None:
        self.console.print(line_of(*pieces), soft_wrap=True)

    def fold(self, *pieces: Piece, indent: int = 0) -> None:
        """Write a line for people that goes on below, between two words, if the terminal is narrower.

        Args:
            pieces: the line.
            indent: how many spaces stand before it, and before what goes on below.
        """
        if self.loudness <= QUIET:
            return
        line, width = line_of(*pieces), self.console.width
        if width >= WIDE:  # there is no terminal
            self._print(" " * indent, *pieces)
            return
        for part in line.wrap(self.console, max(1, width - indent), overflow="fold"):
            part.rstrip()
            self.console.print(Text.assemble(" " * indent, part), soft_wrap=True)

    def show(self, table: Table) -> None:
        """Write a table for people; its cells are to come from `line_of`."""
        if self.loudness > QUIET:
            self.console.print(table)

    def document(self, value: Any) -> None:
        """Write the document to stdout, if `--json` asks for one.

        Raises:
            UsageError: stdout cannot be written to; names the run's folder, which holds the same.
        """
        if self.json is None:
            return
        text = orjson.dumps(picked(value, self.json), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        self._documents += 1
        self.write_document(text, value)

    def write_document(self, text: bytes, value: Any) -> None:
        """Write the document's text.

        Raises:
            UsageError: as `document`.
        """
        try:
            sys.stdout.buffer.write(text)
            sys.stdout.buffer.flush()
            problem = stdout_problem()
        except OSError as error:
            problem = words_of(error)
        if problem is not None:
            folder = value.get("runDirectory") if isinstance(value, dict) else None
            where = f" The run itself is recorded in {folder}." if folder else ""
            raise UsageError(f"The JSON document could not be written to stdout: {problem}.{where}")

    def event(self, value: dict[str, Any]) -> None:
        """Write an event to stdout as a line of JSON, if events are asked for; for any thread."""
        if self.events:
            self.write_line(encode(value) + b"\n")

    def write_line(self, line: bytes) -> None:
        """Write a line to stdout, whole; `streams` keeps what goes wrong."""
        with self._lines:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()

    def error(self, name: str, message: str) -> None:
        """Print an error; with `--json`, write it as the document too, if there is none yet."""
        self._print(("Error: ", "bold red"), message)
        self.event({"event": "error", "error": name, "message": message})
        if not self._documents:
            with suppress(UsageError):  # the error itself has been printed
                self.document({"error": name, "message": message})


def line_of(*pieces: Piece) -> Text:
    """Return a line made of pieces, cleaned, in which nothing is markup."""
    return Text.assemble(*(clean(one) if isinstance(one, str) else (clean(one[0]), one[1]) for one in pieces))


@contextmanager
def terminal(*, json: str | None, events: bool = False) -> Iterator[Terminal]:
    """Give a command its terminal; its errors become a sentence and an exit code (see `exits`)."""
    term = Terminal(json=json, events=events)
    with told_errors(term):
        yield term


@contextmanager
def told_errors(term: Terminal) -> Iterator[None]:
    """Make a sentence and an exit code of the errors that end a command.

    Raises:
        typer.Exit: with the exit code.
    """
    try:
        yield
    except UsageError as error:
        term.error("Usage", str(error))
        raise typer.Exit(exits.USAGE) from None
    except CLOUD_ERRORS as error:
        term.error("CloudError", str(error))
        raise typer.Exit(exits.NO_CLOUD) from None
    except KeyboardInterrupt as interrupt:
        term.error("Interrupted", "Stopped from the terminal.")
        stopped = exits.TERMINATED if isinstance(interrupt, Terminated) else exits.INTERRUPTED
        raise typer.Exit(stopped) from None
