"""All runs below one folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from simulator.runs.folder.run_folder import BadRunName, RunFolder
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.runs.folder.run_record import RunRecord

LATEST = "latest"
_SHOWN = 5


class RunNotFound(Exception):
    """No run, or more than one, goes by what was asked for; the message says what to do."""


class RunStore:
    """The runs below `runs`, a folder that need not exist.

    Args:
        runs: the folder.
        fetched: more folders of runs, to be read only.
    """

    def __init__(self, runs: Path, *fetched: Path) -> None:
        self.path = runs
        self._fetched = fetched

    def folder(self, name: str) -> RunFolder:
        """Return the folder of a run by its full name, whether it exists or not.

        Raises:
            BadRunName: if the name could lead out of the runs folder.
        """
        own = RunFolder(self.path, name)
        if self._fetched and not own.path.is_dir():
            return next((one for one in self._elsewhere(name) if one.path.is_dir()), own)
        return own

    def _elsewhere(self, name: str) -> Iterator[RunFolder]:
        return (RunFolder(path, name) for path in self._fetched)

    def folders(self) -> list[RunFolder]:
        """Return the folders there are, in no order; what is not a run's folder is left out.

        A run that was run here and fetched, too (from the local cloud), counts once, as the one that was run here.
        """
        found: dict[str, RunFolder] = {}
        for path in (self.path, *self._fetched):
            for folder in _folders(path):
                found.setdefault(folder.name, folder)
        return list(found.values())

    def records(self) -> list[RunRecord]:
        """Return all runs as they stand, newest first."""
        records = [folder.record() for folder in self.folders()]
        return sorted(records, key=lambda record: (record.started or "", record.name), reverse=True)

    def find(self, text: str) -> RunFolder:
        """Return the run that `text` names: its full name, the beginning of just one name, or `latest`.

        Raises:
            RunNotFound: if there is no such run, or more than one.
        """
        records = self.records()
        if not records:
            raise RunNotFound(f"There is no run yet. Make the first one with: {self._command('run', 'sample.csv')}")
        if text == LATEST:
            return self.folder(records[0].name)
        names = [record.name for record in records]
        if text in names:
            return self.folder(text)
        matching = [name for name in names if text and name.startswith(text)]
        if len(matching) == 1:
            return self.folder(matching[0])
        if matching:
            raise RunNotFound(f"{len(matching)} runs begin with {text!r}: {_some(matching)}. Give more of the name.")
        raise RunNotFound(f"There is no run {text!r}. The newest ones: {_some(names)}. All: {self._command('runs')}")

    def _command(self, *words: str) -> str:
        return command(*words, home=self.path.parent)


def _folders(path: Path) -> list[RunFolder]:
    try:
        with os.scandir(path) as found_there:
            entries = [entry.name for entry in found_there if entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    found = []
    for name in entries:
        try:
            found.append(RunFolder(path, name))
        except BadRunName:
            continue
    return found


def _some(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
