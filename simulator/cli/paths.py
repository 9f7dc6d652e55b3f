"""Files that the person at the terminal names, and paths as they can type them."""

from __future__ import annotations

from pathlib import Path

from simulator.cli.exits import UsageError
from simulator.pipeline.settings import PROJECT_ROOT

SAMPLES = PROJECT_ROOT / "sample_data"


def readable_file(text: str) -> Path:
    """Return the file a person means: the path as it is, or one in `sample_data/`.

    Raises:
        UsageError: there is no such file, or it cannot be read.
    """
    try:
        path = next((one for one in (Path(text), SAMPLES / text) if one.exists()), None)
    except (OSError, ValueError) as error:  # a name too long for the system, or with a NUL
        raise UsageError(f"{text!r} is not a file name: {error}") from None
    if path is None:
        there = ", ".join(sorted(one.name for one in SAMPLES.glob("*.csv"))) or "none"
        raise UsageError(f"There is no file {text!r}, here or in {shown(SAMPLES)} (there are: {there}).")
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


def shown(path: Path) -> str:
    """Return a path as short as it can be typed here: relative if it is below the current folder."""
    path = path.absolute()
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)
