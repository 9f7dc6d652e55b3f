"""The buttons of a run that goes on, and of one that has ended."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from dashboard import jobs
from dashboard.queries.logs import newest_logs
from dashboard.queries.records import standing
from dashboard.queries.rows.row_result import row_result
from dashboard.queries.states.state_visits import definition_of, visits
from simulator.pipeline.steering.port import Refused, SteeringPort
from simulator.runs.store import RunStore
from tests.unit.dashboard.page_text import page_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    from simulator.pipeline.steering.orders import Order
    from tests.unit.dashboard.run_folders import MadeRun

    Opened = Callable[..., AppTest]
    Made = Callable[..., MadeRun]


@pytest.fixture
def orders(tmp_path: Path) -> Iterator[list[Order]]:
    """What is ordered of the runs of this process; a pause is refused."""
    taken: list[Order] = []

    def obey(order: Order) -> dict[str, Any]:
        if order.kind == "pause":
            raise Refused("The run cannot be paused [now].")
        taken.append(order)
        return {}

    with SteeringPort(tmp_path / "steering", obey):
        yield taken


def running(made: Made) -> MadeRun:
    """A run that this process runs."""
    run = made("running")
    document = json.loads(run.folder.run_file.read_bytes())
    run.folder.run_file.write_text(json.dumps({**document, "pid": os.getpid()}), encoding="utf-8")
    return run


def test_an_open_page_follows_a_pause(opened: Opened, made: Made) -> None:
    """The run's file says it a moment after the button; the page is drawn again then."""
    run = running(made)
    store = RunStore(run.folder.runs)
    before = standing(store)
    document = json.loads(run.folder.run_file.read_bytes())
    paused = {**document, "mapRun": {**document["mapRun"], "paused": True}}
    run.folder.run_file.write_text(json.dumps(paused), encoding="utf-8")
    assert standing(store) != before
    app = opened("run", run=run.name)
    assert app.button(key=f"resume-{run.name}").label == "Resume"


def test_the_choice_of_a_run_is_another_widget_when_a_run_is_shown_in_other_words(opened: Opened, made: Made) -> None:
    """The browser keeps the words of the option; the old ones would come back as the name of a run."""
    run = running(made)
    app = opened("run", run=run.name)
    before = app.selectbox[0]
    assert before.value == run.name
    document = json.loads(run.folder.run_file.read_bytes())
    changed = {**document, "rows": {**document["rows"], "failed": 3}}
    run.folder.run_file.write_text(json.dumps(changed), encoding="utf-8")
    after = app.run().selectbox[0]
    assert after.value == run.name
    assert any("3 rows failed" in option for option in after.options)
    assert after.key != before.key


def test_a_running_run_is_stopped_by_a_button(opened: Opened, made: Made, orders: list[Order]) -> None:
    """The history records where it came from."""
    run = running(made)
    app = opened("run", run=run.name)
    app.button(key=f"stop-{run.name}").click().run()
    assert not app.exception
    assert [(order.kind, order.run, order.cause) for order in orders] == [
        ("stop", run.name, "Stopped on the run's page.")
    ]
    assert "Stopped." in page_text(app)


def test_a_refusal_is_told_on_the_page(opened: Opened, made: Made, orders: list[Order]) -> None:
    """In the words of the process, to the character."""
    run = running(made)
    app = opened("run", run=run.name)
    app.button(key=f"pause-{run.name}").click().run()
    assert "The run cannot be paused [now]." in page_text(app)
    assert orders == []


def test_only_what_was_typed_is_changed(opened: Opened, made: Made, orders: list[Order]) -> None:
    """Empty fields keep what holds; with all of them empty the page says so."""
    run = running(made)
    app = opened("run", run=run.name)
    submit = next(button for button in app.button if button.label == "Change it")
    submit.click().run()
    assert "Nothing is changed" in page_text(app)
    next(field for field in app.number_input if field.label.startswith("Rows at once")).set_value(2)
    next(button for button in app.button if button.label == "Change it").click().run()
    assert [order.settings for order in orders] == [(2, None, None)]


def test_a_run_whose_process_takes_no_orders_says_so(opened: Opened, made: Made) -> None:
    """No traceback."""
    run = running(made)
    app = opened("run", run=run.name)
    app.button(key=f"stop-{run.name}").click().run()
    assert not app.exception
    assert "does not answer" in page_text(app)


