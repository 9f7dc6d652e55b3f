"""A whole local cloud inside this process, in a home of its own: files go in, runs come out."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.aws.asl.runtime.clock import SkippingClock
from simulator.cli.open_session import open_session
from simulator.cli.output.terminal import Piece, Terminal
from simulator.cli.sources.user_master import load_sample_users
from simulator.pipeline.servers import open_postgres
from simulator.pipeline.settings import Settings
from simulator.runs.recovery import recovered
from simulator.verify.database_check import stored_totals
from simulator.verify.reconcile import reconcile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.fault_injection.spec import FaultPlan
    from simulator.pipeline.session import Session
    from simulator.runs.folder.run_folder import RunFolder
    from simulator.verify.findings import Findings

RUN_SECONDS = 120.0


class QuietTerminal(Terminal):
    """Keeps what is said, for the caller."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def say(self, *pieces: Piece) -> None:
        """Keep a line."""
        self.said.append("".join(piece if isinstance(piece, str) else piece[0] for piece in pieces))


@dataclass(frozen=True, slots=True)
class Stage:
    """An open cloud and its home."""

    session: Session
    home: Path
    terminal: QuietTerminal

    @property
    def database_url(self) -> str:
        """PostgreSQL's, for psycopg."""
        return self.session.postgres.url

    def run(self, body: bytes, key: str = "users.csv") -> RunFolder:
        """Upload a file, and wait for the end of its run."""
        upload = self.session.upload(body, key)
        assert upload.started, upload.why_not
        running = self.session.wait_for_workflow(upload)
        assert running.wait(RUN_SECONDS), f"{running.name} does not end"
        folder = self.session.recorder.folder(running.name)
        assert folder is not None, self.session.recorder.problems
        return folder

    def verify(self, folder: RunFolder, *, shared_second: bool = False) -> Findings:
        """Verify a run, the database included."""
        with stored_totals(self.database_url) as read:
            return reconcile(folder, recovered(folder), read, shared_second=shared_second)


@contextmanager
def home_of(folder: Path) -> Iterator[None]:
    """Make a folder the SIMULATOR_HOME of this process, with one PostgreSQL for all its clouds."""
    before = {name: os.environ.pop(name, None) for name in ("SIMULATOR_HOME", "SIMULATOR_DATABASE_URL")}
    os.environ["SIMULATOR_HOME"] = str(folder)
    try:
        postgres = open_postgres(Settings())
        try:
            yield
        finally:
            postgres.close()
    finally:
        del os.environ["SIMULATOR_HOME"]
        os.environ.update({name: value for name, value in before.items() if value is not None})


@contextmanager
def open_stage(plan: FaultPlan | None = None) -> Iterator[Stage]:
    """Start a cloud in the home of this process; its waits take no time, the sample's users are there."""
    terminal = QuietTerminal()
    with open_session(terminal, None, SkippingClock(), plan) as session:
        load_sample_users(session, terminal)
        yield Stage(session, Settings().home.path, terminal)
