"""Looks at the machine: Python, packages, PostgreSQL's programs, memory, clock."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from simulator.pipeline.doctor.finding import Finding
from simulator.places import DISTRIBUTION, is_checkout
from simulator.postgres.cluster import programs
from simulator.postgres.errors import PostgresError

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST_MEMORY = 500_000_000
"""A run takes about 400 MB: its own process, moto and PostgreSQL."""
MOST_SKEW_SECONDS = 2.0
_MEGABYTE = 1_000_000


def python() -> Iterator[Finding]:
    """Look at the version of Python."""
    found = f"{platform.python_implementation()} {platform.python_version()}, {sys.executable}"
    try:
        wanted = distribution(DISTRIBUTION).metadata["Requires-Python"] or ""
    except PackageNotFoundError:
        yield Finding(name="Python", found=f"{found}, without {DISTRIBUTION}", state="problem", cure=_install())
        return
    if SpecifierSet(wanted).contains(platform.python_version(), prereleases=True):
        yield Finding(name="Python", found=found)
    else:
        cure = f"Install Python {wanted}; uv does so by itself: uv sync --python 3.13"
        yield Finding(name="Python", found=f"{found}, but {wanted} is needed", state="problem", cure=cure)


def packages() -> Iterator[Finding]:
    """Look at the packages that the simulator needs."""
    try:
        needed = [Requirement(text) for text in distribution(DISTRIBUTION).requires or []]
    except PackageNotFoundError:
        return
    wrong = []
    needed = [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    for one in needed:
        try:
            found = version(one.name)
        except PackageNotFoundError:
            wrong.append(f"{one.name} is missing")
            continue
        if not one.specifier.contains(found, prereleases=True):
            wrong.append(f"{one.name} is {found}, not {one.specifier}")
    if wrong:
        yield Finding(name="Packages", found="; ".join(wrong), state="problem", cure=_install())
    else:
        yield Finding(name="Packages", found=f"all {len(needed)} are here, in versions that fit")


def postgres_programs() -> Iterator[Finding]:
    """Run the embedded PostgreSQL's program: a file system may be noexec, a library of the system missing."""
    name = "PostgreSQL's programs"
    try:
        program = programs() / "postgres"
        told = subprocess.run(  # noqa: S603 - our own program
            [program, "--version"], capture_output=True, text=True, timeout=30, check=False, env={}
        )
    except (PostgresError, OSError, subprocess.TimeoutExpired) as error:
        yield Finding(name=name, found=str(error), state="problem", cure=_install())
        return
    if told.returncode:
        why = told.stderr.strip() or f"exit code {told.returncode}"
        yield Finding(name=name, found=f"{program} does not run: {why}", state="problem", cure=_install())
    else:
        yield Finding(name=name, found=told.stdout.strip())


def memory(free: int | None = None) -> Iterator[Finding]:
    """Look at the memory that is free."""
    free = int(psutil.virtual_memory().available) if free is None else free
    found = f"{free / _MEGABYTE:,.0f} MB are free"
    if free < LEAST_MEMORY:
        cure = f"A run takes about {LEAST_MEMORY / _MEGABYTE:,.0f} MB. End other programs."
        yield Finding(name="Memory", found=found, state="warning", cure=cure)
    else:
        yield Finding(name="Memory", found=found)


def clock(folder: Path, now: float | None = None) -> Iterator[Finding]:
    """Look at the clock: it must not be before the simulator was made, nor differ from that of the home's disk."""
    now = time.time() if now is None else now
    text = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    cure = "Set the clock: runs are named and ordered by it, and AWS refuses requests that are 5 minutes off."
    made = Path(__file__).stat().st_mtime
    if now < made:
        yield Finding(
            name="Clock", found=f"{text}, which is before this simulator was installed", state="problem", cure=cure
        )
        return
    skew = 0.0
    if folder.is_dir() and os.access(folder, os.W_OK):
        with tempfile.NamedTemporaryFile(dir=folder) as trial:
            skew = Path(trial.name).stat().st_mtime - now
    if abs(skew) > MOST_SKEW_SECONDS:
        found = f"{text}; the file system of {folder} is {skew:+.1f} s off"
        yield Finding(name="Clock", found=found, state="warning", cure=cure)
    else:
        yield Finding(name="Clock", found=text)


def _install() -> str:
    return (
        "Install again, in the project's folder: uv sync --all-groups"
        if is_checkout()
        else f"Install {DISTRIBUTION} again."
    )
