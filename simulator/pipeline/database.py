"""The PostgreSQL that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.postgres.embedded import EmbeddedPostgres
from simulator.postgres.server import ExternalPostgres

if TYPE_CHECKING:
    from simulator.pipeline.settings import Settings
    from simulator.postgres.server import PostgresServer


def open_postgres(settings: Settings) -> PostgresServer:
    """Start the embedded PostgreSQL, or connect to the one that SIMULATOR_DATABASE_URL names.

    Raises:
        CloudError: the home folder cannot be used.
        PostgresError: there is none to be had; the message says what to do.
    """
    if settings.database_url is not None:
        return ExternalPostgres(settings.database_url)
    return EmbeddedPostgres(settings.home.create().postgres)
