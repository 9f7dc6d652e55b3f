"""Pages of long answers: `maxResults` and `nextToken`.

API reference, for example "ListExecutions": the default is 100, at most 1,000, 0 means the default; a token expires
after 24 hours, and belongs to the other arguments of its request.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import heapq
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from simulator.aws.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Entry = TypeVar("Entry")
Key = tuple[Any, ...]

DEFAULT, MOST = 100, 1000
LIFETIME = 24 * 3600
_PAGING = ("nextToken", "maxResults")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: behind the entry with the key `after` (None: at the start); the list is that of `since`."""

    after: Key | None
    since: str


def position_of(request: dict[str, Any], since: str) -> Position:
    """Return where the page of a request begins; `since` is the time now, for the first page.

    Raises:
        ApiError: InvalidToken, if the token is not one of this request, or has expired.
    """
    token = request.get("nextToken")
    if token is None:
        return Position(None, since)
    try:
        issued, digest, since, *after = json.loads(base64.urlsafe_b64decode(token.encode("ascii")))
        good = digest == _digest(request) and 0 <= time.time() - issued <= LIFETIME
    except (binascii.Error, UnicodeError, TypeError, ValueError):
        good = False
    if not good or not isinstance(since, str):
        raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
    return Position(tuple(after), since)


def page(
    request: dict[str, Any],
    position: Position,
    entries: Iterable[Entry],
    key: Callable[[Entry], Key],
    *,
    descending: bool,
) -> tuple[list[Entry], dict[str, str]]:
    """Return the entries of a page in the order of their keys, and `{"nextToken": ...}` if more follow.

    It reads all entries and keeps no more than a page of them.
    """
    size = min(request.get("maxResults") or DEFAULT, MOST)
    after = position.after
    if after is not None:
        entries = (entry for entry in entries if (key(entry) < after if descending else key(entry) > after))
    pick = heapq.nlargest if descending else heapq.nsmallest
    found = pick(size + 1, entries, key=key)
    if len(found) <= size:
        return found, {}
    found = found[:size]
    return found, {"nextToken": _token(request, position.since, key(found[-1]))}


def _token(request: dict[str, Any], since: str, after: Key) -> str:
    text = json.dumps([int(time.time()), _digest(request), since, *after], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def _digest(request: dict[str, Any]) -> str:
    """Return a short digest of the arguments that stay the same from page to page."""
    kept = {name: value for name, value in request.items() if name not in _PAGING and value is not None}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]
