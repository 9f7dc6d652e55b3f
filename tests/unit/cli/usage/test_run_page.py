"""`show RUN --html FILE`: one page that is whole, and in which no text of a file does anything."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from simulator.cli.run_page.state_graph import state_graphs
from simulator.cli.run_page.state_marks import state_marks
from simulator.runs.folder.run_record import FailureReason, RowCounts, RunRecord, SourceObject
from simulator.runs.store import RunStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder
    from tests.unit.cli.conftest import Outcome

HOSTILE = (
    "<script>fetch('http://evil.example')</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "'><svg/onload=alert(1)>",
    "</title></style><iframe src=//evil.example>",
    "&lt;b&gt;",
    "\u202etxt.exe\x1b[2J",
)
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "strong", "br", "code", "div"),
    *("table", "thead", "tbody", "tr", "th", "td", "svg", "defs", "marker", "path", "g", "rect", "text"),
}


class Page(HTMLParser):
    """The tags and the attributes of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        """Keep it."""
        self.text += data


@pytest.fixture
def folder(home: Path) -> RunFolder:
    """A run in which every text that comes from elsewhere is hostile."""
    found = RunStore(home / "runs").folder("user-log-1")
    found.path.mkdir(parents=True)
    hostile = "".join(HOSTILE)
    found.write_record(
        RunRecord(
            name="user-log-1",
            status="FAILED",
            error=hostile,
            cause=hostile,
            source=SourceObject(key=hostile, bucket="b"),
            rows=RowCounts(total=len(HOSTILE), failed=len(HOSTILE)),
            reasons=[FailureReason(error=hostile, cause=hostile, count=1, line=2, index=0, user=hostile)],
            notes=[hostile],
            injected=[hostile],
        )
    )
    rows = [",".join('"' + cell.replace('"', '""') + '"' for cell in (one, "1", "user-log-1")) for one in HOSTILE]
    found.failed_rows_file.write_text("\n".join(["<b>,_line,_run", *rows]) + "\n", encoding="utf-8")
    states = {name: {"Type": name, "Next": HOSTILE[0]} for name in HOSTILE[1:]}
    definition = {"StartAt": HOSTILE[1], "States": {**states, HOSTILE[0]: {"Type": "Succeed"}}}
    found.definition_file.write_text(json.dumps(definition), encoding="utf-8")
    event = {"type": "ExecutionRedriven", "timestamp": hostile, "executionRedrivenEventDetails": {"redriveCount": 1}}
    found.events_file.write_text(json.dumps(event) + "\n", encoding="utf-8")
    return found


def test_hostile_texts_are_text(simulator: Callable[..., Outcome], folder: RunFolder, tmp_path: Path) -> None:
    """No tag, no attribute and no address comes from them; each is to be read as it is, control characters apart."""
    file = tmp_path / "run.html"
    told = simulator("show", "latest", "--html", str(file))
    assert told.code == 0, told.err
    text = file.read_text(encoding="utf-8")
    page = Page(text)
    assert page.tags <= ALLOWED
    assert not [name for name in page.attributes if name.startswith("on") or name in {"src", "href", "srcset"}]
    for one in HOSTILE[:-1]:
        assert one in page.text
    assert "\\u202etxt.exe\\x1b[2J" in page.text
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e]", text)
    assert "default-src 'none'" in text
    assert f"Rows that did not succeed ({len(HOSTILE)})" in page.text
    assert "Redriven" in page.text


def test_a_page_that_cannot_be_written_is_an_error(simulator: Callable[..., Outcome], folder: RunFolder) -> None:
    """And it is a page of the whole run."""
    assert "cannot be written: No such file" in simulator("show", "--html", "/nowhere/x.html").err
    assert simulator("show", "--row", "2", "--html", "x.html").code == 2


@pytest.mark.parametrize("definition", [None, {}, {"StartAt": "A", "States": {}}, {"StartAt": "A", "States": {"A": 1}}])
def test_a_damaged_definition_gives_no_picture(definition: Any) -> None:
    """The rest of the page is made."""
    assert list(state_graphs(definition, {})) == []


