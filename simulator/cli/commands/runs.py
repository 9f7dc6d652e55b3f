"""`runs`: the runs there are, newest first."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.run_table import run_summary, short_name, show_runs
from simulator.cli.output.terminal import terminal
from simulator.pipeline.settings import Settings
from simulator.runs.recovery import recovered
from simulator.runs.suggested_command import command
from simulator.runs.waiting import behind


def runs_command(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to list.")] = 20,
    json: Json = None,
) -> None:
    """List the runs, newest first."""
    with terminal(json=json) as term:
        store = Settings().home.known_runs
        records = store.records()
        listed = [recovered(store.folder(record.name)) for record in records[:limit]]
        if not records:
            term.say("No run yet. Make the first one: ", (command("run", "sample.csv"), "bold"))
        else:
            every = [record.name for record in records]
            show_runs(term, [short_name(record.name, every) for record in listed], listed)
            for record in listed:
                if (where := behind(record, records)) != "":
                    term.fold((short_name(record.name, every), "bold"), f" waits {where}")
            if len(records) > limit:
                term.say(f"{len(records) - limit} older ones: --limit {len(records)}")
            term.say("More about one, by the beginning of its name: ", (command("show", "latest"), "bold"))
        term.document({"runs": [run_summary(store, record) for record in listed], "total": len(records)})
