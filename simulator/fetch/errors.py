"""What can go wrong when AWS is read. Without boto3, which takes its time to import."""

from __future__ import annotations

from typing import Literal

Kind = Literal["", "network", "credentials"]


class FetchError(Exception):
    """AWS cannot be read, or has not what was asked for; the message says what to do.

    Args:
        text: the message.
        kind: `network` if the next try may succeed; `credentials` if none will, of whatever run.
    """

    def __init__(self, text: str, kind: Kind = "") -> None:
        super().__init__(text)
        self.kind = kind
