"""Looks at ports, at the cloud that is up, and at variables of the shell."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from lambdas.shared.connection import libpq_variables
from simulator.aws.engine.environment import LEADS_ELSEWHERE
from simulator.pipeline.doctor.finding import Finding
from simulator.pipeline.local_cloud.cloud_files import ENDPOINT_PORT, CloudFiles, database_mark
from simulator.pipeline.local_cloud.dashboard_process import PORT as DASHBOARD_PORT
from simulator.pipeline.local_cloud.ports import HOST, is_free, owner
from simulator.postgres.errors import PostgresError
from simulator.postgres.external import ExternalPostgres
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.pipeline.settings import Settings


def loopback() -> Iterator[Finding]:
    """Listen on a port of this machine, as moto and the endpoint do."""
    try:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            probe.listen(1)
    except OSError as error:
        cure = f"Allow programs to listen on {HOST}: a sandbox or a container's settings forbid it."
        yield Finding(name="Loopback", found=f"No port of {HOST} can be used: {error}", state="problem", cure=cure)
    else:
        yield Finding(name="Loopback", found=f"ports of {HOST} can be used")


def ports(cloud_port: object) -> Iterator[Finding]:
    """Look at the two ports that have a number: both can be had elsewhere."""
    for name, port, words in (
        ("Port of up", ENDPOINT_PORT, ("up", "--port", "0")),
        ("Port of the dashboard", DASHBOARD_PORT, ("dashboard",)),
    ):
        if is_free(port) or port == cloud_port:
            yield Finding(name=name, found=f"{port} is {'used by our own cloud' if port == cloud_port else 'free'}")
            continue
        found = f"{port} is taken by {owner(port) or 'another program'}"
        yield Finding(name=name, found=found, state="warning", cure=f"Another port is found with: {command(*words)}")


def cloud(settings: Settings) -> Iterator[Finding]:
    """Look whether the home's cloud is up, and whether this shell fits to it."""
    files = CloudFiles(settings.home.path)
    if not files.lives():
        yield Finding(name="Cloud", found="not up; run opens one of its own")
        return
    about = files.read()
    found = f"{about.get('state')} at {about.get('url')} (process {about.get('pid')}, since {about.get('started')})"
    if about.get("database") not in (None, database_mark(settings.database_url)):
        cure = f"Set SIMULATOR_DATABASE_URL as it was for up, or end that cloud with: {command('down')}"
        found = f"{found}; it uses another database than this shell's SIMULATOR_DATABASE_URL says"
        yield Finding(name="Cloud", found=found, state="problem", cure=cure)
    else:
        yield Finding(name="Cloud", found=found)


def database(settings: Settings) -> Iterator[Finding]:
    """Connect to a PostgreSQL of one's own, and look at the variables that fill in what its URL leaves open."""
    given = [name for name in libpq_variables() if os.environ.get(name)]
    if settings.database_url is None:
        ignored = f"; {', '.join(given)} are set, and not used" if given else ""
        yield Finding(name="Database", found=f"the embedded PostgreSQL{ignored}")
        return
    try:
        server = ExternalPostgres(settings.database_url)
    except PostgresError as error:
        cure = "Correct SIMULATOR_DATABASE_URL, or unset it to use the embedded PostgreSQL."
        yield Finding(name="Database", found=str(error), state="problem", cure=cure)
        return
    filled = f"; what its URL leaves open is from {', '.join(given)}" if given else ""
    yield Finding(name="Database", found=f"{server.display_url} answers{filled}")
    server.close()


def aws_variables() -> Iterator[Finding]:
    """Look at variables that lead AWS clients of this shell elsewhere; the simulator itself does not read them."""
    away = sorted(name for name in os.environ if name in LEADS_ELSEWHERE or name.startswith("AWS_ENDPOINT_URL_"))
    proxies = [name for name in os.environ if name.upper() in ("HTTP_PROXY", "ALL_PROXY") and os.environ[name]]
    passed = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    if away or (proxies and HOST not in passed):
        what = ", ".join([*away, *(proxies if HOST not in passed else [])])
        found = f"{what}: an AWS client of this shell would not find the cloud that is up"
        cure = f'Before such a client: eval "$({command("env")})"'
        yield Finding(name="AWS clients", found=found, state="warning", cure=cure)
    else:
        yield Finding(name="AWS clients", found="no variable leads them away from the cloud that is up")
