"""The local cloud that stays up: a session, its endpoint for any AWS client, and what clients upload there."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import psutil  # type: ignore[import-untyped]

from simulator.aws.endpoint.endpoint import Endpoint, PortTaken
from simulator.aws.engine.environment import REGION
from simulator.aws.errors import ServerError
from simulator.pipeline.errors import CloudError
from simulator.pipeline.local_cloud.arrivals import Arrivals
from simulator.pipeline.local_cloud.event_journal import EventJournal
from simulator.pipeline.local_cloud.ports import HOST, free_port, is_free, owner
from simulator.pipeline.local_cloud.service_apis import service_apis
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.aws.endpoint.control import ControlRoute
    from simulator.pipeline.session import Session


class LocalCloud:
    """Serves a session until it is closed.

    Args:
        session: the pipeline.
        events: the file of the events that have not started their runs yet.
        port: where the endpoint listens; 0 for any free port.
        control: routes for our own commands.

    Raises:
        CloudError: the port is taken, or the file cannot be written.
    """

    def __init__(self, session: Session, events: Path, port: int, control: Mapping[str, ControlRoute]) -> None:
        with ExitStack() as stack:
            try:
                journal = stack.enter_context(EventJournal(events))
            except OSError as error:
                raise CloudError(f"Cannot write {events}: {error.strerror}.") from error
            self._session = session
            self._arrivals = arrivals = stack.enter_context(
                closing(Arrivals(session, journal, session.resources.input_bucket))
            )
            self.delivered_again = arrivals.delivered_again
            try:
                endpoint = stack.enter_context(
                    Endpoint(
                        HOST,
                        port,
                        apis=service_apis(session),
                        engine_url=session.aws.endpoint,
                        on_object_created=arrivals.take,
                        control=control,
                        region=REGION,
                    )
                )
            except PortTaken:
                raise port_taken(port) from None
            except ServerError as error:
                raise CloudError(str(error)) from error
            self.url = endpoint.url
            self._stack = stack.pop_all()

    @property
    def port(self) -> int:
        """The endpoint's port."""
        return urlsplit(self.url).port or 0

    def stop_runs(self) -> None:
        """Stop what runs, before `close` waits for the clients that follow it; uploads start no run any more."""
        self._arrivals.close()
        self._session.stop_runs()

    def close(self) -> None:
        """Take no further request; the session goes on."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def check_port(port: int) -> None:
    """See that the endpoint can listen on a port, before anything is started.

    Raises:
        CloudError: it cannot; the message offers a port that is free.
    """
    if port and not is_free(port):
        raise port_taken(port)


def port_taken(port: int) -> CloudError:
    """Return what to say of a port that another program has."""
    who = owner(port)
    return CloudError(
        f"Port {port} of {HOST} is taken{f' by {who}' if who else ' by another program'}. This one is free: "
        f"{command('up', '--port', str(free_port(port)))}"
    )


def memory() -> dict[str, Any]:
    """Return the memory in bytes of this process and of those that it has started, by their names.

    It is the proportional set size if the system tells it: PostgreSQL's processes share most of theirs.
    """
    found: dict[str, int] = {}
    this = psutil.Process(os.getpid())
    for process in (this, *this.children(recursive=True)):
        try:
            name = "simulator" if process.pid == this.pid else _name(process)
            full = process.memory_full_info()
            found[name] = found.get(name, 0) + int(getattr(full, "pss", 0) or full.rss)
        except psutil.Error:
            continue
    return found


def _name(process: psutil.Process) -> str:
    words = " ".join(process.cmdline())
    known = {"simulator.aws.engine.moto": "moto", "simulator.postgres": "postgres", "streamlit": "dashboard"}
    return next((name for part, name in known.items() if part in words), str(process.name()))
