"""A way to run a file: how many rows, which children, how many rows in each, how many at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

EXPRESS, STANDARD = "EXPRESS", "STANDARD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A way to run a file.

    Args:
        rows: of the file.
        kind: EXPRESS or STANDARD children.
        batch: rows of a child.
        concurrency: children at once.
    """

    rows: int
    kind: str
    batch: int
    concurrency: int

    @property
    def children(self) -> int:
        """The children that the rows make."""
        return math.ceil(self.rows / self.batch)

    @property
    def words(self) -> str:
        """The plan, for a person."""
        batches = "no batches" if self.batch == 1 else f"batches of {self.batch}"
        return f"{self.kind} children, {batches}, concurrency {self.concurrency:,}"
