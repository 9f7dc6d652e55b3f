"""Files that the person at the terminal names, and paths as they can type them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.exits import UsageError
from simulator.pipeline.settings import PROJECT_ROOT
from simulator.runs.caller import caller
from simulator.runs.suggested_command import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SAMPLES", "files_to_run", "readable_file", "shown"]

SAMPLES = PROJECT_ROOT / "sample_data"


def readable_file(text: str) -> Path:
    """Return the file a person means: the path as it is, or one in `sample_data/`.

    Raises:
        UsageError: there is no such file, or it cannot be read.
    """
    path = _there(text)
    if path.is_dir():
        raise UsageError(f"{shown(path)} is a folder; a CSV file is needed.")
    if not path.is_file():
        raise UsageError(f"{shown(path)} is not an ordinary file (a pipe or a device); save it as a file first.")
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise UsageError(f"The file {shown(path)} cannot be read: {error.strerror}.") from None
    return path


def files_to_run(texts: Sequence[str]) -> tuple[list[Path], bool]:
    """Return the files that a person means, in their order, and whether there may be several.

    A folder stands for the CSV files in it, by their names; folders in it and hidden files are left out.

    Raises:
        UsageError: a file or a folder is not there or cannot be read, or a folder has no CSV file.
    """
    found: list[Path] = []
    folders = False
    for text in texts:
        path = _there(text)
        if not path.is_dir():
            found.append(readable_file(text))
            continue
        folders = True
        inside = _csv_files(path)
        if not inside:
            raise UsageError(f"There is no CSV file in the folder {shown(path)} (folders in it are not searched).")
        found += [readable_file(str(one)) for one in inside]
    return found, folders or len(found) > 1


def _csv_files(folder: Path) -> list[Path]:
    try:
        return sorted(
            one
            for one in folder.iterdir()
            if one.suffix.lower() == ".csv" and not one.name.startswith(".") and not one.is_dir()
        )
    except OSError as error:
        raise UsageError(f"The folder {shown(folder)} cannot be read: {error.strerror}.") from None


def _there(text: str) -> Path:
    try:
        here = (caller().folder or Path()) / text
        path = next((one for one in (here, SAMPLES / text) if one.exists()), None)
    except (OSError, ValueError) as error:  # a name too long for the system, or with a NUL
        raise UsageError(f"{text!r} is not a file name: {error}") from None
    if path is None:
        there = ", ".join(sorted(one.name for one in SAMPLES.glob("*.csv"))) or "none"
        raise UsageError(f"There is no file {text!r}, here or in {shown(SAMPLES)} (there are: {there}).")
    return path
