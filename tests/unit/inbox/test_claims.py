"""A file that was taken from an inbox lies in exactly one place, after a kill between any two steps too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.pipeline.inbox import claims
from simulator.pipeline.inbox.claims import Claim, left_claims, take


class Killed(BaseException):
    """The process ends here."""


def taken(inbox: Path, name: str = "a.csv", text: str = "body") -> Claim:
    """Put a file into the inbox and take it."""
    (inbox / name).write_text(text, encoding="utf-8")
    claim = take(inbox, name)
    assert claim is not None
    return claim


def everything(inbox: Path) -> dict[str, str]:
    """The files that are visible in the inbox, with their text."""
    return {
        str(path.relative_to(inbox)): path.read_text(encoding="utf-8")
        for path in sorted(inbox.rglob("*"))
        if path.is_file() and claims.TAKEN not in path.parts
    }


def test_a_taken_file_is_gone_from_the_inbox_until_it_is_finished(tmp_path: Path) -> None:
    """Then it lies in done/ or rejected/ with its report beside it, and nothing is left of the claim."""
    claim = taken(tmp_path)
    assert everything(tmp_path) == {}
    claim.finish("all rows", accepted=True)
    taken(tmp_path, "b.csv").finish("no", accepted=False)
    assert everything(tmp_path) == {
        "done/a.csv": "body",
        "done/a.csv.report.txt": "all rows",
        "rejected/b.csv": "body",
        "rejected/b.csv.report.txt": "no",
    }
    assert list((tmp_path / claims.TAKEN).iterdir()) == []


def test_a_file_that_somebody_else_took_is_no_claim(tmp_path: Path) -> None:
    """And leaves no trace."""
    assert take(tmp_path, "gone.csv") is None
    assert list((tmp_path / claims.TAKEN).iterdir()) == []


def test_nothing_in_done_is_overwritten(tmp_path: Path) -> None:
    """Neither a file nor a report, whichever of both is there."""
    for text in ("one", "two", "three"):
        taken(tmp_path, text=text).finish(f"about {text}", accepted=True)
    (tmp_path / "done" / "b.csv.report.txt").write_text("mine", encoding="utf-8")
    assert taken(tmp_path, "b.csv").finish("about b", accepted=True).name == "b-2.csv"
    found = everything(tmp_path)
    assert (found["done/a.csv"], found["done/a-2.csv"]) == ("one", "two")
    assert (found["done/a-3.csv"], found["done/a-3.csv.report.txt"]) == ("three", "about three")
    assert found["done/b.csv.report.txt"] == "mine"


def test_without_hard_links_nothing_is_overwritten_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems have none."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    taken(tmp_path, text="one").finish("", accepted=True)
    taken(tmp_path, text="two").finish("", accepted=True)
    assert everything(tmp_path)["done/a.csv"] == "one"
    assert everything(tmp_path)["done/a-2.csv"] == "two"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x" * 251 + ".csv", "名" * 83 + ".csv", "é" * 125 + ".csv"])
def test_a_name_as_long_as_the_system_takes_still_gets_its_report(tmp_path: Path, name: str) -> None:
    """The report's name is cut, and the second file's too."""
    name = os.fsencode(name)[-255:].decode(errors="ignore")
    for number in range(2):
        place = taken(tmp_path, name, str(number)).finish(f"about {number}", accepted=True)
        assert place.read_text(encoding="utf-8") == str(number)
    assert sorted(everything(tmp_path).values()) == ["0", "1", "about 0", "about 1"]


@pytest.mark.parametrize("step", ["report.txt", "target.json", "link", "unlink", "report", "rmtree"])
def test_a_kill_during_the_finish_leaves_the_file_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The next process ends what was begun: the file is there once, with its report."""
    claim = taken(tmp_path)

    def killed(*_: object, **__: object) -> None:
        raise Killed

    places = {
        "report.txt": (Path, "write_text"),
        "target.json": (claims, "_write"),
        "link": (os, "link"),
        "unlink": (Path, "unlink"),
        "rmtree": (claims.shutil, "rmtree"),
    }
    if step == "report":
        replace = Path.replace
        monkeypatch.setattr(Path, "replace", lambda one, to: killed() if one.name == "report.txt" else replace(one, to))
    else:
        monkeypatch.setattr(*places[step], killed)
    with pytest.raises(Killed):
        claim.finish("a report", accepted=True)
    monkeypatch.undo()
    for left in left_claims(tmp_path):
        assert left.name == "a.csv"
        left.finish("a report", accepted=True)
    assert everything(tmp_path) == {"done/a.csv": "body", "done/a.csv.report.txt": "a report"}
    assert list((tmp_path / claims.TAKEN).iterdir()) == []


@pytest.mark.parametrize("step", ["mkdir", "claim.json", "rename"])
def test_a_kill_while_a_file_is_taken_leaves_it_in_the_inbox_or_in_the_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """And never in both."""
    (tmp_path / "a.csv").write_text("body", encoding="utf-8")
    monkeypatch.setattr(claims.shutil, "rmtree", lambda *_, **__: None)  # a killed process tidies up nothing

    def killed(*_: object, **__: object) -> None:
        raise Killed

    places = {"mkdir": (claims, "Claim"), "claim.json": (claims, "_write"), "rename": (Path, "rename")}
    monkeypatch.setattr(*places[step], killed)
    with pytest.raises(Killed):
        take(tmp_path, "a.csv")
    monkeypatch.undo()
    assert list(left_claims(tmp_path)) == []
    assert everything(tmp_path) == {"a.csv": "body"}
    assert list((tmp_path / claims.TAKEN).iterdir()) == []


def test_what_was_taken_and_not_finished_is_found_again_in_its_order(tmp_path: Path) -> None:
    """With the names and times of then."""
    first, second = taken(tmp_path, "b.csv"), taken(tmp_path, "a.csv")
    assert list(left_claims(tmp_path)) == [first, second]