def test_a_run_that_has_ended_is_not_stopped_but_verified(
    opened: Opened, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the command of the terminal; its result is on the page when it has ended."""
    run = made("failed")
    started: list[list[str]] = []
    found = {
        "clean": False,
        "compared": {"input.csv": 40, "database": 36},
        "disagreementCount": 1,
        "disagreements": [{"line": 7, "user": "U00006", "place": "database", "message": "has 3, not 4"}],
    }

    def start(store: Any, title: str, file: str, arguments: list[str], **options: Any) -> jobs.Job:
        started.append(arguments)
        path = store.path.parent / "jobs" / ("0" * 32)
        path.mkdir(parents=True)
        (path / "stdout").write_text(json.dumps(found), encoding="utf-8")
        document = {"name": path.name, "title": title, "file": file, "pid": 1, "started": 4e9, "word": arguments[0]}
        (path / "job.json").write_text(json.dumps({**document, "run": options.get("run")}), encoding="utf-8")
        job = jobs.find_job(store, path.name)
        assert job is not None
        return job

    monkeypatch.setattr(jobs, "_start", start)
    app = opened("run", run=run.name)
    assert not [button for button in app.button if button.key == f"stop-{run.name}"]
    app.button(key=f"verify-{run.name}").click().run()
    assert started == [["verify", run.name]]
    text = page_text(app)
    assert "1 disagreement." in text
    assert "has 3, not 4" in text
    assert "input.csv: 40 · database: 36" in text


def test_a_row_that_succeeded_is_found_from_any_part_of_the_page(opened: Opened, made: Made) -> None:
    """A user typed there shows the rows."""
    run = made("succeeded")
    app = opened("run", run=run.name)
    app.text_input(key="find").set_value("U00011").run()
    assert app.radio(key="part").value == "Rows"
    assert "1 row." in page_text(app)


def test_a_state_shows_input_output_and_definition(made: Made, opened: Opened) -> None:
    """Those of the history; a state in a Map has only a definition."""
    run = made("succeeded")
    seen = visits(run.folder, "CheckValidationResult")
    assert len(seen) == 1
    assert seen[0].stopped
    assert (definition_of(run.folder, "ProcessUserLog") or {})["Type"] == "Task"
    assert definition_of(run.folder, "NoSuchState") is None
    app = opened("run", run=run.name, part="Graph", state="CheckValidationResult")
    assert "Input" in page_text(app)
    assert "has no state" in page_text(opened("run", run=run.name, part="Graph", state="NoSuchState"))


def test_the_newest_logs_are_the_last_lines_that_match(made: Made) -> None:
    """Without those before being read, if nothing is searched for."""
    run = made("succeeded")
    newest = newest_logs(run.folder, limit=3)
    everything = newest_logs(run.folder, limit=1_000)
    assert newest == everything[-3:]
    assert newest_logs(run.folder, search="no such text") == []
    run.folder.logs_file.unlink()
    assert newest_logs(run.folder) == []


def test_a_rows_result_is_found_by_its_childs_name(made: Made) -> None:
    """In the newest file that names it; broken files are passed over."""
    folder = made("succeeded").folder
    assert row_result(folder, "child-1", 0) is None
    (folder.results / "SUCCEEDED_0.json").write_text(
        json.dumps([{"Name": "child-1", "Input": '{"a":1}', "Output": '"done"', "Status": "SUCCEEDED"}]),
        encoding="utf-8",
    )
    (folder.results / "SUCCEEDED_1.json").write_text('[{"Name": "child-1"', encoding="utf-8")
    assert row_result(folder, "child-1", 0) == {"Input": {"a": 1}, "Output": "done"}
    assert row_result(folder, "child-2", 0) is None


def test_a_row_of_a_batch_has_its_own_result(made: Made) -> None:
    """By its place in the file; its neighbour's input and output are not its."""
    folder = made("succeeded").folder
    items = [{"rowIndex": number, "userId": f"U{number}"} for number in (4, 5)]
    told = {"rows": [{"rowIndex": 4, "newValue": 1}, {"rowIndex": 5, "error": "Odd", "cause": "why"}]}
    child = {"Name": "c", "Status": "FAILED", "Error": "RowsFailed", "Cause": json.dumps(told)}
    (folder.results / "FAILED_0.json").write_text(
        json.dumps([{**child, "Input": json.dumps({"Items": items})}]), encoding="utf-8"
    )
    assert row_result(folder, "c", 4) == {"Input": items[0], "Output": {"newValue": 1}}
    assert row_result(folder, "c", 5) == {"Input": items[1], "Error": "Odd", "Cause": "why"}
    assert row_result(folder, "c", 6) is None
