"""The functions' environment as typed models, read once, at cold start."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from lambdas.shared.batch_limits import DESIGN_ROWS, MAX_ROWS_PER_CHILD

BUNDLE = Path(__file__).resolve().parents[2]
MAX_ROWS = DESIGN_ROWS
"""The most rows that a file may have when `MAX_ROWS` is not set."""
_CONFIG = SettingsConfigDict(env_ignore_empty=True, frozen=True)


class ValidatorSettings(BaseSettings):
    """Settings of the CSV validator.

    `MAX_ROWS`, the most rows a file may have; `ROWS_PER_CHILD`, how many rows a child execution takes: a row of a batch
    may be less large than one that has a child of its own.
    """

    model_config = _CONFIG

    max_rows: int = Field(default=MAX_ROWS, ge=1)
    rows_per_child: int = Field(default=1, ge=1, le=MAX_ROWS_PER_CHILD)


class AuditSettings(BaseSettings):
    """Settings of the audit trail: `PROCESSING_LOGS_TABLE`."""

    model_config = _CONFIG

    processing_logs_table: str


class ReporterSettings(BaseSettings):
    """What the reporter needs.

    `OUTPUT_BUCKET`; `RESULTS_PREFIX` and `REPORTS_PREFIX`, where in it the Map Run's results are and the reports go;
    `PROCESSING_LOGS_TABLE`; `SENDERS_TOPIC_ARN`, which is told of each report (nobody is, if it is not set).
    """

    model_config = _CONFIG

    output_bucket: str = Field(default=...)
    results_prefix: str = "results/"
    reports_prefix: str = "reports/"
    processing_logs_table: str = Field(default=...)
    senders_topic_arn: str | None = None


class FileGateSettings(BaseSettings):
    """What the file gate needs: `FILE_GATE_TABLE`; `MAX_FILES`, the most files whose rows are processed at a time."""

    model_config = _CONFIG

    file_gate_table: str = Field(default=...)
    max_files: int = Field(default=1, ge=1)


class DatabaseSettings(BaseSettings):
    """How to reach PostgreSQL.

    Either `DATABASE_URL`, a libpq URL or connection string; or `DATABASE_HOST`, `DATABASE_NAME` and `DATABASE_USER`
    (with `DATABASE_PORT` and `AWS_REGION`): then the login is an IAM token, and the server's certificate is verified
    against `DATABASE_CA_FILE`, which is in the bundle. `DATABASE_READER_HOST` is where a reader answers.
    """

    model_config = _CONFIG

    database_url: SecretStr | None = None
    database_host: str | None = None
    database_reader_host: str | None = None
    database_port: int = 5432
    database_name: str = ""
    database_user: str = ""
    database_ca_file: Path = BUNDLE / "rds-ca.pem"
    aws_region: str = "ap-northeast-1"

    @model_validator(mode="after")
    def _one_way(self) -> DatabaseSettings:
        if self.database_url is None and self.database_host is None:
            raise ValueError("DATABASE_URL or DATABASE_HOST must be set")
        if self.database_url is None and not (self.database_name and self.database_user):
            raise ValueError("DATABASE_HOST needs DATABASE_NAME and DATABASE_USER beside it")
        return self

    def for_reads(self) -> DatabaseSettings:
        """Return how to reach a reader; the same database if there is no address of one."""
        if self.database_reader_host is None:
            return self
        return self.model_copy(update={"database_host": self.database_reader_host})


class MigratorSettings(BaseSettings):
    """The folder of migrations: `MIGRATIONS_DIR`; if that is not set, the bundle's `migrations` or the checkout's."""

    model_config = _CONFIG

    migrations_dir: Path | None = None

    @property
    def folder(self) -> Path:
        """The folder of the numbered .sql files."""
        if self.migrations_dir is not None:
            return self.migrations_dir
        bundled = BUNDLE / "migrations"
        return bundled if bundled.is_dir() else BUNDLE / "cdk" / "definitions" / "migrations"
