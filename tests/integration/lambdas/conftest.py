"""Handler modules as a cold start makes them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture
def cold_start(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    """Return what imports a handler module anew, in an environment with the given variables."""

    def start(module: str, **variables: str) -> ModuleType:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        name = f"lambdas.{module}.handler"
        monkeypatch.delitem(sys.modules, name, raising=False)
        return importlib.import_module(name)

    return start


@pytest.fixture
def processor(cold_start: Callable[..., ModuleType], database: Any, aws: Any) -> ModuleType:
    """Return the processor's handler module, with one user in the database."""
    with database.connect() as connection:
        connection.execute("INSERT INTO users (user_id, username, email) VALUES ('U1', 'n', 'e')")
    return cold_start("user_log_processor", DATABASE_URL=database.url, PROCESSING_LOGS_TABLE=aws.resources.table)
