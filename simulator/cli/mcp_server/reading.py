"""The tools that only read: what `runs`, `show`, `inbox` and `replay` tell, and the failures of a run."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from lambdas.user_log_reporter.reasons import person_text
from simulator.cli.mcp_server.command_process import called
from simulator.cli.output.report import document, row_document
from simulator.cli.output.run_table import run_summary
from simulator.pipeline.errors import CloudError
from simulator.pipeline.settings import Settings
from simulator.runs.folder.items import ItemIndex
from simulator.runs.recovery import recovered
from simulator.runs.row_story import row_story
from simulator.runs.store import RunNotFound

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.store import RunStore

READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
Run = Annotated[str, Field(description="A run's name, the beginning of it, or latest.")]
Line = Annotated[int, Field(ge=1, description="Its line in the file.")]
Limit = Annotated[int, Field(ge=1, le=1000, description="How many at most.")]
Values = Annotated[
    dict[str, str | int] | None, Field(description="Other values for columns of the row, by the names in the header.")
]


def add_reading_tools(server: MCPServer[Any]) -> None:
    """Give a server the tools that change nothing."""
    for tool in (list_runs, show_run, list_failures, row_history, list_inbox, replay_row, replay_run):
        server.add_tool(tool, annotations=READS)


def list_runs(limit: Limit = 20) -> dict[str, Any]:
    """List the runs, newest first: name, status, file, times, counts of rows. Fetched AWS runs are among them."""
    store = _store()
    records = store.records()
    listed = [recovered(store.folder(record.name)) for record in records[:limit]]
    return {"runs": [run_summary(store, record) for record in listed], "total": len(records)}


def show_run(run: Run = "latest") -> dict[str, Any]:
    """Tell how a run ended: outcome, why rows failed and how often, errors in the file, what has been corrected."""
    folder = found(run)
    return document(folder, recovered(folder))


def list_failures(run: Run = "latest", limit: Limit = 100) -> dict[str, Any]:
    """List the failed rows of a run: line, user, error, cause, attempts."""
    folder = found(run)
    record = recovered(folder)
    rows = [
        {
            "line": item.get("line"),
            "index": item.get("index"),
            "user": item.get("user"),
            "error": item.get("error"),
            "cause": person_text(item.get("cause")),
            "attempts": item.get("attempts"),
        }
        for item in islice(ItemIndex(folder).failed(), limit)
    ]
    return {"run": folder.name, "failed": record.rows.failed, "pending": record.rows.pending, "rows": rows}


def row_history(line: Line, run: Run = "latest") -> Any:
    """Tell everything about one row: its cells, attempts, error, audit items and what the functions logged about it."""
    folder = found(run)
    story = row_story(folder, line=line)
    if story is None:
        raise ToolError(f"The file of {folder.name} has no row on line {line} (line 1 is the header).")
    return row_document(story)


async def list_inbox(
    run: Annotated[str | None, Field(description="Only rows of this run.")] = None,
    code: Annotated[str | None, Field(description="Only rows with this code, such as INVALID_VALUE.")] = None,
    user: Annotated[str | None, Field(description="Only rows of this user.")] = None,
    settled: Annotated[bool, Field(description="Also the rows that are settled, and how.")] = False,  # noqa: FBT002 - a field
    limit: Limit = 100,
) -> dict[str, Any]:
    """List the failed rows of all runs that wait for somebody, the oldest first: row, code, error, text of its line."""
    chosen = {"run": None if run is None else found(run).name, "code": code, "user": user}
    options = [f"--{name}={value}" for name, value in chosen.items() if value is not None]
    document = await called("inbox", "--all" if settled else "--no-all", *options)
    rows = [{"row": f"{row['run']}:{row['line']}", **row} for row in document["rows"]]
    return {**document, "rows": rows[:limit], "total": len(rows)}


async def replay_row(line: Line, run: Run = "latest", values: Values = None) -> dict[str, Any]:
    """Call the function, as its code is today, with the recorded event of a row, and tell both outcomes.

    Nothing is written: the transaction is rolled back, and `caught` is what would have gone to DynamoDB.
    """
    return await called("replay", f"--row={line}", "--no-all", *changes(values), arguments=[found(run).name])


async def replay_run(run: Run = "latest", limit: Limit = 20) -> dict[str, Any]:
    """Replay all rows of a run, and tell those that end in another way than recorded. Nothing is written."""
    document = await called("replay", "--all", arguments=[found(run).name])
    return {**document, "differences": document["differences"][:limit]}


def changes(values: dict[str, str | int] | None) -> list[str]:
    """Return the options that give a row other values."""
    return [f"--set={column}={value}" for column, value in (values or {}).items()]


def found(run: str) -> RunFolder:
    """Return a run's folder.

    Raises:
        ToolError: there is no such run, or it cannot be said which.
    """
    try:
        return _store().find(run)
    except RunNotFound as error:
        raise ToolError(str(error)) from None


def _store() -> RunStore:
    try:
        return Settings().home.known_runs
    except CloudError as error:
        raise ToolError(str(error)) from None
