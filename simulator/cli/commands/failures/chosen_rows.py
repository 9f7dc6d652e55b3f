"""The failed rows that a command is about: named one by one as RUN:LINE, or by what they have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from lambdas.user_log_reporter.codes import CODES
from simulator.cli.exits import UsageError
from simulator.cli.paths import shown
from simulator.runs.failure_inbox.failed_row import RowPlace, State
from simulator.runs.failure_inbox.failure_inbox import FailureInbox
from simulator.runs.recovery import recovered
from simulator.runs.store import RunNotFound
from simulator.runs.suggested_command import command
from simulator.runs.words import count

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.settings import HomeFolder
    from simulator.runs.failure_inbox.accepted_rows import Accepted
    from simulator.runs.failure_inbox.failed_row import FailedRow
    from simulator.runs.store import RunStore

RowNames = Annotated[
    list[str] | None,
    typer.Argument(metavar="[RUN:LINE]...", help="Rows: a run (its name, the beginning of it, or latest) and a line."),
]
Code = Annotated[str | None, typer.Option("--code", help="Only rows with this code, such as INVALID_VALUE.")]
Run = Annotated[str | None, typer.Option("--run", help="Only rows of this run.")]
User = Annotated[str | None, typer.Option("--user", help="Only rows of this user.")]
File = Annotated[str | None, typer.Option("--file", help="Only rows of files whose name contains this.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What rows have in common; None for whatever it is."""

    code: str | None = None
    run: str | None = None
    user: str | None = None
    file: str | None = None

    @property
    def empty(self) -> bool:
        """Whether it leaves no row out."""
        return self.code is self.run is self.user is self.file is None

    def of(self, store: RunStore, rows: list[FailedRow]) -> list[FailedRow]:
        """Return the rows that have it.

        Raises:
            UsageError: there is no such code or run.
        """
        names = [code.name for code in CODES]
        if self.code is not None and self.code.upper() not in names:
            raise UsageError(f"There is no code {self.code!r}. There are: {', '.join(names)}.")
        run = None if self.run is None else _run(store, self.run)
        wanted = None if self.file is None else self.file.casefold()
        return [
            row
            for row in rows
            if (self.code is None or row.code.name == self.code.upper())
            and (run is None or row.run == run)
            and (self.user is None or row.user == self.user)
            and (wanted is None or wanted in row.file.casefold())
        ]


def opened_inbox(home: HomeFolder, term: Terminal) -> FailureInbox:
    """Return the failed rows of all runs of a home.

    Raises:
        UsageError: the file of accepted rows cannot be read.
    """
    store = home.known_runs
    return FailureInbox(store, [recovered(folder) for folder in store.folders()], read_accepted(home, term))


def read_accepted(home: HomeFolder, term: Terminal) -> Accepted:
    """Return the accepted rows of a home; lines of their file that cannot be read are told.

    Raises:
        UsageError: the file cannot be read.
    """
    log = home.accepted_rows
    try:
        accepted = log.read()
    except OSError as error:
        raise UsageError(f"{shown(log.path)} cannot be read: {error.strerror}.") from None
    if accepted.damaged:
        lines = ", ".join(map(str, accepted.damaged[:10])) + (" ..." if len(accepted.damaged) > 10 else "")  # noqa: PLR2004 - as many as are named
        term.say(
            ("Note: ", "yellow"),
            f"{count(len(accepted.damaged), 'line')} of {shown(log.path)} cannot be read and counts for nothing "
            f"(line {lines}). The rows that it accepted are open again.",
        )
    return accepted


def chosen_rows(
    store: RunStore, inbox: FailureInbox, names: list[str], common: Common, *, state: State = State.OPEN
) -> list[FailedRow]:
    """Return the rows in a state that a person has named.

    Raises:
        UsageError: nothing is named, a name fits no such row, or there is none.
    """
    if not names and common.empty:
        raise UsageError(
            f"Name the rows as RUN:LINE, or by --code, --run, --user or --file. {command('inbox')} lists them."
        )
    if not names:
        found = common.of(store, [row for row in inbox.rows if row.state is state])
        if not found:
            raise UsageError(f"No such row is {state}. {command('inbox')} lists those that are open.")
        return found
    if not common.empty:
        raise UsageError("Rows are named one by one, or by what they have in common; not both.")
    by_place = {RowPlace(row.run, row.line): row for row in inbox.rows}
    return list({place: _named(by_place, place, state) for place in (_place(store, name) for name in names)}.values())


def _named(by_place: dict[RowPlace, FailedRow], place: RowPlace, state: State) -> FailedRow:
    row = by_place.get(place)
    if row is None:
        raise UsageError(f"The row on line {place.line} of {place.run} did not fail, or its run goes on.")
    if row.state is not state:
        raise UsageError(f"The row on line {place.line} of {place.run} is not {state}: it is {row.fate}.")
    return row


def _place(store: RunStore, name: str) -> RowPlace:
    run, colon, line = name.rpartition(":")
    if not colon or not (line.isascii() and line.isdigit()):
        raise UsageError(f"{name!r} names no row. A row is named as RUN:LINE, such as latest:138.")
    return RowPlace(_run(store, run), int(line))


def _run(store: RunStore, text: str) -> str:
    try:
        return store.find(text).name
    except RunNotFound as error:
        raise UsageError(str(error)) from None
