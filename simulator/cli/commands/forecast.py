"""`forecast RUN|FILE`: what a run costs on AWS, how long it takes, and which quota it meets first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from lambdas.shared.csv_dialect import RecordTooLongError, decode, records
from simulator.cli.examples import examples
from simulator.cli.exits import UsageError
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import line_of, terminal
from simulator.cli.paths import shown
from simulator.csv_files.encoding import read_chunks
from simulator.pipeline.settings import Settings
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.recovery import recovered
from simulator.runs.store import LATEST, RunNotFound
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.cli.output.terminal import Terminal
    from simulator.forecast.costs import Line
    from simulator.forecast.forecast import Forecast
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.runs.folder.run_record import RunRecord

EPILOG = examples(
    "forecast latest",
    "forecast latest --rows 1000000 --concurrency 40 --per-day 30000",
    "forecast sample.csv --html forecast.html",
)
_LIMITS = 6
_LONGEST_LATENCY = 900.0


def forecast_command(  # noqa: PLR0917 - options, each by its name
    measured: Annotated[
        str, typer.Argument(metavar="RUN|FILE", help="A run, or a CSV file: then the newest run is measured.")
    ] = LATEST,
    rows: Annotated[int | None, typer.Option("--rows", metavar="N", help="Rows of the file.")] = None,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", metavar="C", help="Children at once; else the workflow's.")
    ] = None,
    per_day: Annotated[
        int | None, typer.Option("--per-day", metavar="N", help="Rows per day; else one such file per day.")
    ] = None,
    latency: Annotated[
        float | None,
        typer.Option(
            "--latency",
            metavar="SECONDS",
            help="A row takes at least so long in its function, as with `run --fault latency=`.",
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write a page with tables and pictures.")
    ] = None,
    json: Json = None,
) -> None:
    """Forecast cost and time on AWS (ap-northeast-1) from what a local run really did.

    Prices are dated, each with its source. Exit code 2: there is no such run or file, or nothing to forecast from.
    """
    # Only here: simpy and the statistics take time that --help need not wait for.
    from simulator.forecast.forecast import MOST_CONCURRENCY, MOST_ROWS, NothingToForecast, forecast  # noqa: PLC0415

    with terminal(json=json) as term:
        _check("--rows", rows, MOST_ROWS, "an ItemReader reads no more from one file")
        _check("--concurrency", concurrency, MOST_CONCURRENCY, "a Map Run has no more children at once")
        _check("--per-day", per_day, MOST_ROWS * 1000, "that is a thousand files of the largest kind")
        if latency is not None and not 0 < latency <= _LONGEST_LATENCY:
            raise UsageError(f"--latency must be more than 0 and at most {_LONGEST_LATENCY:.0f} seconds.")
        folder, record, of_file = _measured(measured)
        try:
            made = forecast(
                folder, record, rows=rows or of_file, concurrency=concurrency, per_day=per_day, latency=latency
            )
        except NothingToForecast as error:
            raise UsageError(str(error)) from None
        _report(term, made)
        if html is not None:
            _write(term, html, made)
        term.document(made.to_json())


def _check(option: str, value: int | None, most: int, why: str) -> None:
    if value is not None and not 1 <= value <= most:
        raise UsageError(f"{option} must be a whole number from 1 to {most:,}, not {value:,}: {why}.")


def _measured(name: str) -> tuple[RunFolder, RunRecord, int | None]:
    """Return the run to measure, and the rows of the file if one is named."""
    store = Settings().home.known_runs
    path = Path(name)
    is_file = path.is_file() and not any(one.name == name for one in store.folders())
    try:
        folder = store.find(LATEST if is_file else name)
    except RunNotFound as error:
        hint = f" Measure it with: {command('run', name)}" if is_file else ""
        raise UsageError(f"{error}{hint}") from None
    record = recovered(folder)
    if record.status == RUNNING:
        raise UsageError(f"The run {folder.name} is still running; forecast from it when it has ended.")
    return folder, record, _rows_of(path) if is_file else None


def _rows_of(path: Path) -> int:
    try:
        rows = sum(1 for _ in records(decode(read_chunks(path)))) - 1
    except (OSError, UnicodeDecodeError, RecordTooLongError) as error:
        raise UsageError(f"The rows of {shown(path)} cannot be counted: {error}") from None
    if rows < 1:
        raise UsageError(f"{shown(path)} has no rows, so there is nothing to forecast.")
    return rows


def _report(term: Terminal, made: Forecast) -> None:
    from simulator.forecast.forecast import ASSUMPTIONS, OMISSIONS  # noqa: PLC0415 - as above
    from simulator.forecast.price_list import price_list  # noqa: PLC0415 - as above

    prices = price_list()
    term.say("measured  ", (made.run, "bold"), f" ({made.measured_rows:,} rows)")
    term.fold("forecast  ", f"{made.point.plan.rows:,} rows, {made.point.plan.words}")
    term.fold(
        f"prices    of {prices.oldest} to {prices.newest}, {prices.region}, US dollars, without free tiers; "
        "? = a figure without a source"
    )
    term.say(("\nOne run", "bold"), f": ${made.usd:.4f}, {made.point.took}")
    term.show(bill_table(made.lines))
    term.say(("\nA month without files", "bold"))
    term.show(bill_table(made.month))
    term.fold(
        ("\nA month", "bold"),
        f" at {made.rows_per_day:,.0f} rows per day ({made.runs_per_month:,.1f} runs): ${made.month_usd:,.2f}",
    )
    if made.claim is not None:
        term.fold(made.claim.words)
    term.say(("\nLimits of this plan, the first one met at the top", "bold"))
    for limit in made.limits[:_LIMITS]:
        term.fold(f"{limit.share:>7.1%}  ", limit.words, indent=2)
    term.say(("\nHow it grows: the recommended plan by rows", "bold"))
    term.show(_growth(made))
    term.say(("\nAssumptions", "bold"))
    for sentence in ASSUMPTIONS:
        term.fold(f"- {sentence}", indent=2)
    term.fold(("\nLeft out", "bold"), f": {'; '.join(OMISSIONS)}.")
    term.fold(("\nRecommended", "bold green"), f"  {made.recommendation}")


def bill_table(lines: Sequence[Line]) -> Table:
    """Return the lines of a bill; a price without a source has a ?."""
    from simulator.forecast.costs import number_text  # noqa: PLC0415 - as above
    from simulator.forecast.price_list import price_list  # noqa: PLC0415 - as above

    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in ("", "quantity", "unit", "price $", "", "$", "basis"):
        table.add_column(head, justify="right" if head in {"quantity", "price $", "$"} else "left")
    for line in lines:
        price = price_list().prices[line.price]
        cells = (
            line.item,
            number_text(line.quantity),
            line.unit,
            price.rate,
            price.mark,
            f"{line.usd:,.6f}",
            line.basis,
        )
        table.add_row(*(line_of(cell) for cell in cells))
    return table


def _growth(made: Forecast) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in ("rows", "plan", "time", "$", "first limit"):
        table.add_column(head, justify="right" if head in {"rows", "time", "$"} else "left")
    for size, point in made.advice.items():
        if point is None:
            table.add_row(*(line_of(cell) for cell in (f"{size:,}", "none ends within the limits", "", "", "")))
            continue
        cells = (f"{size:,}", point.plan.words, point.took, f"{point.usd:,.2f}", point.first_words)
        table.add_row(*(line_of(cell) for cell in cells))
    return table


def _write(term: Terminal, path: Path, made: Forecast) -> None:
    from simulator.forecast.page import html_page  # noqa: PLC0415 - as above

    try:
        path.write_text(html_page(made), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The page {path} cannot be written: {error.strerror}.") from None
    term.say("page      ", (str(path), "bold"))
