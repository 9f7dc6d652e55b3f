"""What PostgreSQL's log is taken to say: only data that is damaged is to be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.postgres.log import PostgresLog, is_full_disk

if TYPE_CHECKING:
    from pathlib import Path

STAMP = "2026-11-27 23:02:32.123 UTC [123] "


def log(folder: Path, text: str) -> PostgresLog:
    """A log with this text, in which DATA stands for the data folder."""
    path = folder / "postgres.log"
    path.write_text(text.replace("DATA", str(folder / "data")))
    return PostgresLog(path)


@pytest.mark.parametrize(
    "fault",
    [
        'XX001 PANIC:  could not read file "global/pg_control": read 0 of 296',
        "XX000 PANIC:  could not locate a valid checkpoint record at 0/1509E48",
        "XX000 FATAL:  incorrect checksum in control file",
        "22023 FATAL:  database files are incompatible with server",
        '58P01 FATAL:  could not open file "global/pg_filenode.map": No such file or directory',
        '58P01 FATAL:  could not open directory "pg_wal": No such file or directory',
        '58P01 FATAL:  could not open file "DATA/global/pg_control": No such file or directory',
        "XX000 FATAL:  could not load DATA/pg_hba.conf",
        'F0000 FATAL:  configuration file "DATA/postgresql.conf" contains errors',
    ],
)
def test_a_fault_of_what_is_in_the_data_folder_is_the_datas(tmp_path: Path, fault: str) -> None:
    """Files of it that are gone, damaged, of another build, or settings in it that are wrong."""
    assert log(tmp_path, f"{STAMP}00000 LOG:  starting\n{STAMP}{fault}\n").blames(tmp_path / "data")


@pytest.mark.parametrize(
    "fault",
    [
        'XX000 FATAL:  could not write file "pg_wal/xlogtemp.12": Disk quota exceeded',
        '53100 FATAL:  could not write lock file "postmaster.pid": No space left on device',
        '42501 FATAL:  could not open file "global/pg_control": Permission denied',
        '42501 FATAL:  could not create lock file "postmaster.pid": Read-only file system',
        '58030 PANIC:  could not read file "global/pg_control": Input/output error',
        'F0001 FATAL:  lock file "postmaster.pid" already exists',
        "XX000 FATAL:  could not map anonymous shared memory: Cannot allocate memory",
        "XX000 FATAL:  could not create shared memory segment: No space left on device",
        "XX000 FATAL:  could not create any Unix-domain sockets",
        '58P01 FATAL:  could not create lock file "/gone/.s.PGSQL.5432.lock": No such file or directory',
        '58P01 FATAL:  could not open directory "/venv/share/timezonesets": No such file or directory',
        '22023 FATAL:  invalid value for parameter "max_connections": "x"',
        '55000 FATAL:  data directory "DATA" has wrong ownership',
    ],
)
def test_a_fault_of_its_surroundings_is_not_the_datas(tmp_path: Path, fault: str) -> None:
    """The disk, a right, memory, another server, the installation: a new database would fail in the same way."""
    assert not log(tmp_path, f"{STAMP}{fault}\n").blames(tmp_path / "data")


def test_what_is_said_before_the_settings_are_read_has_no_prefix(tmp_path: Path) -> None:
    """PostgreSQL says it by its own name."""
    text = 'postgres: could not access the server configuration file "DATA/postgresql.conf": '
    assert log(tmp_path, f"{text}No such file or directory\n").blames(tmp_path / "data")
    assert not log(tmp_path, f"{text}Permission denied\n").blames(tmp_path / "data")
    text = 'postgres: could not find the database system\nExpected to find it in the directory "DATA",\nbut could not '
    text += 'open file "DATA/global/pg_control": '
    assert log(tmp_path, f"{text}No such file or directory\n").blames(tmp_path / "data")
    assert not log(tmp_path, f"{text}Permission denied\n").blames(tmp_path / "data")


@pytest.mark.parametrize(
    "text", ["", "setpriv: setresuid failed: Operation not permitted\n", f"{STAMP}00000 LOG:  hi\n"]
)
def test_a_log_without_a_fault_blames_nothing(tmp_path: Path, text: str) -> None:
    """Nor does a log that is not there."""
    written = log(tmp_path, text)
    assert not written.blames(tmp_path / "data")
    assert not written.locked()
    assert not PostgresLog(tmp_path / "none").blames(tmp_path / "data")


def test_a_data_folder_that_somebody_holds_is_locked(tmp_path: Path) -> None:
    """The last children of a server that was killed."""
    fault = "F0001 FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use"
    assert log(tmp_path, f"{STAMP}{fault}\n").locked()


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("53100 FATAL:  could not write init file: No space left on device", True),
        ("53100 ERROR:  could not extend file", True),
        ("XX000 PANIC:  could not write to file: Disk quota exceeded", True),
        ("53200 FATAL:  out of memory", False),
        ("57P03 FATAL:  the database system is starting up", False),
    ],
)
def test_a_disk_without_room_is_told_from_other_faults(tmp_path: Path, text: str, full: bool) -> None:
    """By the SQLSTATE, or by the system's own words."""
    assert log(tmp_path, f"{STAMP}{text}\n").tells_of_full_disk() is full
    assert is_full_disk(f"psql: error: {text}") is (full and "extend" not in text)