def test_states_go_downwards_and_loops_end() -> None:
    """Each Map has a picture of its own."""
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
    definition = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Choice", "Choices": [{"Next": "C"}], "Default": "B"},
            "B": {"Type": "Pass", "Next": "C"},
            "C": {"Type": "Map", "ItemProcessor": inner, "Next": "D", "Catch": [{"Next": "A"}]},
            "D": {"Type": "Succeed"},
        },
    }
    graphs = dict(state_graphs(definition, {}))
    assert list(graphs) == ["The workflow", "Each row of C"]
    heights = dict(re.findall(r"<title>(\w): .*?y=\"(\d+)\"", graphs["The workflow"]))
    assert [name for name, _ in sorted(heights.items(), key=lambda one: int(one[1]))] == ["A", "B", "C", "D"]
    assert graphs["The workflow"].count("stroke-dasharray") == 1


def item(index: int, *tries: tuple[str, str | None], status: str = "SUCCEEDED") -> dict[str, Any]:
    """A line of items.jsonl; without tries, one call that succeeded."""
    line: dict[str, Any] = {"index": index, "status": status}
    return {**line, "tries": [[state, "t", "t", error] for state, error in tries]} if tries else line


def inner_map(mode: str = "DISTRIBUTED") -> dict[str, Any]:
    """A Map whose rows go from Work over Caught to Failed."""
    types = {"Work": "Task", "Caught": "Task", "Never": "Task", "Failed": "Fail"}
    states = {name: {"Type": kind} for name, kind in types.items()}
    return {"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": mode}, "StartAt": "Work", "States": states}}


def test_states_inside_the_map_are_coloured_by_their_rows(home: Path) -> None:
    """A redriven row is one row; what no row came to stays as it is."""
    folder = RunStore(home / "runs").folder("user-log-1")
    folder.path.mkdir(parents=True)
    items = [
        item(0),
        item(1, ("Work", "E"), ("Work", None)),
        item(2, ("Work", "E"), ("Caught", None), status="FAILED"),
        item(2, ("Work", "E"), ("Caught", None), status="FAILED"),
    ]
    folder.items_file.write_text("".join(json.dumps(one) + "\n" for one in items) + '{"index": "x"}\n{"ind')
    record = RunRecord(name="user-log-1", status="FAILED", rows=RowCounts(total=3, succeeded=2, failed=1))
    definition = {"StartAt": "Map", "States": {"Map": inner_map()}}
    assert state_marks(folder, record, definition) == {
        "Work": ("CAUGHT", "3 rows, 3 calls failed"),
        "Caught": ("SUCCEEDED", "1 row"),
        "Failed": ("FAILED", "1 row"),
    }
    _, inner = dict(state_graphs(definition, state_marks(folder, record, definition))).values()
    told = dict(re.findall(r"<title>(\w+): [^<]*</title><rect [^>]*fill=\"(#\w+)\"", inner))
    assert len({told["Work"], told["Caught"], told["Failed"], told["Never"]}) == 4
    going_on = state_marks(folder, record.model_copy(update={"status": "RUNNING"}), definition)
    assert going_on["Caught"] == ("RUNNING", "1 row")
    two = {"StartAt": "Map", "States": {"Map": inner_map(), "Other": inner_map()}}
    assert state_marks(folder, record, two)["Work"] == ("CAUGHT", "2 rows, 3 calls failed"), "whose row 0 is not known"


@pytest.mark.parametrize("definition", [None, 1, {"States": [1]}, {"States": {"A": {"ItemProcessor": 1}}}])
def test_a_damaged_definition_has_no_marks(home: Path, definition: Any) -> None:
    """And a run without files has none either."""
    folder = RunStore(home / "runs").folder("user-log-1")
    assert state_marks(folder, RunRecord(name="user-log-1", rows=RowCounts(failed=1)), definition) == {}
