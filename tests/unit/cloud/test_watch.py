"""Files that change while the local cloud is up."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from simulator.pipeline.local_cloud.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Taken:
    """Takes files over, and can be waited for."""

    def __init__(self, *, fails: int = 0) -> None:
        self.changed: list[set[str]] = []
        self.told: list[str] = []
        self._fails = fails
        self._called = threading.Semaphore(0)

    def take_over(self, changed: set[Path]) -> Iterator[str]:
        """Note the names; raise the first times."""
        self.changed.append({path.name for path in changed})
        if len(self.changed) <= self._fails:
            raise RuntimeError("broken")
        yield f"taken: {sorted(path.name for path in changed)}"

    def tell(self, sentence: str) -> None:
        """Note a sentence."""
        self.told.append(sentence)
        self._called.release()

    def wait(self) -> None:
        """Wait for the next sentence."""
        assert self._called.acquire(timeout=10)


def test_files_that_are_saved_together_are_taken_over_together(tmp_path: Path) -> None:
    """Written, moved into place as editors do, in a folder inside; other kinds of files are left alone."""
    (tmp_path / "inside").mkdir()
    taken = Taken()
    with Watch([tmp_path], taken.take_over, taken.tell):
        (tmp_path / "a.json").write_text("{}")
        (tmp_path / "notes.txt").write_text("x")
        (tmp_path / ".b.py.swp").write_text("x")
        (tmp_path / "b.tmp").write_text("x")
        os.replace(tmp_path / "b.tmp", tmp_path / "inside" / "b.py")  # noqa: PTH105 - as an editor does
        taken.wait()
        assert taken.changed == [{"a.json", "b.py"}]
        (tmp_path / "a.json").write_text("{} ")
        taken.wait()
        assert taken.changed[1:] == [{"a.json"}]


def test_a_change_that_breaks_the_reload_is_told_and_the_next_one_is_taken_over(tmp_path: Path) -> None:
    """The watch lives on."""
    taken = Taken(fails=1)
    with Watch([tmp_path], taken.take_over, taken.tell):
        (tmp_path / "a.json").write_text("1")
        taken.wait()
        (tmp_path / "a.json").write_text("2")
        taken.wait()
    assert taken.told == ["The change could not be taken over: RuntimeError: broken", "taken: ['a.json']"]
