"""JSON objects by name that outlast the process."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.runs.kept_records import KeptRecords

if TYPE_CHECKING:
    from pathlib import Path

CHANGES = st.lists(st.tuples(st.sampled_from(["a", "b", "ひ"]), st.one_of(st.none(), st.integers(0, 9))), max_size=20)


@settings(deadline=None)
@given(changes=CHANGES)
def test_the_last_change_of_each_key_is_there_after_a_new_start(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, int | None]]
) -> None:
    """As in a dict; and the file holds one line for each object then."""
    path = tmp_path_factory.mktemp("kept") / "deeper" / "records.jsonl"
    records = KeptRecords(path)
    expected: dict[str, dict[str, int]] = {}
    for key, number in changes:
        if number is None:
            records.delete(key)
            expected.pop(key, None)
        else:
            records.put(key, {"n": number})
            expected[key] = {"n": number}
        assert records.all() == expected
    records.close()
    again = KeptRecords(path)
    assert again.all() == expected
    assert path.read_bytes().count(b"\n") == len(expected)
    again.close()
    again.close()


def test_half_a_line_at_the_end_is_passed_over(tmp_path: Path) -> None:
    """A kill cut it off; what is written next is not glued to it."""
    path = tmp_path / "records.jsonl"
    path.write_bytes(b'{"key":"a","value":{"n":1}}\n{"key":"b","value":{"n"')
    records = KeptRecords(path)
    records.put("c", {"n": 3})
    records.close()
    again = KeptRecords(path)
    assert again.all() == {"a": {"n": 1}, "c": {"n": 3}}
    again.close()


def test_what_does_not_fit_on_the_disk_is_not_there(tmp_path: Path) -> None:
    """Neither now nor after a new start; what is put later is."""
    path = tmp_path / "records.jsonl"
    records = KeptRecords(path)
    records.put("a", {"n": 1})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 5, limits[1]))
    try:
        with pytest.raises(OSError, match=r"File too large|only in part"):
            records.put("a", {"n": 2})
        with pytest.raises(OSError, match=r"File too large|only in part"):
            records.delete("a")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert records.all() == {"a": {"n": 1}}
    records.put("b", {"n": 3})
    records.close()
    again = KeptRecords(path)
    assert again.all() == {"a": {"n": 1}, "b": {"n": 3}}
    again.close()
