"""One whole cloud for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.stage import Stage, home_of, open_stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """An open cloud, its home in a folder of its own."""
    folder: Path = tmp_path_factory.mktemp("outside")
    with home_of(folder / "home"), open_stage() as opened:
        yield opened
