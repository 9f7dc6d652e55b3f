"""What a run costs, against sums that were made by hand."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, date, datetime, timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.cli.commands.forecast import bill_table
from simulator.forecast import growth
from simulator.forecast import price_list as price_list_module
from simulator.forecast.counts import counted
from simulator.forecast.forecast import NothingToForecast, forecast
from simulator.forecast.page import html_page
from simulator.forecast.price_list import Price, Quota, price_list, quotas
from simulator.forecast.timing import measured
from tests.unit.forecast.made_run import made_run, report
from tests.unit.runs.made_runs import START
from tests.unit.verify.made_folder import write_lines

if TYPE_CHECKING:
    from simulator.runs.folder.run_folder import RunFolder


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """The run of three rows."""
    return made_run(tmp_path)


def test_every_measured_line_is_the_sum_by_hand(folder: RunFolder) -> None:
    """Counts of the folder times prices of September 2026, to the last digit."""
    made = forecast(folder, folder.record(), grow=False)
    found = {line.item: (line.quantity, line.usd) for line in made.lines}
    log_bytes = 7 * (len("REPORT") + 26)
    by_hand = {
        "Workflow (STANDARD)": (3, 3 * 0.025 / 1000),  # the start, a Task, the Map
        "Children (EXPRESS), requests": (3, 3 / 1_000_000),
        # 12, 150 and 12 ms are billed as 100, 200 and 100 ms, of 64 MB
        "Children (EXPRESS), duration": (0.4 / 16, 0.4 / 16 * 0.00001667),
        "Processor, requests": (3, 3 * 0.20 / 1_000_000),
        "Validator, requests": (1, 1 * 0.20 / 1_000_000),
        "Validator, duration": (0.1 / 2, 0.1 / 2 * 0.0000166667),
        "Audit items, table": (5, 5 * 0.715 / 1_000_000),
        "Audit items, index": (4, 4 * 0.715 / 1_000_000),  # the failure's item has no user
        "S3, upload, result files and report": (1 + 2, 0.0047 / 1000 * 3),
        "S3, reads of the reporter": (1, 0.00037 / 1000),
        "Reporter, requests": (1, 0.20 / 1_000_000),
        "Reporter, duration": (0.05 / 2, 0.05 / 2 * 0.0000166667),
        "File gate, requests": (2, 2 * 0.20 / 1_000_000),
        "File gate, duration": (0.03 / 2, 0.03 / 2 * 0.0000166667),
        "File gate, turns taken and given back": (2, 2 * 0.715 / 1_000_000),
        "Logs of the functions": (log_bytes / 1e9, log_bytes / 1e9 * 0.76),
        "Aurora, I/O": (15, 15 * 0.24 / 1_000_000),
    }
    for item, (quantity, usd) in by_hand.items():
        assert found[item] == (pytest.approx(quantity), pytest.approx(usd)), item


def test_the_processor_pays_a_cold_start_for_each_place(folder: RunFolder) -> None:
    """One was measured, of 100 ms; three rows have three places."""
    made = forecast(folder, folder.record(), grow=False)
    line = next(line for line in made.lines if line.item == "Processor, duration")
    measured = (0.2 + 0.01 + 0.01) / 2
    assert line.quantity == pytest.approx(measured + 2 * 0.1 / 2)


def test_costs_grow_with_the_rows_and_fall_with_batches(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Per row the same but for what is paid per run; STANDARD children cost more than EXPRESS ones."""
    monkeypatch.setattr(growth, "CONCURRENCIES", (5,))
    made = forecast(folder, folder.record(), rows=30_000, grow=True)
    items = {line.item: line.quantity for line in made.lines}
    assert items["Audit items, table"] == pytest.approx(50_000)
    assert items["Workflow (STANDARD)"] == 3
    at = {
        (point.plan.kind, point.plan.batch): point.usd
        for point in made.growth
        if point.plan.rows == 1_000_000 and point.plan.concurrency == 5
    }
    assert at["EXPRESS", 100] < at["EXPRESS", 10] < at["EXPRESS", 1] < at["STANDARD", 1]


def test_the_audit_claim_says_from_how_many_rows_per_day_it_fails(folder: RunFolder) -> None:
    """Nine write units and five items for three rows: $2 and $3 are reached at the same price per row."""
    claim = forecast(folder, folder.record(), per_day=1000, grow=False).claim
    assert claim is not None
    assert claim.holds
    at_limit = forecast(folder, folder.record(), per_day=claim.exceeds, grow=False).claim
    above = forecast(folder, folder.record(), per_day=claim.exceeds + 10, grow=False).claim
    assert at_limit is not None
    assert above is not None
    assert at_limit.usd == pytest.approx(3.0, abs=0.001)
    assert not above.holds
    assert claim.reaches / claim.exceeds == pytest.approx(2 / 3, rel=0.001)


