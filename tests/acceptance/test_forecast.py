"""`forecast` against a real run: its time with latencies fed in, its bill against counts of the run's own files."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from simulator.forecast.counts import FILE_GATE, PROCESSOR, REPORTER, VALIDATOR, counted
from simulator.forecast.plan import EXPRESS, Plan
from simulator.forecast.simulation import Simulation, Work
from simulator.forecast.timing import measured
from simulator.pipeline.settings import PROJECT_ROOT
from simulator.runs.store import RunStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder
    from tests.acceptance.conftest import Shell

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
ROWS = 1000
WORK = Work(writes_per_row=2.0, transitions=2.0)
SAMPLE = PROJECT_ROOT / "sample_data" / "sample.csv"


@pytest.fixture(scope="module")
def sample(make_shell: Callable[[str], Shell]) -> tuple[Shell, RunFolder]:
    """The sample, run as it is."""
    shell = make_shell("forecast")
    outcome = shell("run", str(SAMPLE))
    assert outcome.code == 0, outcome.err
    assert "On AWS this costs about $" in outcome.err.strip().splitlines()[-1]
    return shell, RunStore(shell.home / "runs").find("latest")


def lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of a run."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_the_bill_of_the_sample_agrees_with_its_files_line_by_line(sample: tuple[Shell, RunFolder]) -> None:
    """Each count is made anew, from the run's own files, without the code under test."""
    shell, folder = sample
    document = shell("forecast", folder.name, "--json").document
    found = {line["item"]: (line["quantity"], line["usd"]) for line in document["lines"]}
    items, audit, logs = lines(folder.items_file), lines(folder.audit_file), lines(folder.logs_file)
    billed = [one for one in logs if "billedDurationMs" in one]
    reports = {
        kind: [one for one in billed if kind in one["function"]] for kind in (VALIDATOR, PROCESSOR, REPORTER, FILE_GATE)
    }
    entered = sum(event["type"].endswith("StateEntered") for event in lines(folder.events_file))
    milliseconds = [_milliseconds(item) for item in items]
    gigabytes = {
        kind: sum(one["billedDurationMs"] * one["memorySizeMb"] for one in own) / 1000 / 1024
        for kind, own in reports.items()
    }
    log_bytes = sum(26 + len(_text(one["message"]).encode()) for one in logs)
    express = sum(math.ceil(max(one, 1) / 100) / 10 for one in milliseconds)
    by_hand = {
        "Workflow (STANDARD)": (entered + 1, 0.025 / 1000),
        "Children (EXPRESS), requests": (ROWS, 1 / 1e6),
        "Children (EXPRESS), duration": (express / 16, 0.00001667),
        "Processor, requests": (len(reports[PROCESSOR]), 0.2 / 1e6),
        "Processor, duration": (gigabytes[PROCESSOR], 0.0000166667),
        "Validator, requests": (1, 0.2 / 1e6),
        "Validator, duration": (gigabytes[VALIDATOR], 0.0000166667),
        "Audit items, table": (len(audit), 0.715 / 1e6),
        "Audit items, index": (sum("userId" in item for item in audit), 0.715 / 1e6),
        "Reporter, requests": (1, 0.2 / 1e6),
        "Reporter, duration": (gigabytes[REPORTER], 0.0000166667),
        "File gate, requests": (2, 0.2 / 1e6),  # a turn is taken, and given back
        "File gate, duration": (gigabytes[FILE_GATE], 0.0000166667),
        "S3, upload, result files and report": (1 + 2 * 3 + 1 + 2, 0.0047 / 1000),
        "S3, reads of the reporter": (2 + 1 + 1, 0.00037 / 1000),  # two result files, the manifest, the upload
        "Logs of the functions": (log_bytes / 1e9, 0.76),
    }
    for item, (quantity, price) in by_hand.items():
        assert found[item] == (pytest.approx(quantity, rel=0.01), pytest.approx(quantity * price, rel=0.01)), item
    assert document["usd"] == pytest.approx(sum(usd for _, usd in found.values()))


