"""The parts of an open session that faults break."""

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
        """Stop it; its connections end.

        Raises:
            Exception: it does not stop; the message is for people.
        """
        ...

    def pause(self) -> None:
        """Stop it; who connects waits for an answer, which does not come before `start`.

        Raises:
            Exception: it does not stop; the message is for people.
        """
        ...

    def start(self) -> None:
        """Start it where it was; do nothing if it runs.

        Raises:
            Exception: it does not start; the message is for people.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts that faults break.

    Args:
        endpoint: moto's URL.
        s3: the S3 client.
        database: the server; None if the simulator may not stop it.
        clock: the clock that states see.
    """

    endpoint: str
    s3: S3Client
    database: DatabaseServer | None
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """A file that has been uploaded.

    Args:
        event: its S3 event, which has been delivered.
        deliver: puts an S3 event on the bus.
    """

    event: dict[str, Any]
    deliver: Callable[[dict[str, Any]], object]
