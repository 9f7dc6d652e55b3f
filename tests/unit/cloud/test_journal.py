"""The journal of a lasting cloud: what counts of its lines, and what is left after a kill or on a full disk."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.aws.engine.moto.lasting.journal import RESERVE_BYTES, Entries, Journal, JournalBusy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = st.lists(st.sampled_from(["a", "b", "ひ"]), min_size=1, max_size=3)
WRITES = st.lists(st.tuples(st.sampled_from(["put", "forget"]), NAMES), max_size=40)


def thing(*about: str, **more: Any) -> dict[str, Any]:
    """Return a line about a thing."""
    return {"about": list(about), **more}


def reopened(folder: Path) -> list[dict[str, Any]]:
    """Open a journal anew and return what counts."""
    journal = Journal(folder, patience=0)
    try:
        return list(journal.restored())
    finally:
        journal.close()


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Let the system refuse longer files, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@settings(deadline=None)
@given(writes=WRITES)
def test_the_newest_line_about_a_thing_counts(writes: list[tuple[str, list[str]]]) -> None:
    """As in a dict of names, in which what is forgotten takes along what belongs to it."""
    expected: dict[tuple[str, ...], int] = {}
    entries = Entries()
    for number, (kind, about) in enumerate(writes):
        name = tuple(about)
        if kind == "put":
            expected.pop(name, None)
            expected[name] = number
            assert entries.apply(line_of({"about": about, "n": number}))
        else:
            expected = {key: value for key, value in expected.items() if key[: len(name)] != name}
            assert entries.apply(line_of({"forget": about}))
    assert entries.lines() == [line_of({"about": list(k), "n": n}) for k, n in expected.items()]


@settings(deadline=None)
@given(writes=WRITES, cut=st.integers(min_value=0, max_value=400))
def test_a_journal_cut_off_at_any_byte_has_every_whole_line(
    tmp_path_factory: pytest.TempPathFactory, writes: list[tuple[str, list[str]]], cut: int
) -> None:
    """A kill ends a file anywhere."""
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder, patience=0)
    for number, (kind, about) in enumerate(writes):
        journal.write({"about": about, "n": number}) if kind == "put" else journal.forget(about)
    journal.close()
    file = folder / "journal.jsonl"
    file.write_bytes(file.read_bytes()[:cut])
    entries = Entries()
    for line in file.read_bytes().split(b"\n"):
        entries.apply(line)
    expected = b"".join(entries.lines())
    reopened(folder)
    assert file.read_bytes() == expected


@pytest.mark.parametrize("line", [b"", b"\n", b"{", b"[]", b"7", b"null", b'"a"', b"\xff\xfe", b"\x00"])
def test_a_line_that_is_not_an_entry_is_passed_over(line: bytes) -> None:
    """Whatever a power cut left there."""
    entries = Entries()
    assert not entries.apply(line)
    assert entries.lines() == []


def test_opening_drops_what_counts_no_more(tmp_path: Path) -> None:
    """The file grows with what is there, not with what has happened."""
    journal = Journal(tmp_path, patience=0)
    for number in range(1_000):
        journal.write(thing("s3", "b", n=number))
        journal.write(thing("s3", "b", "key", str(number)))
        journal.forget(["s3", "b", "key", str(number)])
    journal.close()
    assert reopened(tmp_path) == [thing("s3", "b", n=999)]
    assert (tmp_path / "journal.jsonl").read_bytes().count(b"\n") == 1


def test_a_second_process_is_told_that_it_is_open(tmp_path: Path) -> None:
    """And which folder."""
    journal = Journal(tmp_path, patience=0)
    with pytest.raises(JournalBusy, match=str(tmp_path)):
        Journal(tmp_path, patience=0)
    journal.close()
    journal.close()
    assert reopened(tmp_path) == []


def test_a_write_that_does_not_fit_counts_as_nothing_and_the_next_as_whole(tmp_path: Path) -> None:
    """Half a line is in the file, and nothing is glued to it."""
    journal = Journal(tmp_path, patience=0)
    journal.write(thing("first"))
    size = (tmp_path / "journal.jsonl").stat().st_size
    with no_file_longer_than(size + 10):
        with pytest.raises(OSError, match="File too large"):
            journal.write(thing("lost"))
        for _ in range(2):
            with pytest.raises(OSError, match="File too large"):
                journal.check_room()
    journal.check_room()
    journal.write(thing("second"))
    journal.close()
    assert reopened(tmp_path) == [thing("first"), thing("second")]


def test_the_reserve_is_there_from_the_start_and_again_after_it_was_given(tmp_path: Path) -> None:
    """Real bytes, not a hole."""
    journal = Journal(tmp_path, patience=0)
    reserve = tmp_path / "journal.reserve"
    assert reserve.stat().st_blocks * 512 >= RESERVE_BYTES
    assert journal.give_reserve()
    assert not journal.give_reserve()
    assert not reserve.exists()
    journal.check_room()
    assert reserve.stat().st_size == RESERVE_BYTES
    journal.close()


def test_more_than_the_disk_has_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    """A body of 2^60 bytes fits nowhere."""
    journal = Journal(tmp_path, patience=0)
    with pytest.raises(OSError, match="No space left"):
        journal.check_room(2**60)
    journal.close()


def line_of(value: dict[str, Any]) -> bytes:
    """Return a line of the file."""
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
