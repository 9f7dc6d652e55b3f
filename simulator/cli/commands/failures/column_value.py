"""`--set COLUMN=VALUE`: another value for a column of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.shared.columns import COLUMNS, HEADER
from simulator.cli.exits import UsageError

if TYPE_CHECKING:
    from lambdas.shared.columns import Column


def column_and_value(text: str) -> tuple[Column, str]:
    """Return what an option names, such as `ログイン回数=12`.

    Raises:
        UsageError: it has no `=`, or the file has no such column.
    """
    header, sign, value = text.partition("=")
    if not sign or header not in HEADER:
        raise UsageError(f"--set {text!r}: it takes COLUMN=VALUE, and the columns are {', '.join(HEADER)}.")
    return COLUMNS[HEADER.index(header)], value
