"""`inbox`: the failed rows of all runs that wait for somebody; to be sent again, or accepted with a reason."""

from __future__ import annotations

import getpass
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lambdas.shared.columns import COLUMNS
from lambdas.user_log_reporter.codes import CODES
from simulator.cli.commands.failures.chosen_rows import (
    Code,
    Common,
    File,
    RowNames,
    Run,
    User,
    chosen_rows,
    opened_inbox,
)
from simulator.cli.commands.failures.column_value import column_and_value
from simulator.cli.commands.run import run_command
from simulator.cli.examples import examples
from simulator.cli.exits import UsageError
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.failed_rows_list import list_groups
from simulator.cli.output.terminal import terminal
from simulator.cli.paths import shown
from simulator.cli.usage.app import App, CommandGroup
from simulator.pipeline.settings import Settings
from simulator.runs.failure_inbox.failed_row import RowPlace, State
from simulator.runs.failure_inbox.sending import originals, outgoing
from simulator.runs.suggested_command import aws_file_upload, command
from simulator.runs.words import count

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.pipeline.settings import HomeFolder
    from simulator.runs.failure_inbox.failed_row import FailedRow
    from simulator.runs.failure_inbox.sending import Outgoing

EPILOG = examples("inbox", "inbox --code INVALID_VALUE", "inbox --all --json")
ACCEPT_EPILOG = examples(
    "inbox accept latest:138 --reason 'test data of the sender'",
    "inbox accept --code NOT_STARTED --reason 'the file comes again tonight'",
)
SEND_EPILOG = examples(
    "inbox send latest:138 --set ログイン回数=12",
    "inbox send --code DATABASE_AWAY",
    "inbox send --run user-log-2025 --out rows.csv",
)

inbox_app = App(cls=CommandGroup, epilog=EPILOG)
By = Annotated[str | None, typer.Option("--by", help="Who says so; the user of this shell if absent.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for those who ask later.")]


@inbox_app.callback(invoke_without_command=True)
def inbox_command(  # noqa: PLR0917 - options, each by its name
    context: typer.Context,
    code: Code = None,
    run: Run = None,
    user: User = None,
    file: File = None,
    every: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--all", help="Also the rows that are settled, and what became of each.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many rows of each group to list.")] = 5,
    json: Json = None,
) -> None:
    """List the failed rows that wait for somebody, over all runs, in groups, the oldest first.

    A row is settled when a redrive or a later upload has succeeded with it, when a newer file had its user, or when
    somebody has accepted it. Exit code 0, however many are open.
    """
    if context.invoked_subcommand is not None:
        return
    with terminal(json=json) as term:
        home = Settings().home
        inbox, store = opened_inbox(home, term), home.known_runs
        rows = Common(code=code, run=run, user=user, file=file).of(store, inbox.rows)
        states = Counter(str(row.state) for row in rows)
        shown_rows = rows if every else [row for row in rows if row.state is State.OPEN]
        texts = originals(store, shown_rows)
        _headline(term, rows, inbox.going_on)
        list_groups(term, shown_rows, texts, [folder.name for folder in store.folders()], limit)
        if states[State.OPEN]:
            term.say("\nSend them again: ", (command("inbox", "send", "--help"), "bold"))
            term.say("Accept them:     ", (command("inbox", "accept", "--help"), "bold"))
        term.document(
            {
                "rows": [
                    {**row.to_json(), "text": None if text is None else text.raw}
                    for row in shown_rows
                    for text in [texts.get(RowPlace(row.run, row.line))]
                ],
                "states": {str(state): states[state] for state in State},
                "codes": [one._asdict() for one in CODES],
                "goingOn": inbox.going_on,
            }
        )


def _headline(term: Terminal, rows: list[FailedRow], going_on: list[str]) -> None:
    waiting = [row for row in rows if row.state is State.OPEN]
    states = Counter(str(row.state) for row in rows)
    others = ", ".join(f"{states[state]:,} {state}" for state in State if state is not State.OPEN and states[state])
    if waiting:
        term.fold(
            (f"{count(len(waiting), 'row')} open", "bold"),
            f" of {len(rows):,} that failed or were never done",
            _and(others),
        )
    else:
        term.fold(
            ("Nothing is open.", "bold green"), f" {count(len(rows), 'row')} failed or were never done", _and(others)
        )
    if going_on:
        term.fold(f"{count(len(going_on), 'run')} going on: failed rows are listed when a run has ended.")


def _and(others: str) -> str:
    return f": {others}" if others else ""


@inbox_app.command("accept", epilog=ACCEPT_EPILOG)
def accept_command(  # noqa: PLR0917 - as above
    reason: Reason,
    rows: RowNames = None,
    by: By = None,
    code: Code = None,
    run: Run = None,
    user: User = None,
    file: File = None,
    json: Json = None,
) -> None:
    """Accept open rows as they are: nothing more is to be done about them. The reason and the name are kept.

    They go into accepted-rows.jsonl in the home, a file that only grows.
    """
    with terminal(json=json) as term:
        home, who, why = Settings().home, _name(by), _reason(reason)
        chosen = _chosen(home, term, rows, Common(code=code, run=run, user=user, file=file))
        try:
            home.accepted_rows.accept(chosen, by=who, reason=why)
        except OSError as error:
            raise UsageError(_not_written(home, error)) from None
        term.say(f"{count(len(chosen), 'row')} accepted by {who}. Withdraw it: ", command("inbox", "reopen", "--help"))
        term.document({"accepted": [row.name for row in chosen], "by": who, "reason": why})