def test_a_latency_takes_the_place_of_the_measured_ones_in_time_and_cost(folder: RunFolder) -> None:
    """A second per row: three rows at once take a second more or less, and 1.5 GB-s."""
    slow = forecast(folder, folder.record(), latency=10.0, grow=False)
    fast = forecast(folder, folder.record(), latency=1.0, grow=False)
    assert slow.point.seconds - fast.point.seconds == pytest.approx(9.0)
    line = {line.item: line.quantity for line in fast.lines}
    assert line["Children (EXPRESS), duration"] == pytest.approx(3 * 1.0 / 16, rel=0.15)
    assert line["Processor, duration"] == pytest.approx(3 * 0.5 + 3 * 0.05)


def test_a_run_without_rows_has_nothing_to_forecast_from(folder: RunFolder) -> None:
    """A sentence."""
    folder.items_file.unlink()
    with pytest.raises(NothingToForecast, match="No row of the run"):
        forecast(folder, folder.record(), grow=False)


def test_the_page_needs_nothing_from_elsewhere(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """No script, no address that a browser would fetch; tables, two pictures and the recommendation."""
    monkeypatch.setattr(growth, "CONCURRENCIES", (5, 40, 1000))
    page = html_page(forecast(folder, folder.record()))
    assert page.count("<svg") == 2
    assert page.count("<polyline") == 12
    assert "At 3 rows: " in page
    for fetched in ("<script", "src=", "@import", "url(", "<link"):
        assert fetched not in page


def test_every_price_and_quota_has_a_source_or_says_that_it_has_none() -> None:
    """`sourced = false` goes with general knowledge, and only that does."""
    figures: dict[str, Price | Quota] = {**price_list().prices, **quotas()}
    for name, figure in figures.items():
        assert figure.source, name
        assert ("general knowledge" in figure.source) is not figure.sourced, name


def test_a_recommended_plan_leaves_a_fifth_of_each_limit(folder: RunFolder) -> None:
    """Rows of 0.1 s: a batch of 100 would take all of the processor's ten seconds."""
    made = forecast(folder, folder.record(), rows=20_000, latency=0.1)
    best = made.advice[20_000]
    assert best is not None
    assert best.plan.batch == 10
    assert best.first.share <= 0.8
    assert best.seconds <= 3600


def test_a_file_that_the_validator_cannot_read_in_time_has_no_plan(folder: RunFolder) -> None:
    """It took 20 ms for three rows: a million take longer than its 300 s."""
    made = forecast(folder, folder.record(), rows=1_000_000)
    assert made.advice[1_000_000] is None
    assert "seconds of the validator function" in made.recommendation


@pytest.mark.parametrize(("given", "places"), [(7, 7), (0, 10_000), ("{% $states.input.width %}", 10_000)])
def test_the_workflow_says_how_many_children_run_at_once(folder: RunFolder, given: object, places: int) -> None:
    """A number does; 0 means the most there are, and what an expression gives is known only in a run."""
    definition = json.loads(folder.definition_file.read_text(encoding="utf-8"))
    definition["States"]["Rows"]["MaxConcurrency"] = given
    folder.definition_file.write_text(json.dumps(definition), encoding="utf-8")
    assert forecast(folder, folder.record(), grow=False).point.plan.concurrency == places


def test_exactly_the_lines_whose_price_has_no_source_are_marked(folder: RunFolder) -> None:
    """By a ? on the screen and on the page, and by `sourced` in the document."""
    made = forecast(folder, folder.record(), grow=False)
    lines = [*made.lines, *made.month]
    unsourced = {name for name, price in price_list().prices.items() if not price.sourced}
    assert unsourced - {line.price for line in lines} == {"dynamodb_storage"}
    table = bill_table(lines)
    marked = dict(zip(map(str, table.columns[0].cells), map(str, table.columns[4].cells), strict=True))
    assert marked == {line.item: "?" if line.price in unsourced else "" for line in lines}
    document = made.to_json()
    for line in (*document["lines"], *document["month"]):
        assert line["price"]["sourced"] is (marked[line["item"]] == ""), line["item"]
    shown = [*lines, *made.audit]
    page = html_page(made).partition("Limits of this plan")[0]
    assert page.count("?</td>") == sum(line.price in unsourced for line in shown)


def test_exactly_the_quotas_without_a_source_are_marked(folder: RunFolder) -> None:
    """By a ? after the figure, wherever a limit is told: in words and on the page, and by `sourced` in the document."""
    made = forecast(folder, folder.record(), grow=False)
    unsourced = {name for name, quota in quotas().items() if not quota.sourced}
    marked = {one.name for one in made.limits if f" of {one.limit:,.0f}?, " in one.words}
    assert len(marked) > 3
    assert marked == unsourced & {one.name for one in made.limits}
    assert {one["name"] for one in made.to_json()["limits"] if not one["sourced"]} == marked
    table = html_page(made).partition("Limits of this plan")[2]
    assert table.count("?</td>") == len(marked)
    for one in made.limits:
        assert f'<td class="n">{one.limit:,.0f}{"?" if one.name in marked else ""}</td>' in table, one.name


def test_each_price_is_dated_and_the_quotas_are(folder: RunFolder) -> None:
    """By a day that is not in the future; the oldest and the newest price are told, and on the page each one's day."""
    today = datetime.now(UTC).date()
    known = price_list()
    assert all(price.date <= today for price in known.prices.values())
    given = tomllib.loads((Path(price_list_module.__file__).parent / "quotas.toml").read_text(encoding="utf-8"))["date"]
    assert date.fromisoformat(given) <= today
    made = forecast(folder, folder.record(), grow=False)
    document = made.to_json()
    dates = sorted(price.date.isoformat() for price in known.prices.values())
    assert (document["prices"]["oldest"], document["prices"]["newest"]) == (dates[0], dates[-1])
    page = html_page(made)
    for line in (*document["lines"], *document["month"]):
        price = line["price"]
        assert f'title="{escape(price["source"])}, {price["date"]}"' in page, line["item"]


@pytest.mark.parametrize(("rows", "refused"), [(100_000, False), (100_001, True)])
def test_max_rows_counts_as_the_first_limit_and_stops_what_is_beyond_it(
    folder: RunFolder, rows: int, *, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """100,000 rows pass. More stop the run, in whatever plan; what comes next is named, too."""
    monkeypatch.setattr(growth, "CONCURRENCIES", (5,))
    lines = folder.logs_file.read_text(encoding="utf-8").replace('"durationMs": 20.0', '"durationMs": 0.003')
    folder.logs_file.write_text(lines, encoding="utf-8")
    made = forecast(folder, folder.record(), rows=rows)
    assert made.point.first.name == "max_rows"
    assert (made.point.stopped_by is not None) is refused
    best = made.advice[rows]
    assert best is not None
    assert best.first.name == "max_rows"
    assert best.second.name != "max_rows"
    assert (f", then {best.second.words}" in best.first_words) is refused
    assert (
        f"raise MAX_ROWS, or split it. Then the first limit is: {best.second.words}." in made.recommendation
    ) is refused


def test_a_latency_that_is_less_than_what_was_measured_changes_nothing(folder: RunFolder) -> None:
    """A row takes at least so long, as with the fault."""
    usual, short = (forecast(folder, folder.record(), latency=latency, grow=False) for latency in (None, 0.001))
    assert (short.point.seconds, short.usd) == (usual.point.seconds, usual.usd)
    between = forecast(folder, folder.record(), latency=0.05, grow=False)  # one of the three took 0.1 s
    line = {line.item: line.quantity for line in between.lines}
    assert line["Processor, duration"] == pytest.approx((0.1 + 0.1 + 2 * 0.05) / 2 + 2 * 0.1 / 2)


def test_the_tries_of_a_row_and_the_pauses_between_them_are_its_own(folder: RunFolder) -> None:
    """The first row was called three times, 0.1 s each with 1 s and 2 s between; the others once."""
    items = [json.loads(line) for line in folder.items_file.read_text(encoding="utf-8").splitlines()]
    first = min(items, key=lambda item: item["start"])
    moments = [0, 100, 1100, 1200, 3200, 3300]
    times = [(START + timedelta(milliseconds=moment)).isoformat() for moment in moments]
    first |= {"start": times[0], "stop": times[-1]}
    first["tries"] = [["P", start, stop, "E"] for start, stop in zip(times[::2], times[1::2], strict=True)]
    write_lines(folder.items_file, items)
    calls = [report("user-log-processor", 100.0) for _ in range(5)]
    write_lines(folder.logs_file, [report("user-log-csv-validator", 20.0, 80.0), *calls])
    timing = measured(folder, counted(folder, folder.record()))
    assert timing.row == pytest.approx((0.3, 0.1, 0.1))
    assert timing.pause == pytest.approx((3.0, 0.0, 0.0))


def test_a_run_in_batches_is_refused(folder: RunFolder) -> None:
    """It does not say how long a row takes."""
    definition = json.loads(folder.definition_file.read_text(encoding="utf-8"))
    rows = next(state for state in definition["States"].values() if state["Type"] == "Map")
    rows["ItemBatcher"] = {"MaxItemsPerBatch": 1}
    folder.definition_file.write_text(json.dumps(definition), encoding="utf-8")
    assert forecast(folder, folder.record(), grow=False).lines
    rows["ItemBatcher"] = {"MaxItemsPerBatch": 2}
    folder.definition_file.write_text(json.dumps(definition), encoding="utf-8")
    with pytest.raises(NothingToForecast, match="was run in batches"):
        forecast(folder, folder.record(), grow=False)
