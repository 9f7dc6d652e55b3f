"""Where the simulator keeps its things, and what the environment says about it."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from simulator.cloud.errors import CloudError

PROJECT_ROOT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """The environment variables the simulator reads, typed.

    Args:
        simulator_home: `SIMULATOR_HOME`: the folder for runs and for the embedded PostgreSQL; `.simulator` in the
            project's root where it is not set.
        simulator_database_url: `SIMULATOR_DATABASE_URL`: a PostgreSQL of one's own in place of the embedded one.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True)

    simulator_home: Path = Field(default=PROJECT_ROOT / ".simulator")
    simulator_database_url: SecretStr | None = None

    @property
    def home(self) -> Home:
        """Return the home folder as an object (nothing is created yet)."""
        return Home(self.simulator_home.expanduser().absolute())

    @property
    def database_url(self) -> str | None:
        """Return the external database's URL, password included, or None."""
        url = self.simulator_database_url
        return url.get_secret_value() if url else None


class Home:
    """The simulator's folder: `runs/`, `postgres/`, `jobs/` (started from the dashboard), and what belongs to no run.

    Args:
        path: the folder, absolute; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.runs = path / "runs"
        self.postgres = path / "postgres"
        self.jobs = path / "jobs"
        self.orphan_audit = path / "audit-orphans.jsonl"

    def create(self) -> Home:
        """Create the folders that are missing.

        Raises:
            CloudError: where that is not possible (a file in the way, no permission, no such disk).
        """
        for folder in (self.path, self.runs, self.postgres):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise CloudError(
                    f"Cannot create the folder {folder}: {error.strerror}. "
                    "Set SIMULATOR_HOME to a folder that you may write to."
                ) from error
        return self
