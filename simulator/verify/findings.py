"""Findings of a verification: disagreements, which are errors, and notes, which explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.verify.row import Row

MAX_KEPT = 10_000
"""Beyond, disagreements are counted and not kept: a run against the wrong database has one for each row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two places that say different things of a row.

    Args:
        place: the place that disagrees with the others: `items.jsonl`, `results`, `audit`, `database` and so on.
        message: what it says, and what the others say.
        line, index, user: the row in doubt; None if it is about the run.
    """

    place: str
    message: str
    line: int | None = None
    index: int | None = None
    user: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {
            "line": self.line,
            "index": self.index,
            "user": self.user,
            "place": self.place,
            "message": self.message,
        }


@dataclass(slots=True, kw_only=True)
class Note:
    """An explanation of rows that look wrong and are right: how many, and the line of one of them."""

    message: str
    rows: int
    line: int | None

    def to_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {"message": self.message, "rows": self.rows, "line": self.line}


class Findings:
    """Collects what is found; `disagreements` holds the first 10,000 of `total`, `compared` what each place had."""

    def __init__(self) -> None:
        self.disagreements: list[Disagreement] = []
        self.total = 0
        self.compared: dict[str, int] = {}
        self._notes: dict[str, Note] = {}

    @property
    def clean(self) -> bool:
        """Whether nothing disagrees."""
        return not self.total

    @property
    def notes(self) -> list[Note]:
        """The notes, each once."""
        return list(self._notes.values())

    def disagree(self, place: str, message: str, row: Row | None = None) -> None:
        """Note a disagreement, about a row or about the run."""
        self.total += 1
        if len(self.disagreements) >= MAX_KEPT:
            return
        about = {} if row is None else {"line": row.line, "index": row.index, "user": row.user}
        self.disagreements.append(Disagreement(place=place, message=message, **about))  # type: ignore[arg-type]

    def note(self, message: str, row: Row | None = None) -> None:
        """Count a row for a note, or note something of the run."""
        note = self._notes.setdefault(message, Note(message=message, rows=0, line=row.line if row else None))
        note.rows += 1 if row else 0

    def count(self, place: str, number: int = 1) -> None:
        """Count what was compared."""
        self.compared[place] = self.compared.get(place, 0) + number
