"""`faults`, and `run --fault`: what the terminal says before anything is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.cli.options import checked_faults, fault_plan
from simulator.fault_injection.kinds import KINDS
from simulator.fault_injection.row_calls import RowCall, RowPick

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Outcome


def test_the_list_names_each_fault_with_an_example(simulator: Callable[..., Outcome]) -> None:
    """`simulator faults`, for people and as a document."""
    outcome = simulator("faults", "--json")
    assert outcome.code == 0
    assert [fault["name"] for fault in outcome.document["faults"]] == [kind.name for kind in KINDS]
    for kind in KINDS:
        assert f"--fault {kind.example}" in outcome.err


FILE = 'ユーザーID,ログイン回数,投稿回数\n"U1\nx",1,2\nU2,3,4\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file whose first row takes two lines."""
    path = tmp_path / "a.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        (["row=4,eror=DatabaseError"], "character 7: 'eror' is unknown (did you mean error?). The faults there are:"),
        (["function=timeout"], "row or index or share is missing"),
        (["event=twice", "event=twice"], "--fault 'event=twice' is given twice."),
        (["row=3,error=X"], "begins on line 3"),
        (["row=5,error=X"], "begins on line 5"),
    ],
)
def test_what_cannot_be_done_exits_with_2_before_anything_starts(
    simulator: Callable[..., Outcome], home: Path, file: Path, faults: list[str], reason: str
) -> None:
    """A sentence on stderr, and the same as the document."""
    outcome = simulator("run", str(file), "--json", *(word for fault in faults for word in ("--fault", fault)))
    assert outcome.code == 2
    assert reason in outcome.document["message"]
    assert "starting" not in outcome.err
    assert not (home / "postgres").exists()


def test_a_database_of_ones_own_is_not_stopped(
    simulator: Callable[..., Outcome], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The simulator never stops a server that it did not start."""
    monkeypatch.setenv("SIMULATOR_DATABASE_URL", "postgresql://me:secret@db/x")
    outcome = simulator("run", str(file), "--fault", "database=restart")
    assert outcome.code == 2
    assert "does not belong to the simulator" in outcome.err
    assert "secret" not in outcome.err


def test_a_line_names_the_row_that_begins_there(file: Path) -> None:
    """As in `show --row`, also after a row of two lines."""
    specs = checked_faults(["row=4,error=X"])
    plan = fault_plan(specs, file, seed=0)
    pick = RowPick(plan.specs[0], plan.lines, plan.seed)
    assert RowCall(1, 1) in pick
    assert RowCall(2, 1) not in pick


def test_a_file_that_cannot_be_read_as_text_is_left_to_the_validator(tmp_path: Path) -> None:
    """Its run ends in a rejection that says more than a fault could."""
    path = tmp_path / "sjis.csv"
    path.write_bytes("ユーザーID,ログイン回数,投稿回数\nU1,1,1\n".encode("cp932"))
    assert len(fault_plan(checked_faults(["row=2,error=X"]), path, seed=0).specs) == 1
