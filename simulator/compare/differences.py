"""What a comparison has found, grouped by the rule that does not hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KEPT = 1000
"""How many differences of one rule are kept; those beyond are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference.

    Args:
        where: the row, the event or the record.
        left, right: what the two sides have there, as JSON values; None if it is not there.
        line: the row's line in the first run's file, if it is a row's.
    """

    where: str
    left: Any
    right: Any
    line: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {"where": self.where, "left": self.left, "right": self.right, "line": self.line}


@dataclass(slots=True)
class _Group:
    count: int = 0
    kept: list[Difference] = field(default_factory=list)


class Differences:
    """All differences, by rule; `compared` counts what was looked at, `notes` are sentences about what was not."""

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {}
        self.compared: dict[str, int] = {}
        self.notes: list[str] = []

    def add(self, rule: str, where: str, left: Any, right: Any, *, line: int | None = None) -> None:
        """Take over a difference from a rule, such as `row: outcome`."""
        group = self._groups.setdefault(rule, _Group())
        group.count += 1
        if len(group.kept) < KEPT:
            group.kept.append(Difference(where=where, left=left, right=right, line=line))

    def looked_at(self, what: str, number: int = 1) -> None:
        """Count what was compared."""
        self.compared[what] = self.compared.get(what, 0) + number

    def note(self, sentence: str) -> None:
        """Say what could not be compared."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    @property
    def total(self) -> int:
        """How many differences there are."""
        return sum(group.count for group in self._groups.values())

    def by_rule(self) -> dict[str, tuple[int, list[Difference]]]:
        """Return for each rule how many differences there are, and the first of them."""
        return {rule: (group.count, group.kept) for rule, group in self._groups.items()}
