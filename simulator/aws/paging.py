"""Pages of a list: what stands behind NextToken, nextToken and Marker."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_T = TypeVar("_T")


class BadToken(ValueError):
    """A token that no page of this list gave out."""


def token_for(position: str) -> str:
    """Return an opaque token for a position in a list."""
    return base64.urlsafe_b64encode(f"after:{position}".encode()).decode()


def position_of(token: str) -> str:
    """Return the position that a token stands for.

    Raises:
        BadToken: it is not a token of `token_for`.
    """
    try:
        kind, colon, position = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
    except (ValueError, binascii.Error) as error:
        raise BadToken(token) from error
    if kind != "after" or not colon:
        raise BadToken(token)
    return position


def page_of(
    entries: Iterable[_T], key: Callable[[_T], str], *, token: str | None, limit: int, descending: bool = False
) -> tuple[Sequence[_T], str | None]:
    """Return a page of a list in the order of its keys, and the next page's token or None.

    An entry that comes or goes between two pages moves no other entry: a token names the last key that was given.

    Args:
        entries: the whole list.
        key: gives an entry's key; no two have the same.
        token: the page before gave it; None for the first page.
        limit: the most entries of the page.
        descending: whether the list runs backwards.

    Raises:
        BadToken: the token is none.
    """
    after = None if token is None else position_of(token)
    ordered = sorted(entries, key=key, reverse=descending)
    rest = [one for one in ordered if after is None or (key(one) < after if descending else key(one) > after)]
    page = rest[:limit]
    return page, token_for(key(page[-1])) if len(rest) > limit else None
