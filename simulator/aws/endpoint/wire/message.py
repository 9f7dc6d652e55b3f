"""A request and an answer, apart from the HTTP server that carries them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request to a service of this process.

    Args:
        method: GET, POST, ...
        path: as it was sent, percent-encoded, without the query.
        query: what followed the question mark, as it was sent.
        headers: by their names, which are looked up in any case.
        body: all of it.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def parameters(self) -> list[tuple[str, str]]:
        """Return the names and values of the query, decoded."""
        return parse_qsl(self.query, keep_blank_values=True)


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """An answer of a service of this process."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
