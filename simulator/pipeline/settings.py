"""The simulator's folders, and the environment variables that change them."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from simulator.aws.engine.options import ENGINES, MOTO
from simulator.pipeline.errors import CloudError
from simulator.places import default_home, project_root
from simulator.postgres.errors import advice
from simulator.runs.failure_inbox.accepted_rows import FILE as ACCEPTED_FILE
from simulator.runs.failure_inbox.accepted_rows import AcceptedRows
from simulator.runs.store import RunStore

PROJECT_ROOT = Path(project_root())
DEFAULT_STAGE: Final = "prod"
_TRIAL_SIZE: Final = 8192


def _home() -> Path:
    return Path(os.environ.get("SIMULATOR_HOME") or default_home())


def _database_url() -> str | None:
    return os.environ.get("SIMULATOR_DATABASE_URL")


def _rows_per_child() -> str | None:
    return os.environ.get("SIMULATOR_ROWS_PER_CHILD") or None


def _stage() -> str:
    return os.environ.get("SIMULATOR_STAGE") or DEFAULT_STAGE


def _engine() -> str:
    return os.environ.get("SIMULATOR_AWS_ENGINE") or MOTO


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The environment variables that the simulator reads.

    Args:
        simulator_home: `SIMULATOR_HOME`: the folder for runs and for the embedded PostgreSQL; that of `default_home`
            if it is not set.
        simulator_database_url: `SIMULATOR_DATABASE_URL`: a PostgreSQL of one's own in place of the embedded one.
        simulator_stage: `SIMULATOR_STAGE`: the stage of cdk/stages whose options are run; prod if it is not set.
        simulator_rows_per_child: `SIMULATOR_ROWS_PER_CHILD`: how many rows a child execution takes, in place of
            what the stage says.
        simulator_aws_engine: `SIMULATOR_AWS_ENGINE`: what plays S3, DynamoDB and SQS, `moto` or `roto`; moto if it is
            not set.
    """

    simulator_home: Path = field(default_factory=_home)
    simulator_database_url: str | None = field(default_factory=_database_url, repr=False)  # it has a password
    simulator_stage: str = field(default_factory=_stage)
    simulator_rows_per_child: str | None = field(default_factory=_rows_per_child)
    simulator_aws_engine: str = field(default_factory=_engine)

    @property
    def home(self) -> HomeFolder:
        """Return the home folder as an object (nothing is created yet).

        Raises:
            CloudError: it begins with `~`, and the system does not know that user's folder; or a file is in its place.
        """
        try:
            path = self.simulator_home.expanduser().absolute()
        except RuntimeError:
            raise CloudError(
                f"SIMULATOR_HOME is {self.simulator_home}, and this system does not know what ~ stands for there. "
                "Write the whole path."
            ) from None
        there = next(one for one in (path, *path.parents) if os.path.lexists(one))
        if os.path.exists(there) and not os.path.isdir(there):  # noqa: PTH110, PTH112 - no error if it may not be asked
            raise CloudError(f"SIMULATOR_HOME is {path}, and {there} is a file. Name a folder, which need not exist.")
        return HomeFolder(path)

    @property
    def engine(self) -> str:
        """Return the AWS engine's name.

        Raises:
            CloudError: there is none of that name.
        """
        if self.simulator_aws_engine not in ENGINES:
            raise CloudError(
                f"SIMULATOR_AWS_ENGINE is {self.simulator_aws_engine!r}. The engines are {' and '.join(ENGINES)}."
            )
        return self.simulator_aws_engine

    @property
    def database_url(self) -> str | None:
        """Return the external database's URL, password included, or None; blanks alone are none."""
        return (self.simulator_database_url or "").strip() or None


class HomeFolder:
    """The folder that SIMULATOR_HOME names.

    It has `runs/`, `postgres/`, `jobs/` (started from the dashboard), `steering/` (ports at which runs are stopped),
    `aws/` (runs of deployed stacks, a home for each workflow), the audit items that belong to no run, and the failed
    rows that somebody has accepted, which no command deletes.

    Args:
        path: the folder, absolute; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.runs = path / "runs"
        self.postgres = path / "postgres"
        self.jobs = path / "jobs"
        self.cloud = path / "cloud"
        self.steering = path / "steering"
        self.aws = path / "aws"
        self.orphan_audit = path / "audit-orphans.jsonl"
        self.accepted_rows = AcceptedRows(path / ACCEPTED_FILE)

    @property
    def known_runs(self) -> RunStore:
        """All runs, to be read: those of this machine, and those that were fetched from AWS."""
        return RunStore(self.runs, *sorted(self.aws.glob("*/runs")))

    def create(self) -> HomeFolder:
        """Create the folders that are missing, and see that something can be written there.

        Raises:
            CloudError: that is not possible (a file in the way, no permission, no such disk, a disk that is read-only
                or full); the message names the folder.
        """
        for folder, mode in ((self.path, 0o777), (self.runs, 0o777), (self.postgres, 0o700)):
            try:
                folder.mkdir(mode=mode, parents=True, exist_ok=True)
            except OSError as error:
                raise CloudError(f"Cannot create the folder {folder}: {error.strerror}. {advice(error)}") from error
            try:
                with tempfile.TemporaryFile(dir=folder) as trial:
                    trial.write(bytes(_TRIAL_SIZE))
            except OSError as error:
                raise CloudError(f"Cannot write to the folder {folder}: {error.strerror}. {advice(error)}") from error
        return self
