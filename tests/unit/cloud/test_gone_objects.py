"""That an object is gone stays in the journal only as long as a run's folder could bring it back."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import orjson
import pytest

from simulator.aws.engine.moto.lasting.journal import Journal
from simulator.aws.engine.moto.lasting.restoring import Restorer

if TYPE_CHECKING:
    from pathlib import Path

BUCKET = f"files-{uuid.uuid4().hex}"


class State:
    """The state of moto, with every bucket and no object; notes what is put."""

    def __init__(self) -> None:
        self.put: list[str] = []

    def has_bucket(self, _bucket: str) -> bool:
        """Every bucket is there."""
        return True

    def versions(self, _bucket: str, _key: str) -> list[tuple[str, float]]:
        """Return none."""
        return []

    def put_object(self, _bucket: str, key: str, *_: object) -> None:
        """Note it."""
        self.put.append(key)


def restorer(folder: Path, journal: Journal) -> tuple[Restorer, State]:
    """Return one that has read the journal."""
    state, writes = State(), SimpleNamespace(versions={})
    queues = SimpleNamespace(restore=list)
    made = Restorer(cast("Any", None), cast("Any", state), cast("Any", writes), cast("Any", queues), folder, None)
    made.restore(journal)
    return made, state


def gone(key: str) -> dict[str, Any]:
    """Return the journal's line."""
    return {"about": ["s3", BUCKET, "key", key, "null"], "gone": True, "modified": 100.0}


@pytest.mark.parametrize("complete", [True, False])
def test_only_a_complete_list_of_what_lies_in_folders_lets_lines_go(tmp_path: Path, *, complete: bool) -> None:
    """And an object that lies there, older than its deletion, stays gone."""
    journal = Journal(tmp_path, patience=0)
    journal.write(gone("in-a-folder"), gone("nowhere"))
    journal.close()
    journal = Journal(tmp_path, patience=0)
    made, state = restorer(tmp_path, journal)
    lying = {"bucket": BUCKET, "key": "in-a-folder", "path": tmp_path, "modified": 50.0}
    assert made.found([lying], complete=complete) == 0
    assert state.put == []
    journal.close()
    Journal(tmp_path, patience=0).close()
    keys = [orjson.loads(line)["about"][3] for line in (tmp_path / "journal.jsonl").read_bytes().splitlines()]
    assert keys == (["in-a-folder"] if complete else ["in-a-folder", "nowhere"])
