"""Which rows of a run that did not succeed have succeeded since, in corrected files, and which still wait."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.runs.corrections.corrected_file import corrected_rows
from simulator.runs.folder.run_record import RUNNING
from simulator.runs.words import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.runs.folder.run_record import RunRecord
    from simulator.runs.store import RunStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """The effect of corrected files on a run.

    Args:
        by: the runs of those files, oldest first.
        rows: how many rows `failed-rows.csv` lists.
        left: how many of them have not succeeded in any of these runs.
    """

    by: tuple[str, ...]
    rows: int
    left: int

    @property
    def complete(self) -> bool:
        """Whether nothing is left to correct."""
        return self.left == 0

    @property
    def words(self) -> str:
        """Such as `all 5 rows corrected` or `3 of 5 rows corrected`."""
        if self.complete:
            return "the 1 row corrected" if self.rows == 1 else f"all {self.rows:,} rows corrected"
        return f"{self.rows - self.left:,} of {count(self.rows, 'row')} corrected"


class Repairs:
    """The repairs of all runs; reads only the folders of runs that were corrected, and of those that correct.

    A file may hold rows of several runs, and a row that failed again in a corrected file may be corrected in another.

    Args:
        store: the runs.
        records: all of them, in any order.
    """

    def __init__(self, store: RunStore, records: Iterable[RunRecord]) -> None:
        self._store = store
        self._records = {record.name: record for record in records}
        self._by: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
        """By run: (corrected line, the run of the corrected file, line in that file)."""
        self._open: dict[str, set[str]] = {}
        for record in sorted(self._records.values(), key=lambda one: (one.started or "", one.name)):
            if record.corrects is not None:
                for line, run, corrected in corrected_rows(store.folder(record.name).input_file):
                    self._by[run or record.corrects].append((corrected, record.name, str(line)))

    def of(self, name: str) -> Repair | None:
        """Return what was repaired of a run; None if no file corrected any of its rows."""
        if name not in self._by or name not in self._records:
            return None
        listed = self._listed(name)
        by = dict.fromkeys(run for _, run, _ in self._by[name] if run in self._records)
        return Repair(by=tuple(by), rows=len(listed), left=len(self._open_lines(name)))

    def _open_lines(self, name: str) -> set[str]:
        if name not in self._open:
            self._open[name] = set()  # a file that names itself, or two that name each other, end here
            repaired = {line for line, run, its_line in self._by[name] if self._succeeded(name, run, its_line)}
            self._open[name] = self._listed(name) - repaired
        return self._open[name]

    def _succeeded(self, corrected: str, run: str, line: str) -> bool:
        record, before = self._records[run], self._records[corrected]
        if run == corrected or record.status == RUNNING or record.map_run is None:
            return False  # a rejected file has no Map Run
        return (record.started or "") >= (before.started or "") and line not in self._open_lines(run)

    def _listed(self, name: str) -> set[str]:
        return {line for _, _, line in corrected_rows(self._store.folder(name).failed_rows_file)}