@inbox_app.command("reopen", epilog=examples("inbox reopen latest:138 --reason 'the sender wants it after all'"))
def reopen_command(  # noqa: PLR0917 - as above
    reason: Reason,
    rows: RowNames = None,
    by: By = None,
    code: Code = None,
    run: Run = None,
    user: User = None,
    file: File = None,
    json: Json = None,
) -> None:
    """Withdraw the acceptance of rows: they are open again. The file keeps both."""
    with terminal(json=json) as term:
        home, who, why = Settings().home, _name(by), _reason(reason)
        common = Common(code=code, run=run, user=user, file=file)
        chosen = _chosen(home, term, rows, common, state=State.ACCEPTED)
        try:
            home.accepted_rows.reopen(chosen, by=who, reason=why)
        except OSError as error:
            raise UsageError(_not_written(home, error)) from None
        term.say(f"{count(len(chosen), 'row')} open again.")
        term.document({"reopened": [row.name for row in chosen], "by": who, "reason": why})


@inbox_app.command("send", epilog=SEND_EPILOG)
def send_command(  # noqa: PLR0917 - as above
    rows: RowNames = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="COLUMN=VALUE", help="Another value for a column, of one row; may be repeated."),
    ] = None,
    code: Code = None,
    run: Run = None,
    user: User = None,
    file: File = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Writes the file here, to be corrected, and sends nothing.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be sent.")] = False,  # noqa: FBT002 - an option
    json: Json = None,
) -> None:
    """Send open rows again: one upload of just these rows, as they are or corrected with --set.

    It is checked before as the functions check it. Several rows are corrected in the file that --out writes: run it
    then. Exit codes as those of `run`; 2 also if a row would fail again.
    """
    with terminal(json=json) as term, tempfile.TemporaryDirectory(prefix="simulator-") as folder:
        home = Settings().home
        chosen = _chosen(home, term, rows, Common(code=code, run=run, user=user, file=file))
        texts = {place: one.fields for place, one in originals(home.known_runs, chosen).items()}
        _set(chosen, texts, set_ or [])
        sent = outgoing(chosen, texts)
        _left_out(term, sent)
        if out is not None:
            _write(term, home, sent, out)
            return
        if sent.problems:
            problems = "\n".join(f"  {place.run}:{place.line}  {text}" for place, text in sent.problems.items())
            raise UsageError(
                f"Nothing was sent: {count(len(sent.problems), 'row')} would fail again.\n{problems}\n"
                "Correct one row with --set COLUMN=VALUE, several in the file that --out FILE writes."
            )
        if any(row.on_aws for row, _ in sent.rows):
            raise UsageError(
                "Rows of runs on AWS are sent there: write them into a file with --out FILE, which also prints the "
                "command that uploads it."
            )
        if dry_run:
            _tell_rows(term, sent)
            return
        upload = Path(folder) / f"failed-rows-{datetime.now(UTC):%Y%m%d-%H%M%S}.csv"
        upload.write_bytes(sent.text)
        run_command([str(upload)], other_users=True, json=json)


def _chosen(
    home: HomeFolder, term: Terminal, names: list[str] | None, common: Common, state: State = State.OPEN
) -> list[FailedRow]:
    inbox = opened_inbox(home, term)
    return chosen_rows(home.known_runs, inbox, names or [], common, state=state)


def _name(by: str | None) -> str:
    if by is not None and by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise UsageError("Who says so? This shell has no user name: give one with --by NAME.") from None


def _reason(text: str) -> str:
    if not text.strip():
        raise UsageError("The reason is empty. Those who ask later need one.")
    return text.strip()


def _not_written(home: HomeFolder, error: OSError) -> str:
    return f"{shown(home.accepted_rows.path)} cannot be written: {error.strerror}."


def _set(chosen: list[FailedRow], texts: dict[RowPlace, list[str]], changes: list[str]) -> None:
    if changes and len(chosen) != 1:
        raise UsageError(
            f"--set is for one row, and {len(chosen)} are named. Write them into a file with --out FILE, and run it."
        )
    for change in changes:
        column, value = column_and_value(change)
        for fields in texts.values():
            fields[COLUMNS.index(column)] = value


def _left_out(term: Terminal, sent: Outgoing) -> None:
    for row in sent.left_out:
        term.say(f"left out  {row.name}: a newer row of the user {row.user!r} is sent, which overtakes it")


def _tell_rows(term: Terminal, sent: Outgoing) -> None:
    term.say(f"{count(len(sent.rows), 'row')} would be sent:")
    for row, fields in sent.rows:
        term.say(f"  {row.name}  {','.join(fields)}")
    term.document({"rows": [{"row": row.name, "fields": fields} for row, fields in sent.rows]})


def _write(term: Terminal, home: HomeFolder, sent: Outgoing, out: Path) -> None:
    try:
        with out.open("xb") as file:
            file.write(b"\xef\xbb\xbf" + sent.text)
    except FileExistsError:
        raise UsageError(f"{shown(out)} is there already. Name another file.") from None
    except OSError as error:
        raise UsageError(f"{shown(out)} cannot be written: {error.strerror}.") from None
    term.say(f"{count(len(sent.rows), 'row')} in {shown(out)}. Correct them there, and then:")
    aws = {row.run: row for row, _ in sent.rows if row.on_aws}
    if len(aws) < len({row.run for row, _ in sent.rows}):
        term.say("  ", (command("run", out), "bold"))
    if aws:
        record = home.known_runs.folder(next(iter(aws))).record()
        term.say("  ", (aws_file_upload(out, record), "bold"))
    term.document({"file": str(out.absolute()), "rows": [row.name for row, _ in sent.rows]})
