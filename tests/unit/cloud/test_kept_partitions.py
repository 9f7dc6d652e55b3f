"""The audit items of runs, as they are read from the runs' folders and the journal's overrides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.aws.engine.moto.lasting.kept_partitions import KeptPartitions
from simulator.aws.engine.options import KeptTable

if TYPE_CHECKING:
    from pathlib import Path

RUN = "run-1"
VALUES = st.recursive(
    st.one_of(
        st.text(max_size=5).map(lambda text: {"S": text}),
        st.integers(-(2**63) + 1, 2**63 - 1).map(lambda number: {"N": str(number)}),
        st.booleans().map(lambda value: {"BOOL": value}),
        st.just({"NULL": True}),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda values: {"L": values}),
        st.dictionaries(st.text(max_size=3), inner, max_size=3).map(lambda values: {"M": values}),
    ),
    max_leaves=6,
)
CHANGES = st.lists(st.tuples(st.sampled_from("abc"), st.one_of(st.none(), VALUES, st.just({"B": "AAE="}))), max_size=12)


def partitions(folders: Path, mark: str = "") -> KeptPartitions:
    """Return those of a folder of runs."""
    return KeptPartitions(
        KeptTable(
            name="logs",
            folder_attribute="executionName",
            range_key="timestamp",
            folders=folders,
            file_name="audit.jsonl",
            orphans=folders / "orphans.jsonl",
            folder_mark=mark,
        )
    )


def item(key: str, value: Any = None, run: str = RUN) -> dict[str, Any]:
    """Return an item."""
    return {"executionName": {"S": run}, "timestamp": {"S": key}, "value": value or {"N": "1"}}


@settings(deadline=None)
@given(changes=CHANGES)
def test_items_read_as_the_last_write_left_them(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, Any]]
) -> None:
    """Plain ones, ones that JSON cannot say, and deletions, in any order; after a new start as well."""
    folders = tmp_path_factory.mktemp("runs")
    (folders / RUN).mkdir()
    kept, journal, expected = partitions(folders), [], {}
    for key, value in changes:
        if value is None:
            expected.pop(key, None)
            journal.append(kept.override({name: item(key)[name] for name in ("executionName", "timestamp")}, None))
            continue
        written = expected[key] = item(key, value)
        if kept.is_plain(written):
            kept.append([written])
        else:
            journal.append(kept.override({name: written[name] for name in ("executionName", "timestamp")}, written))
    again = partitions(folders)
    for line in journal:
        again.take_override(line)
    for one in (kept, again):
        assert {found["timestamp"]["S"]: found for found in one.items(RUN)} == expected


@pytest.mark.parametrize(
    "value", [{"N": "1.5"}, {"N": str(2**63)}, {"N": "01"}, {"SS": ["a"]}, {"B": "AA=="}, {"NS": []}]
)
def test_what_plain_json_cannot_say_is_told(value: dict[str, Any]) -> None:
    """On its own and inside of others."""
    assert not KeptPartitions.is_plain({"a": value})
    assert not KeptPartitions.is_plain({"a": {"L": [{"M": {"b": value}}]}})


@pytest.mark.parametrize("run", ["..", ".", "", "a/b", "no-folder", "x" * 81, "nul\0"])
def test_an_item_that_names_no_run_has_no_folder(tmp_path: Path, run: str) -> None:
    """Nor does one that would lead out of the folder of runs; it is kept beside the runs."""
    kept = partitions(tmp_path)
    assert not kept.has_folder(item("a", run=run))
    kept.append([item("a", run=run)])
    assert (tmp_path / "orphans.jsonl").read_bytes().count(b"\n") == 1
    assert kept.names() == []


def test_a_folder_that_is_made_or_deleted_counts_at_once(tmp_path: Path) -> None:
    """Nothing is remembered of the folder."""
    kept = partitions(tmp_path)
    for there in (False, True, False):
        if there:
            (tmp_path / RUN).mkdir()
        elif (tmp_path / RUN).exists():
            (tmp_path / RUN).rmdir()
        assert kept.has_folder(item("a")) is there


def test_half_a_line_and_nonsense_are_passed_over(tmp_path: Path) -> None:
    """A kill cuts the last line off; what comes later is whole."""
    (tmp_path / RUN).mkdir()
    kept = partitions(tmp_path)
    kept.append([item("a")])
    file = tmp_path / RUN / "audit.jsonl"
    for rubbish in (b'{"timestamp": "b"\n', b"[1]\n", b"7\n", b'{"timestamp": 5}\n', b"\xff\n"):
        with file.open("ab") as opened:
            opened.write(rubbish)
    kept.append([item("c")])
    with file.open("ab") as opened:
        opened.write(b'{"timest')
    assert [found["timestamp"]["S"] for found in kept.items(RUN)] == ["a", "c"]


def test_partitions_with_a_mark_share_the_folder_of_their_run(tmp_path: Path) -> None:
    """In one file; each reads its own items, counts them, and keeps its own overrides."""
    (tmp_path / RUN).mkdir()
    kept = partitions(tmp_path, "#")
    kept.append([item("a"), item("b", run=f"{RUN}#07"), item("c", run=f"{RUN}#12"), item("a", run=f"{RUN}#07")])
    deleted = item("b", run=f"{RUN}#07")
    kept.override({name: deleted[name] for name in ("executionName", "timestamp")}, None)
    assert kept.names() == [RUN, f"{RUN}#07", f"{RUN}#12"]
    assert [[one["timestamp"]["S"] for one in kept.items(name)] for name in kept.names()] == [["a"], ["a"], ["c"]]
    assert [kept.count(name) for name in kept.names()] == [1, 2, 1]
    assert kept.has_folder(item("z", run=f"{RUN}#99"))
    assert not kept.has_folder(item("z", run="..#07"))
    assert list(kept.items("run#07")) == []
