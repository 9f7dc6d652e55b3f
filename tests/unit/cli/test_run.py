"""`run FILE`, with a cloud that plays a given part: what the terminal says, prints and exits with."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from simulator.cli.commands import run as run_module
from simulator.cli.output.progress import Pace
from simulator.fault_injection.fault_injection import Faults
from simulator.fault_injection.spec import FaultPlan
from simulator.pipeline.errors import CloudError
from simulator.runs.store import RunStore
from tests.rows import HEADER, MORE, upload
from tests.unit.faults.parts import NOTHING
from tests.unit.runs.made_runs import NAME, START, child, execution, failed_child, map_run, recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.aws.asl.runtime.listener import ChildRecord
    from simulator.cli.output.terminal import Terminal
    from simulator.runs.recorder import RunRecorder
    from tests.unit.cli.conftest import Outcome

ROWS = upload("U1,1,2", "U2,x,2")


class PlayedRun:
    """An execution that ends when the terminal first waits for it, or only once it is stopped."""

    def __init__(
        self, writer: RunRecorder, children: tuple[ChildRecord, ...], end: dict[str, Any], *, stuck: bool
    ) -> None:
        self.name = NAME
        self.arn = execution().arn
        self.info = execution()
        self._writer = writer
        self._children = children
        self._end = end
        self._stuck = stuck
        writer.execution_started(self.info)
        writer.map_run_changed(map_run(total=2))

    @property
    def status(self) -> str:
        """As StartExecution's handle has it."""
        return self.info.status

    def wait(self, timeout: float | None = None) -> bool:
        """Play the rows, or Ctrl-C."""
        if self._stuck:
            raise KeyboardInterrupt
        if self.info.status == "RUNNING":
            for one in self._children:
                self._writer.child_ended(one)
            self.info = replace(self.info, stopped=START, **self._end)
            self._writer.execution_ended(self.info)
        return True

    def stop(self, error: str, cause: str) -> None:
        """End at the next wait."""
        self._stuck = False
        self._end = {"status": "ABORTED", "error": error, "cause": cause}


@dataclass
class Stage:
    """What the cloud plays, and what it saw."""

    children: tuple[ChildRecord, ...] = (child(0, 2), child(1, 3))
    end: Any = None
    stuck: bool = False
    started: bool = True
    fault: Exception | None = None
    uploaded: bytes = b""
    key: str = ""
    users: str = ""


