"""`show RUN`: a run, or one row of it."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lambdas.user_log_reporter.codes import code_of
from lambdas.user_log_reporter.reasons import person_text
from simulator.cli.exits import UsageError
from simulator.cli.options import Json, RunName  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.report import document, report, row_document, row_report
from simulator.cli.output.terminal import terminal
from simulator.cli.output.text import shortened
from simulator.cli.paths import shown
from simulator.pipeline.settings import Settings
from simulator.runs.folder.history_reader import states_passed
from simulator.runs.folder.items import ItemIndex
from simulator.runs.recovery import recovered
from simulator.runs.row_story import row_story
from simulator.runs.store import RunNotFound

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.runs.folder.run_folder import RunFolder

MAX_CAUSE = 160


def show_command(  # noqa: PLR0917 - options, each by its name
    run: RunName = "latest",
    row: Annotated[
        int | None,
        typer.Option("--row", min=1, metavar="LINE", help="Everything about the row on this line of the file."),
    ] = None,
    index: Annotated[int | None, typer.Option("--index", min=0, help="The same, by the row's 0-based index.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many failed rows to list.")] = 20,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Also write one page to hand over."),
    ] = None,
    json: Json = None,
) -> None:
    """Show a run: how it ended, why rows failed, its files. With --row, everything about one row."""
    with terminal(json=json) as term:
        if row is not None and index is not None:
            raise UsageError("--row and --index both name a row; give one of them.")
        try:
            folder = Settings().home.known_runs.find(run)
        except RunNotFound as error:
            raise UsageError(str(error)) from None
        if html is not None and (row is not None or index is not None):
            raise UsageError("--html is a page of the whole run; --row and --index are about one row.")
        if row is None and index is None:
            _run(term, folder, limit)
            if html is not None:
                _write_page(term, folder, html)
        else:
            _row(term, folder, row, index)


def _run(term: Terminal, folder: RunFolder, limit: int) -> None:
    record = recovered(folder)
    failed: list[dict[str, Any]] = []
    if record.rows.failed and limit:
        for item in ItemIndex(folder).failed():
            failed.append(item)
            if len(failed) == limit:
                break
    states = states_passed(folder.events())
    report(term, folder, record)
    if states:
        term.say(("\nStates", "bold"))
        for state in states:
            term.say(f"  {state.status:<10} {state.name}")
    if failed:
        term.say((f"\nFailed rows ({len(failed):,} of {record.rows.failed:,})", "bold"))
    for item in failed:
        cause = shortened(person_text(item.get("cause")), MAX_CAUSE)
        who = f"line {item.get('line')}  {item.get('user')}  "
        term.fold(who, (str(item.get("error")), "red"), f"  {cause}", indent=2)
    term.document(
        {
            **document(folder, record),
            "states": [
                {"name": one.name, "type": one.kind, "status": one.status, "entered": one.entered, "exited": one.exited}
                for one in states
            ],
            "failed": [{**item, **_code(item)} for item in failed],
        }
    )


def _write_page(term: Terminal, folder: RunFolder, path: Path) -> None:
    from simulator.cli.run_page.page import run_page  # noqa: PLC0415 - only this option needs it

    text = run_page(folder, recovered(folder))
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The page {shown(path)} cannot be written: {error.strerror}.") from None
    term.say("page  ", (shown(path), "bold"))


def _code(item: dict[str, Any]) -> dict[str, Any]:
    code = code_of(str(item.get("error") or item.get("status")))
    return {"code": code.name, "retryable": code.retryable}


def _row(term: Terminal, folder: RunFolder, line: int | None, index: int | None) -> None:
    story = row_story(folder, line=line, index=index)
    if story is None:
        what = f"on line {line}" if index is None else f"with index {index}"
        raise UsageError(
            f"The file of {folder.name} has no row {what} (line 1 is the header, its first row has index 0)."
        )
    row_report(term, story)
    term.document(row_document(story))
