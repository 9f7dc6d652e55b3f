"""A folder for servers whose sockets lie in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture
def short_path() -> Iterator[Path]:
    """Return a folder whose path leaves room for a socket's name: pytest's own grows with the worker and the test."""
    with TemporaryDirectory(prefix="csv-") as folder:
        yield Path(folder)
