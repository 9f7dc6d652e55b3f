"""The whole suite runs in a hostile environment: what a shell may say about databases and AWS changes no test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile_environment import hostile_environment


@pytest.fixture(scope="session", autouse=True)
def _hostile_shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Set every variable of libpq and botocore to something harmful; commands that tests start inherit them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in hostile_environment(tmp_path_factory.mktemp("hostile")).items():
            patch.setenv(name, value)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share costly fixtures on one worker: those of a file, and all that read the template."""
    for item in items:
        path = item.path.relative_to(item.config.rootpath)
        group = "infrastructure" if "infrastructure" in path.parts else path.as_posix()
        item.add_marker(pytest.mark.xdist_group(group))
