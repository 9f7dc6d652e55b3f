"""Pages of a long table; the address names the page."""

from __future__ import annotations

from dashboard.components.choices import page_of


def page_offset(total: int, size: int, *, key: str) -> int:
    """Show the pages if there is more than one; return how many lines come before the chosen one.

    Args:
        total: how many lines there are.
        size: how many a page has.
        key: the parameter of the address.
    """
    pages = max((total + size - 1) // size, 1)
    if pages == 1:
        return 0
    return (page_of(pages, key=key) - 1) * size
