"""The guard of an embedded PostgreSQL: `python -m simulator.postgres.guard FOLDER USER`, one a simulator.

It starts and stops the server, so that there is no moment at which a server has no guard. On its stdin it is told what
to do, a word a line (`start`, `stop`). It answers each with a line of JSON on stdout: `{"socketFolder": ...}`, `{}`, or
`{"error": ...}`, a sentence for people. When its stdin ends (the simulator closes the pipe, or is gone for whatever
reason), it gives up what it is doing, and stops the server if no other simulator uses it.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.postgres.cluster import PostgresCluster
from simulator.postgres.errors import PostgresError
from simulator.postgres.users import PostgresUsers

if TYPE_CHECKING:
    from collections.abc import Iterator

_STDIN = 0
_STDOUT = 1


def main(folder: Path, user: str) -> None:
    """Guard the server of `folder` (`<home>/postgres`) for a user of it (see `PostgresUsers.join`)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Only the end of the simulator ends its guard. A handler, since programs would inherit SIG_IGN from here.
        signal.signal(number, lambda _number, _frame: None)
    users = PostgresUsers(folder)
    cluster: PostgresCluster | None = None
    for word in _words():
        try:
            if cluster is None:
                cluster = PostgresCluster(folder, wanted=_simulator_is_there)
            with users.changing():
                answer = _obeyed(cluster, word)
        except PostgresError as error:
            answer = {"error": str(error)}
        except OSError as error:
            answer = {"error": f"The guard of the embedded PostgreSQL in {folder} failed: {error}."}
        with suppress(BrokenPipeError):  # the simulator is gone: its stdin ends too
            os.write(_STDOUT, json.dumps(answer).encode() + b"\n")
    if cluster is None:
        return
    if not folder.is_dir():  # thrown away meanwhile, and with it who uses it
        cluster.stop()
        return
    users.wait_until_gone(user)  # a process that is killed may lose its pipe a moment before its lock
    with users.changing():
        if not users.anyone():
            cluster.stop()


def _obeyed(cluster: PostgresCluster, word: str) -> dict[str, str]:
    if word == "start":
        return {"socketFolder": str(cluster.start())}
    cluster.stop()
    return {}


def _words() -> Iterator[str]:
    """Yield each line of stdin, until it ends."""
    rest = b""
    while chunk := os.read(_STDIN, 4096):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line.decode() for line in lines)


def _simulator_is_there() -> bool:
    """Say whether anybody holds the other end of stdin."""
    poll = select.poll()
    poll.register(_STDIN, 0)
    return not any(events & (select.POLLHUP | select.POLLERR) for _, events in poll.poll(0))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
