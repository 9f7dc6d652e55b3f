"""A folder is watched: whole files are taken once, in their order, and moved when their runs have ended."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from simulator.pipeline.errors import CloudError
from simulator.pipeline.inbox import inbox as inbox_module
from simulator.pipeline.inbox.claims import take
from simulator.pipeline.inbox.inbox import Inbox, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from simulator.pipeline.inbox.claims import Claim

PATIENCE = 10.0


class Recording:
    """Uploads nothing, and keeps what it was given; `bad` names are rejected, runs end once `gate` is set."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, str, bool]] = []
        self.gate = threading.Event()
        self.gate.set()

    def begin(self, claim: Claim, *, again: bool) -> Callable[[], Verdict | None]:
        """Keep the file's text."""
        self.begun.append((claim.name, claim.file.read_text(encoding="utf-8"), again))

        def wait() -> Verdict | None:
            return Verdict(accepted="bad" not in claim.name, report="told") if self.gate.wait(PATIENCE) else None

        return wait

    @property
    def names(self) -> list[str]:
        """The names in the order of their uploads."""
        return [name for name, _, _ in self.begun]


@pytest.fixture
def uploader() -> Recording:
    """What the inbox uploads with."""
    return Recording()


@pytest.fixture
def told() -> list[str]:
    """What the inbox says."""
    return []


@pytest.fixture
def inbox(tmp_path: Path, uploader: Recording, told: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is watched."""
    monkeypatch.setattr(inbox_module, "LOOK_SECONDS", 0.02)
    with Inbox(tmp_path / "in", uploader, told.append):
        yield tmp_path / "in"


def put(folder: Path, name: str, text: str = "rows", age: float = 5.0) -> Path:
    """Put a whole file there, which was written `age` seconds ago."""
    path = folder / name
    draft = folder / f".{name}"
    draft.write_text(text, encoding="utf-8")
    moment = time.time() - age
    os.utime(draft, (moment, moment))
    return draft.rename(path)


def until(condition: Callable[[], bool]) -> None:
    """Wait for something."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def test_a_file_that_is_renamed_in_goes_its_way(inbox: Path, uploader: Recording) -> None:
    """To done/ or rejected/, each with its report."""
    put(inbox, "good.csv")
    put(inbox, "bad.csv")
    until(lambda: (inbox / "done/good.csv").exists() and (inbox / "rejected/bad.csv").exists())
    until((inbox / "done/good.csv.report.txt").exists)
    assert sorted(uploader.names) == ["bad.csv", "good.csv"]


def test_a_file_that_is_still_written_is_not_taken_before_a_quiet_second(inbox: Path, uploader: Recording) -> None:
    """However slowly its writer writes, the whole of it is uploaded."""
    with (inbox / "slow.csv").open("w", encoding="utf-8") as file:
        for number in range(6):
            file.write(f"{number}\n")
            file.flush()
            time.sleep(0.3)
            assert uploader.begun == []
    until(lambda: len(uploader.begun) > 0)
    assert uploader.begun == [("slow.csv", "0\n1\n2\n3\n4\n5\n", False)]


@pytest.mark.parametrize("name", [".hidden.csv", "a.csv.part", "a.csv.tmp", "a.csv~", "a.CSV.CRDOWNLOAD"])
def test_names_that_say_not_yet_are_left_alone(inbox: Path, uploader: Recording, name: str) -> None:
    """Until they are renamed."""
    path = put(inbox, f"x{name}" if not name.startswith(".") else name)
    put(inbox, "z.csv")
    until(lambda: "z.csv" in uploader.names)
    assert path.exists()
    path.rename(inbox / "whole.csv")
    until(lambda: "whole.csv" in uploader.names)


def test_folders_links_and_pipes_are_left_alone(inbox: Path, uploader: Recording, told: list[str]) -> None:
    """And that is said once."""
    (inbox / "folder.csv").mkdir()
    os.mkfifo(inbox / "pipe.csv")
    (inbox / "link.csv").symlink_to(inbox / "nowhere")
    put(inbox, "z.csv")
    until((inbox / "done/z.csv").exists)
    time.sleep(0.1)
    assert uploader.names == ["z.csv"]
    assert sorted(text for text in told if "not an ordinary file" in text) == [
        "inbox: link.csv is not an ordinary file, and is left alone",
        "inbox: pipe.csv is not an ordinary file, and is left alone",
    ]


def test_what_came_while_no_cloud_was_up_is_taken_at_the_start_the_oldest_first(
    tmp_path: Path, uploader: Recording
) -> None:
    """What an earlier process had taken comes before it, and is marked."""
    for age, name in enumerate(("newest.csv", "older.csv", "oldest.csv", "taken.csv"), 2):
        put(tmp_path, name, age=age)
    assert take(tmp_path, "taken.csv") is not None
    with Inbox(tmp_path, uploader, print):
        until(lambda: len(uploader.begun) == 4)
    assert [(name, again) for name, _, again in uploader.begun] == [
        ("taken.csv", True),
        ("oldest.csv", False),
        ("older.csv", False),
        ("newest.csv", False),
    ]


def test_only_so_many_files_run_side_by_side(inbox: Path, uploader: Recording) -> None:
    """The others wait in the inbox or in their claims, and none is lost."""
    uploader.gate.clear()
    for number in range(20):
        put(inbox, f"{number}.csv")
    until(lambda: len(uploader.begun) == inbox_module.SIDE_BY_SIDE)
    time.sleep(0.2)
    assert len(uploader.begun) == inbox_module.SIDE_BY_SIDE
    uploader.gate.set()
    until(lambda: len(list((inbox / "done").glob("*.csv"))) == 20)
    assert len(set(uploader.names)) == len(uploader.names) == 20


def test_a_run_that_the_cloud_does_not_live_to_see_ends_with_the_next_one(tmp_path: Path, uploader: Recording) -> None:
    """Its file stays taken, and is looked at again."""
    uploader.gate.clear()
    put(tmp_path, "a.csv")
    with Inbox(tmp_path, uploader, print):
        until(lambda: len(uploader.begun) > 0)
    uploader.gate.set()
    assert not (tmp_path / "a.csv").exists()
    with Inbox(tmp_path, uploader, print):
        until((tmp_path / "done/a.csv").exists)
    assert [again for _, _, again in uploader.begun] == [False, True]


def test_two_clouds_do_not_share_an_inbox(inbox: Path, uploader: Recording) -> None:
    """The second is refused with a sentence."""
    with pytest.raises(CloudError, match="Another cloud takes the files"):
        Inbox(inbox, uploader, print)


def test_an_inbox_that_cannot_be_made_is_said(tmp_path: Path, uploader: Recording) -> None:
    """A file is in its place."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CloudError, match="cannot be used"):
        Inbox(tmp_path / "file" / "in", uploader, print)
