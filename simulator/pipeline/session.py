"""The local cloud together with what records a run, as commands open them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.aws.asl.runtime.clock import RealClock
from simulator.aws.asl.runtime.listener import SilentListener
from simulator.cli.errors import UsageFault
from simulator.cli.output.words import count
from simulator.cli.paths import SAMPLES, shown
from simulator.pipeline.provisioning import resource_name
from simulator.pipeline.settings import Settings
from simulator.runs.fan_out import FanOut
from simulator.runs.recorder import RunRecorder
from simulator.runs.store import RunStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.asl.runtime.listener import Listener
    from simulator.cli.output.terminal import Terminal
    from simulator.fault_injection.fault_injection import Faults
    from simulator.pipeline.local_cloud import LocalCloud


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCloud:
    """A running local cloud, what records its runs, and what breaks in it."""

    cloud: LocalCloud
    recorder: RunRecorder
    store: RunStore
    faults: Faults | None = None


@contextmanager
def opened_cloud(
    terminal: Terminal, listener: Listener | None = None, clock: Clock | None = None, faults: Faults | None = None
) -> Iterator[OpenCloud]:
    """Start the local cloud and a recorder of its runs; stop and close them at the end.

    Raises:
        CloudError: it cannot start.
    """
    # Only here: the imports of botocore and psycopg take time that `--help` and `show` need not wait for.
    from simulator.pipeline.local_cloud import open_cloud  # noqa: PLC0415 - as the line above says

    settings = Settings()
    store = RunStore(settings.home.runs)
    opened: list[LocalCloud] = []

    def fetch_input(bucket: str, key: str, version_id: str | None) -> Iterable[bytes]:
        return opened[0].read_object(bucket, key, version_id)

    recorder = RunRecorder(store, resource_name("Workflow"), fetch_input)
    recorder.injected = [fault.spec.text for fault in faults.all] if faults else []

    def results_folder(name: str) -> Path | None:
        folder = recorder.folder(name)
        return folder.results if folder else None

    try:
        with open_cloud(
            settings,
            listener=FanOut(recorder, listener or SilentListener()),
            clock=clock or RealClock(),
            results_folder=results_folder,
            log_sink=recorder.log,
            tell=terminal.say,
            faults=faults,
        ) as cloud:
            opened.append(cloud)
            recorder.database = cloud.postgres.display_url
            recorder.database_id = cloud.database_id
            yield OpenCloud(cloud=cloud, recorder=recorder, store=store, faults=faults)
    finally:
        recorder.close()


def load_sample_users(cloud: LocalCloud, terminal: Terminal) -> None:
    """Load `sample_data/users.csv` where the table users is empty, so that the sample works on a fresh clone."""
    master = SAMPLES / "users.csv"
    if cloud.database.count_users() == 0 and master.is_file():
        load_users(cloud, master, terminal)


def load_users(cloud: LocalCloud, path: Path, terminal: Terminal, name: str | None = None) -> int:
    """Load a user master through the migrator Lambda and return how many users it holds.

    `name` is what the person calls the file, where `path` is a converted copy.

    Raises:
        UsageFault: the file is not one; the message names the lines.
    """
    from simulator.pipeline.database import UsersRefused  # noqa: PLC0415 - see opened_cloud

    try:
        loaded = cloud.database.load_users(path)
    except UsersRefused as fault:
        raise UsageFault(f"The users in {name or shown(path)} were not loaded: {fault}") from None
    terminal.say(f"loaded {count(loaded, 'user')} from {name or shown(path)}")
    return loaded
