"""The tools that only read: what `runs`, `show` and `show --row` tell, and the failures of all runs."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from lambdas.user_log_reporter.reasons import person_text
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
Limit = Annotated[int, Field(ge=1, le=1000, description="How many at most.")]


def add_reading_tools(server: MCPServer[Any]) -> None:
    """Give a server the tools that change nothing."""
    for tool in (list_runs, show_run, list_failures, row_history):
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


def row_history(line: Annotated[int, Field(ge=1, description="Its line in the file.")], run: Run = "latest") -> Any:
    """Tell everything about one row: its cells, attempts, error, audit items and what the functions logged about it."""
    folder = found(run)
    story = row_story(folder, line=line)
    if story is None:
        raise ToolError(f"The file of {folder.name} has no row on line {line} (line 1 is the header).")
    return row_document(story)


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
