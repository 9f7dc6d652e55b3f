"""A cloud that is up, as `up` serves it, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.aws.asl.runtime.clock import RealClock
from simulator.aws.asl.runtime.listener import SilentListener
from simulator.deployed.stack import Stack
from simulator.fault_injection.spec import FaultPlan
from simulator.pipeline.local_cloud.local_cloud import LocalCloud
from simulator.pipeline.session import Session
from simulator.pipeline.settings import PROJECT_ROOT, Settings


@dataclass(frozen=True, slots=True)
class Cloud:
    """The session of a cloud, and its address."""

    session: Session
    url: str

    def stack(self) -> Stack:
        """Return its stack."""
        return Stack("UserLogPipeline", endpoint_url=self.url)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Serve a pipeline with an embedded database."""
    home: Path = tmp_path_factory.mktemp("h")
    with (
        Session(
            Settings(simulator_home=home, simulator_database_url=None),
            tell=lambda _: None,
            listener=SilentListener(),
            clock=RealClock(),
            plan=FaultPlan(),
            restored=True,
        ) as session,
        LocalCloud(session, home / "cloud" / "events.jsonl", 0, {}) as served,
    ):
        session.migrator.load_users(PROJECT_ROOT / "sample_data" / "users.csv")
        yield Cloud(session, served.url)
