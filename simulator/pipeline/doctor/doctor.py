"""All that is looked at, in the order in which a run needs it."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from simulator.pipeline.doctor import home as homes
from simulator.pipeline.doctor import machine, surroundings
from simulator.pipeline.doctor.finding import Finding
from simulator.pipeline.errors import CloudError
from simulator.pipeline.local_cloud.cloud_files import CloudFiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.pipeline.settings import Settings


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything; nothing is changed, but folders of the home that are missing are made."""
    yield from chain(machine.python(), machine.packages(), machine.memory())
    try:
        home = settings.home
    except CloudError as error:
        yield Finding(name="Home", found=str(error), state="problem", cure="Correct SIMULATOR_HOME, or unset it.")
        return
    yield from chain(homes.rights(home), homes.room(home), homes.sockets(home), machine.clock(home.path))
    if settings.database_url is None:
        yield from machine.postgres_programs()
    yield from surroundings.database(settings)
    files = CloudFiles(home.path)
    yield from chain(surroundings.loopback(), surroundings.ports(files.read().get("port") if files.lives() else None))
    yield from chain(surroundings.cloud(settings), surroundings.aws_variables(), homes.left_behind(home))
