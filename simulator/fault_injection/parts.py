"""The parts of an open local cloud that faults break."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

    from simulator.aws.asl.runtime.clock import Clock


class DatabaseServer(Protocol):
    """A PostgreSQL that can be stopped and started."""

    def stop(self) -> None:
        """Stop it; who is connected is thrown out.

        Raises:
            Exception: it does not stop; the message is for people.
        """
        ...

    def start(self) -> None:
        """Start it where it was; do nothing where it runs.

        Raises:
            Exception: it does not start; the message is for people.
        """
        ...


@dataclass(slots=True, kw_only=True)
class Parts:
    """What faults break.

    Args:
        endpoint: moto's address.
        s3: the S3 client.
        database: the server; None where it is not ours to stop.
        deliver: puts an S3 event on the bus.
        clock: the clock that states see.
        event: the event of the upload, once there is one.
    """

    endpoint: str
    s3: S3Client
    database: DatabaseServer | None
    deliver: Callable[[dict[str, Any]], object]
    clock: Clock
    event: dict[str, Any] | None = None