@pytest.fixture
def stage(home: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The played cloud, in place of the real one."""
    played = Stage(end={"status": "SUCCEEDED"})

    def upload(path: Path, key: str) -> SimpleNamespace:
        played.uploaded, played.key = path.read_bytes(), key
        return SimpleNamespace(
            bucket="in", key=key, started=played.started, why_not="the rule wants keys that end in .csv"
        )

    def load_users(path: Path, *, only_new: bool) -> int:
        assert only_new, "users that are there keep their names"
        played.users = path.read_text(encoding="utf-8")
        return played.users.count("\n") - 1

    @contextmanager
    def opened(
        _terminal: Terminal, _listener: object = None, _clock: object = None, _plan: object = None, **_: object
    ) -> Iterator[SimpleNamespace]:
        if played.fault:
            raise played.fault
        writer = recorder(home / "runs", ROWS, "postgresql://u:***@h/d")
        yield SimpleNamespace(
            upload=upload,
            wait_for_workflow=lambda _: PlayedRun(writer, played.children, played.end, stuck=played.stuck),
            migrator=SimpleNamespace(count_users=lambda: 5, load_users=load_users),
            recorder=writer,
            store=RunStore(home / "runs"),
            faults=Faults(FaultPlan(), NOTHING),
        )
        writer.close()

    monkeypatch.setattr(run_module, "open_session", opened)
    return played


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to run."""
    path = tmp_path / "a.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_a_run_that_succeeds_exits_with_0(simulator: Callable[..., Outcome], stage: Stage, file: Path) -> None:
    """And prints what issue and scripts rely on."""
    outcome = simulator("run", str(file), "--json")
    assert outcome.code == 0
    document = outcome.document
    assert {"executionName", "status", "error", "cause", "rows", "durationMs", "runDirectory", "databaseUrl"} <= set(
        document
    )
    assert document["status"] == "SUCCEEDED"
    assert document["rows"] == {"total": 2, "succeeded": 2, "failed": 0, "pending": 0, "superseded": 0}
    assert stage.key == "a.csv"
    assert "Files and database" in outcome.err


def test_a_run_that_fails_exits_with_1(simulator: Callable[..., Outcome], stage: Stage, file: Path) -> None:
    """With its reason on stderr and in the document."""
    stage.children = (child(0, 2), failed_child(1, 3))
    stage.end = {"status": "FAILED", "error": "States.ExceedToleratedFailureThreshold", "cause": "exceeded"}
    outcome = simulator("run", str(file), "--json")
    assert outcome.code == 1
    assert outcome.document["reasons"][0]["line"] == 3
    assert "a run fails when more than" in outcome.err


def test_a_key_that_starts_nothing_exits_with_2_and_says_why(
    simulator: Callable[..., Outcome], stage: Stage, file: Path
) -> None:
    """The rule decides, not the terminal."""
    stage.started = False
    outcome = simulator("run", str(file), "--key", "a.txt", "--json")
    assert outcome.code == 2
    assert "end in .csv" in outcome.document["message"]


def test_a_cloud_that_cannot_start_exits_with_3(simulator: Callable[..., Outcome], stage: Stage, file: Path) -> None:
    """With its sentence."""
    stage.fault = CloudError("No room on the disk. Make some.")
    outcome = simulator("run", str(file))
    assert outcome.code == 3
    assert "No room on the disk" in outcome.err


def test_ctrl_c_stops_the_run_and_keeps_its_rows(simulator: Callable[..., Outcome], stage: Stage, file: Path) -> None:
    """The run is marked ABORTED; exit code 130."""
    stage.stuck = True
    stage.children = (child(0, 2),)
    outcome = simulator("run", str(file), "--json")
    assert outcome.code == 130
    assert outcome.document["status"] == "ABORTED"
    assert outcome.document["rows"]["pending"] == 1
    assert Path(outcome.document["failedRows"]).read_text(encoding="utf-8-sig").count("NotStarted") == 1


@pytest.mark.parametrize("codec", ["cp932", "utf-8-sig"])
def test_a_spreadsheets_file_is_converted_and_that_is_said(
    simulator: Callable[..., Outcome], stage: Stage, file: Path, codec: str
) -> None:
    """The uploaded bytes are UTF-8 without BOM, under the file's own name."""
    file.write_text(ROWS, encoding=codec)
    outcome = simulator("run", str(file))
    assert (stage.uploaded.decode(), stage.key) == (ROWS, "a.csv")
    assert "converted to UTF-8" in outcome.err


def test_no_convert_uploads_the_bytes_as_they_are(simulator: Callable[..., Outcome], stage: Stage, file: Path) -> None:
    """To see the validator refuse them."""
    file.write_text(ROWS, encoding="cp932")
    simulator("run", str(file), "--no-convert")
    assert stage.uploaded == ROWS.encode("cp932")


def test_create_users_makes_a_master_of_the_files_users(
    simulator: Callable[..., Outcome], stage: Stage, file: Path
) -> None:
    """Each usable one, on the line that it has in the file."""
    file.write_text(upload("U1,1,2", ",1,1", '"a,b",1,1', "TOOLONGFORIT,1,1"), encoding="utf-8")
    simulator("run", str(file), "--create-users")
    assert stage.users == 'user_id,username,email\nU1,U1,U1@example.com\n\n"a,b","a,b","a,b@example.com"\n'


def test_create_users_creates_none_for_a_file_that_will_be_refused(
    simulator: Callable[..., Outcome], stage: Stage, file: Path
) -> None:
    """Nothing of a rejected file reaches the database."""
    file.write_text(upload("U1,1,2", "U1,1,2"), encoding="utf-8")
    simulator("run", str(file), "--create-users")
    assert stage.users == ""


def test_a_corrected_file_whose_run_is_not_here_is_uploaded_only_when_told_so(
    simulator: Callable[..., Outcome], stage: Stage, file: Path
) -> None:
    """Nobody can say whether a spreadsheet has changed the user IDs; without our columns it is a plain file."""
    row = f'123,7,1{MORE},2,InvalidRecordError,"bad, very",1,gone'
    file.write_text(f"{HEADER},_line,_error,_cause,_attempts,_run\n{row}\n", encoding="utf-8")
    refused = simulator("run", str(file))
    assert (refused.code, stage.uploaded) == (2, b"")
    assert "line 2: the run 'gone', which is named there, is not here" in refused.err
    assert "delete the columns that begin with _ from the file, or give the option --unchecked" in refused.err
    assert simulator("run", str(file), "--unchecked").code == 0
    assert stage.uploaded == file.read_bytes()
    file.write_text(upload("123,7,1"), encoding="utf-8")
    assert simulator("run", str(file)).code == 0


@pytest.mark.parametrize("name", ["no-such-file.csv", ".", "x" * 5000 + ".csv", "a\0b"])
def test_a_file_that_is_none_is_said_in_a_sentence(simulator: Callable[..., Outcome], stage: Stage, name: str) -> None:
    """Exit code 2."""
    outcome = simulator("run", name)
    assert outcome.code == 2
    assert outcome.err.startswith("Error: ")


@pytest.mark.parametrize("key", ["", "x" * 1025])
def test_a_key_that_s3_would_refuse_is_refused_here(
    simulator: Callable[..., Outcome], stage: Stage, file: Path, key: str
) -> None:
    """Before anything is started."""
    assert simulator("run", str(file), "--key", key).code == 2
    assert stage.key == ""


def test_an_unknown_option_exits_with_2(simulator: Callable[..., Outcome]) -> None:
    """As in every command."""
    assert simulator("run", "--nonsense").code == 2


def test_progress_is_told_from_what_the_listener_hears() -> None:
    """Rows done, failed, rate and time left; before there are rows, the state."""
    seconds = iter([0.0, 2.0])
    pace = Pace(":csv-user-log-processor:", now=lambda: next(seconds))
    entered = {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "CSVFileValidation"}}
    pace.history_event(execution().arn, entered)
    assert pace.words() == "CSVFileValidation"
    pace.map_run_changed(map_run(total=1000))
    pace.map_run_changed(map_run(total=1000, succeeded=190, failed=10))
    assert pace.words() == "200 of 1,000 rows, 10 failed, 100 rows/s, 8.0 s left"


def test_the_listener_and_the_display_may_run_at_once() -> None:
    """Marks are added by one thread and read by another."""
    pace = Pace(":csv-user-log-processor:")
    thread = threading.Thread(target=lambda: [pace.map_run_changed(map_run(total=9)) for _ in range(20_000)])
    thread.start()
    while thread.is_alive():
        assert pace.rate >= 0
    thread.join()
