"""Looks at the home: rights, room, Unix sockets, and what processes that were killed have left."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.pipeline.doctor.finding import Finding
from simulator.pipeline.errors import CloudError
from simulator.pipeline.local_cloud.cloud_files import CloudFiles
from simulator.pipeline.steering.port import lives
from simulator.postgres.cluster import MAX_DATA_PATH, MAX_SOCKET_PATH, PORT
from simulator.runs.folder.run_record import INTERRUPTED, RUNNING
from simulator.runs.suggested_command import command
from simulator.runs.words import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.pipeline.settings import HomeFolder
    from simulator.runs.folder.run_folder import RunFolder

LEAST_ROOM, LITTLE_ROOM = 200_000_000, 1_000_000_000
"""A new embedded PostgreSQL takes 40 MB, a run of 100,000 rows about 150 MB."""
_MEGABYTE = 1_000_000


def rights(home: HomeFolder) -> Iterator[Finding]:
    """Create the home's folders, and write into each."""
    try:
        home.create()
    except CloudError as error:
        yield Finding(name="Home", found=str(error), state="problem", cure="Give SIMULATOR_HOME a folder of your own.")
    else:
        yield Finding(name="Home", found=f"{home.path} can be written")


def room(home: HomeFolder, free: int | None = None) -> Iterator[Finding]:
    """Look at the room on the home's disk."""
    there = next(one for one in (home.path, *home.path.parents) if one.exists())
    free = shutil.disk_usage(there).free if free is None else free
    found = f"{free / _MEGABYTE:,.0f} MB are free on the disk of {there}"
    if free >= LITTLE_ROOM:
        yield Finding(name="Disk", found=found)
        return
    cure = f"Make room, for example with: {command('reset')}"
    yield Finding(name="Disk", found=found, state="problem" if free < LEAST_ROOM else "warning", cure=cure)


def sockets(home: HomeFolder) -> Iterator[Finding]:
    """Look whether PostgreSQL can have its data and its Unix socket: their paths have a greatest length."""
    data = len(os.fsencode(home.postgres / "data"))
    if data > MAX_DATA_PATH:
        yield Finding(
            name="Paths",
            found=f"PostgreSQL's data would lie at a path of {data} bytes; it takes {MAX_DATA_PATH}",
            state="problem",
            cure="Set SIMULATOR_HOME to a folder with a shorter path.",
        )
        return
    size = len(os.fsencode(home.postgres / f".s.PGSQL.{PORT}"))
    short = size <= MAX_SOCKET_PATH
    folder = home.postgres if short and home.postgres.is_dir() else Path(tempfile.gettempdir())
    why = "" if short else f" (the home's path is too long for a socket: {size} of {MAX_SOCKET_PATH} bytes)"
    try:
        with tempfile.TemporaryDirectory(prefix=".s-", dir=folder) as inner, socket.socket(socket.AF_UNIX) as probe:
            probe.bind(os.path.join(inner, "s"))  # noqa: PTH118 - bind takes text
    except OSError as error:
        if len(os.fsencode(folder)) + len("/.s-12345678/s") > MAX_SOCKET_PATH:  # the trial's own name was too long
            yield Finding(name="Sockets", found=f"PostgreSQL's socket has its place in {folder}")
            return
        yield Finding(
            name="Sockets",
            found=f"No Unix socket can be made in {folder}: {error.strerror or error}",
            state="problem",
            cure="Set SIMULATOR_HOME (or TMPDIR) to a folder on a local disk.",
        )
    else:
        yield Finding(name="Sockets", found=f"Unix sockets work in {folder}{why}")


def left_behind(home: HomeFolder) -> Iterator[Finding]:
    """Look for locks, ports and runs of processes that were killed."""
    cloud = CloudFiles(home.path)
    if Path(cloud.about).exists() and not cloud.lives():
        yield Finding(
            name="Cloud that was killed",
            found=f"{cloud.about} is left of one, and nothing holds its lock",
            state="warning",
            cure=f"The next cloud replaces it: {command('up')}",
        )
    dead = [file for file in home.steering.glob("*.json") if file.stem.isdecimal() and not lives(int(file.stem))]
    if dead:
        yield Finding(
            name="Ports of processes that were killed",
            found=f"{count(len(dead), 'file')} in {home.steering}",
            state="warning",
            cure="Nothing is to be done: the next stop, pause, resume or update deletes them.",
        )
    folders = home.known_runs.folders()
    broken = [one.name for one in folders if _interrupted(one)]
    if broken:
        yield Finding(
            name="Runs whose process died",
            found=f"{count(len(broken), 'run')}, such as {broken[0]}",
            state="warning",
            cure=f"See what is left of it, and go on with it: {command('show', broken[0])}",
        )
    if not dead and not broken:
        yield Finding(name="Locks", found=f"no lock is stale; {count(len(folders), 'run')} here")


def _interrupted(folder: RunFolder) -> bool:
    return folder.record_as_written().status == RUNNING and folder.record().status == INTERRUPTED
