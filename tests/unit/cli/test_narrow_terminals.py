"""What people read on a terminal of 80 columns: no line of a list is wider, in whatever letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from simulator.cli.output.terminal import Terminal
from tests.unit.failure_inbox.made_history import History

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Outcome

WIDTH = 80
USERS = ("U1", "日本語の長い利用者番号でエラーになる行です" * 3, "x" * 200, "ｶﾅ" * 70, "U5")
TO_BE_PASTED = ("python -m simulator ", "postgresql://")


@pytest.fixture
def history(home: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    """A home whose runs and files have long names: rows failed, were never done, were accepted and sent again."""
    file = "月次ユーザー利用ログ集計結果 関東支店 二〇二六年十一月分 最終版_訂正済み_" + "long" * 20
    found = History(home, run=f"user-log-20250802-093000-{'0123456789abcdef' * 2}-", file=file)
    found.run(USERS, failing=[0, 1, 2, 3], pending=[4])
    found.log.accept([found.inbox().rows[0]], by="承認した人の名前 " * 5, reason="理由を長く書いた文 " * 8)
    found.run(["U6", "二番目のファイルの長い利用者番号" * 4], failing=[1])
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    return found


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("runs", "月次ユーザー"),
        ("show latest", "Failed rows (1 of 1)"),
        ("show {first}", "Failed rows (4 of 4)"),
        ("inbox", "open"),
        ("inbox --all --limit 9", "理由を長く"),
        ("logs latest", ""),
        ("doctor", "Disk"),
        ("verify {first} --no-database", "Disagreements"),
        ("compare {first} latest", " x "),
        pytest.param("forecast latest", "unit", marks=pytest.mark.slow),
        ("faults", "error=NAME"),
    ],
)
def test_no_line_of_a_list_is_wider_than_the_terminal(
    simulator: Callable[..., Outcome], history: History, words: str, told: str
) -> None:
    """A wide letter takes two cells. Only what is to be pasted is whole: commands, paths, addresses."""
    first = next(folder.name for folder in history.store.folders() if folder.name.endswith("000"))
    outcome = simulator(*words.format(first=first).split())
    assert told in outcome.err
    pasted = (*TO_BE_PASTED, str(history.home))
    wide = [line for line in outcome.err.splitlines() if cell_len(line) > WIDTH]
    assert not [line for line in wide if not any(one in line for one in pasted)]


def test_a_line_is_folded_behind_its_indent(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word that is longer than the line is cut between two letters, never in one; nothing gets lost."""
    monkeypatch.setenv("COLUMNS", "11")
    Terminal().fold("one two ", ("three", "bold"), " あいうえおかきくけこ", indent=4)
    lines = capsys.readouterr().err.splitlines()
    assert all(line.startswith("    ") and cell_len(line) <= 11 for line in lines)
    assert "".join("".join(lines).split()) == "onetwothreeあいうえおかきくけこ"
    monkeypatch.setenv("COLUMNS", "200")
    Terminal().fold("x " * 200, indent=4)
    assert len(capsys.readouterr().err.splitlines()) == 1, "a file takes any line"
