"""One trial: a file is run under faults, made good by the ways a person has, and then proved row by row."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lambdas.shared.csv_dialect import decode, records
from lambdas.shared.upload_columns import FAILED_ROWS_COLUMNS
from simulator.fault_injection.spec import FaultPlan, parse_fault
from simulator.pipeline.redriving.redrive import redrive
from simulator.pipeline.settings import PROJECT_ROOT
from simulator.runs.recovery import recovered
from simulator.runs.redrive_plan import plan_redrive
from simulator.runs.store import RunStore
from simulator.verify.database_check import stored_totals
from simulator.verify.row import SUCCEEDED, Row, read_rows
from tests.chaos.stage import RUN_SECONDS, open_stage
from tests.rows import HEADER

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.runs.folder.run_folder import RunFolder
    from tests.chaos.mixture import Mixture
    from tests.chaos.stage import Stage

MOST_REPAIRS = 12
KILL_SECONDS = 90.0


@dataclass(slots=True)
class Trial:
    """A trial and what came of it.

    Args:
        mixture: what is done.
        happened: how often each fault happened, in the order of the mixture's.
        first: the name of the run under faults.
        statuses: how its attempts ended, and those of the files that corrected it.
        redrives, corrected: how often it was redriven, and how many `failed-rows.csv` were sent again.
        lost, doubled: users whose totals are not the file's at the end; rows that were done more than once.
        faults: sentences about everything that is not as it should be.
        rows: how many rows were put through, repeats not counted.
    """

    mixture: Mixture
    happened: list[int] = field(default_factory=list)
    first: str = ""
    statuses: list[str] = field(default_factory=list)
    redrives: int = 0
    corrected: int = 0
    lost: int = 0
    doubled: int = 0
    faults: list[str] = field(default_factory=list)
    rows: int = 0

    @property
    def clean(self) -> bool:
        """Whether no row was lost or doubled, and nothing disagrees."""
        return not (self.lost or self.doubled or self.faults)

    def break_it(self, work: Path) -> None:
        """Run the mixture's file in a cloud of its own, under its faults."""
        mixture = self.mixture
        if mixture.kill_after is not None:
            self._kill(work, mixture.kill_after)
            return
        plan = FaultPlan(
            specs=[parse_fault(text) for text in mixture.faults], lines=mixture.row_lines, seed=mixture.seed
        )
        with open_stage(plan) as stage:
            before = _runs(stage)
            folder = stage.run(mixture.body, f"chaos-{mixture.seed}.csv")
            faults = stage.session.faults
            faults.close()
            more = len(_runs(stage) - before) - 1
        self._began(folder)
        if more:
            self.faults.append(f"the upload made {more} more runs")
        self.happened = [fault.happened for fault in faults.all]
        self.faults += [f"{fault.spec.text}: {fault.trouble}" for fault in faults.all if fault.trouble]

    def _began(self, folder: RunFolder) -> None:
        self.first = folder.name
        self.statuses.append(recovered(folder).status)
        self.rows = len(self.mixture.row_lines)

    def _kill(self, work: Path, rows: int) -> None:
        """Run it by the real command, and kill that once so many rows have ended (or it has)."""
        file = work / f"chaos-{self.mixture.seed}.csv"
        file.write_bytes(self.mixture.body)
        arguments = [word for text in self.mixture.faults for word in ("--fault", text)]
        seed = ["--seed", str(self.mixture.seed), "--skip-waits"]
        runs = work / "home" / "runs"
        before = set(runs.iterdir()) if runs.exists() else set()
        command = [sys.executable, str(PROJECT_ROOT / "simulator"), "run", str(file), *arguments, *seed]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + KILL_SECONDS
            while process.poll() is None and time.monotonic() < deadline:
                items = [folder / "items.jsonl" for folder in runs.iterdir() if folder not in before]
                if any(path.exists() and path.read_bytes().count(b"\n") >= rows for path in items):
                    process.send_signal(signal.SIGKILL)
                    break
                time.sleep(0.005)
        made = [folder for folder in runs.iterdir() if folder not in before]
        assert len(made) == 1, f"{len(made)} runs were made"
        self.happened = [0] * len(self.mixture.faults)
        self._began(RunStore(runs).folder(made[0].name))

    def repair(self, stage: Stage) -> None:
        """Redrive, or send the corrected failed rows, until only rows are left that are wrong themselves."""
        folder = stage.session.store.folder(self.first)
        folders = [folder]
        for _ in range(MOST_REPAIRS):
            left = self._left(folder)
            if not left:
                break
            record = recovered(folder)
            if record.status == "SUCCEEDED":  # within tolerance: AWS redrives no such run
                self.corrected += 1
                folder = stage.run(self._corrected(folder), f"corrected-{self.mixture.seed}.csv")
                folders.append(folder)
            else:
                self.redrives += 1
                running = redrive(stage.session, folder, plan_redrive(folder, record))
                if not running.wait(RUN_SECONDS):
                    self.faults.append(f"the redrive of {folder.name} does not end")
                    return
            self.statuses.append(recovered(folder).status)
        else:
            self.faults.append(f"after {MOST_REPAIRS} repairs, {len(self._left(folder))} rows are not done")
        for one in folders:
            self._prove(stage, one)
        self._compare(stage, folder)

    def _left(self, folder: RunFolder) -> list[Row]:
        """The rows that are not done and could be."""
        rows = list(read_rows(folder.input_file))
        for item in folder.items():
            rows[item["index"]].take(item)
        return [row for row in rows if row.state != SUCCEEDED and row.user in self.mixture.totals]

    def _corrected(self, folder: RunFolder) -> bytes:
        """Return `failed-rows.csv` without the rows that are wrong themselves: what a person would send."""
        found = list(records(decode([folder.failed_rows_file.read_bytes().removeprefix(b"\xef\xbb\xbf")])))
        rows = [record.fields[: -len(FAILED_ROWS_COLUMNS)] for record in found[1:]]
        return "\n".join([HEADER, *(",".join(row) for row in rows if row[0] in self.mixture.totals), ""]).encode()

    def _prove(self, stage: Stage, folder: RunFolder) -> None:
        findings = stage.verify(folder, shared_second=False)
        self.faults += [f"{one.place}, line {one.line}: {one.message}" for one in findings.disagreements]
        done = Counter(item["timestamp"].partition("#")[2] for item in _last_items(folder).values())
        self.doubled += sum(times > 1 for times in done.values())

    def _compare(self, stage: Stage, last: RunFolder) -> None:
        """Compare the database with the file, without asking any of the run's own records."""
        uploads = [stage.session.store.folder(self.first).record(), last.record()]
        times = {
            datetime.fromisoformat(record.source.uploaded_at or "").astimezone(UTC).replace(tzinfo=None)
            for record in uploads
        }
        with stored_totals(stage.database_url) as read:
            stored = read(self.mixture.users)
        for user, totals in self.mixture.totals.items():
            found = stored.get(user)
            if found is None or found.totals != totals:
                self.lost += 1
                self.faults.append(f"the database has {found} of {user}; the file, {totals}")
        untouched = [user for user in self.mixture.users if user not in self.mixture.totals]
        self.faults += [
            f"{user} is not in the file, and was changed"
            for user in untouched
            if user in stored and stored[user].last_updated in times
        ]


def _runs(stage: Stage) -> set[str]:
    return {folder.name for folder in stage.session.store.folders()}


def _last_items(folder: RunFolder) -> dict[str, dict[str, str]]:
    """The audit items as the table has them: by key."""
    return {item["timestamp"]: item for item in folder.audit_items()}