def _text(message: Any) -> str:
    return message if isinstance(message, str) else json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _milliseconds(item: dict[str, Any]) -> float:
    start, stop = (datetime.fromisoformat(item[name]) for name in ("start", "stop"))
    return (stop - start).total_seconds() * 1000


def test_simulated_time_is_within_five_per_cent_of_a_run_with_the_same_latencies(
    sample: tuple[Shell, RunFolder],
) -> None:
    """A row in three takes half a second, the others 0.25 s: fed into the simulation, and injected in a run."""
    shell, folder = sample
    timing = measured(folder, counted(folder, folder.record()))
    faults = ("--fault", "latency=0.5,share=0.33", "--fault", "latency=0.25,share=1")
    process = shell.start("run", str(SAMPLE), *faults, "--json")
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    document = json.loads(out)
    injected = {fault["spec"]: fault["happened"] for fault in document["faults"]}
    slow = injected["latency=0.5,share=0.33"]
    assert slow + injected["latency=0.25,share=1"] == ROWS
    passed = pairwise(number * slow // ROWS for number in range(ROWS + 1))
    spread = tuple(0.5 if after > before else 0.25 for before, after in passed)
    fed = Simulation(replace(timing, row=spread, pause=(0.0,)), WORK).run(
        Plan(rows=ROWS, kind=EXPRESS, batch=1, concurrency=5)
    )
    real = document["durationMs"] / 1000
    assert fed.seconds == pytest.approx(real, rel=0.05)


@pytest.mark.parametrize(
    "faults",
    [
        ("latency=0.02,share=1",),
        ("latency=0.05,share=1",),
        ("latency=0.1,share=1",),
        ("latency=0.25,share=1",),
        ("latency=0.5,share=0.33", "latency=0.1,share=1"),
        ("error=DatabaseError,share=0.05,attempts=3,when=after",),
        ("latency=0.05,share=1", "function=exit,share=0.1,attempt=1"),
    ],
)
def test_the_latencies_of_a_run_simulated_take_as_long_as_the_run_did(
    sample: tuple[Shell, RunFolder], faults: tuple[str, ...]
) -> None:
    """Latencies, rows that are called again after a pause, and environments that begin anew: within 5 %."""
    shell, _ = sample
    process = shell.start("run", str(SAMPLE), *(word for fault in faults for word in ("--fault", fault)), "--json")
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    run = json.loads(out)
    forecast = shell("forecast", run["executionName"], "--json").document
    assert forecast["seconds"] == pytest.approx(run["durationMs"] / 1000, rel=0.05)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "There is no run 'nowhere'"),
        (("latest", "--rows", "0"), "--rows must be a whole number from 1 to 100,000,000, not 0"),
        (("latest", "--rows", "-5"), "not -5"),
        (("latest", "--rows", str(10**12)), "an ItemReader reads no more from one file"),
        (("latest", "--concurrency", "10001"), "a Map Run has no more children at once"),
        (("latest", "--latency", "nan"), "--latency must be more than 0"),
        (("latest", "--html", "/nowhere/at/all.html"), "cannot be written"),
        (("empty.csv",), "has no rows"),
        (("latest", "--rows", "many"), "--rows"),
    ],
)
def test_bad_input_ends_with_a_sentence_and_2(
    sample: tuple[Shell, RunFolder], words: tuple[str, ...], said: str
) -> None:
    """Never with a traceback."""
    shell, _ = sample
    (shell.folder / "empty.csv").write_text("ユーザーID,ログイン回数,投稿回数\n", encoding="utf-8")
    outcome = shell("forecast", *words)
    assert outcome.code == 2
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_a_file_is_forecast_from_the_newest_run(sample: tuple[Shell, RunFolder]) -> None:
    """Its rows, that run's latencies; the page is written."""
    shell, folder = sample
    ten = SAMPLE.read_text(encoding="utf-8").splitlines()[:11]
    (shell.folder / "ten.csv").write_text("\n".join([*ten, ""]), encoding="utf-8")
    outcome = shell("forecast", "ten.csv", "--html", "page.html", "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.document["rows"] == 10
    assert (shell.folder / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert folder.path.is_dir()
