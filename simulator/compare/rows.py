"""Compares how the rows of two runs ended: outcome, error, and the values that were written."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from lambdas.shared import audit_key
from lambdas.shared.audit_key import ROW_FAILED
from lambdas.user_log_reporter.reasons import person_text
from simulator.compare.expected import Expected

if TYPE_CHECKING:
    from collections.abc import Hashable

    from simulator.compare.differences import Differences
    from simulator.runs.folder.run_folder import RunFolder

NOT_DONE = "NOT DONE"
_Values = tuple[tuple[str, object], ...]


class RowEnd(NamedTuple):
    """How a row ended.

    Args:
        place, line, user: which row it is; the place is its index in the file.
        outcome: `success`, `superseded` or the child's status.
        error, cause: why it failed; empty if it did not.
    """

    place: int
    line: int | None
    user: str
    outcome: str
    error: str
    cause: str

    @property
    def where(self) -> str:
        """The row, for a person."""
        return f"line {self.line}, user {self.user!r}"


def compare_rows(left: RunFolder, right: RunFolder, differences: Differences) -> None:
    """Compare the rows of two runs.

    Rows of the same file are paired by their place in it. Rows of two files are paired by user, so that a row that was
    inserted changes no other. The old values of audit items are left out: they are the run's before, not this one's.
    """
    ends = [_ends(left), _ends(right)]
    by_place = _same_file(left, right)
    if not by_place:
        differences.note("The two files differ: rows are paired by their users, not by their places.")
    pairs = [_keyed(rows, by_place=by_place) for rows in ends]
    values = [_values(left), _values(right)]
    for rows, known, folder in zip(ends, values, (left, right), strict=True):
        if not known and any(row.outcome == "success" for row in rows.values()):
            differences.note(f"The audit items of {folder.name} are not there: the rows' values are not compared.")
            values = [{}, {}]
    first, second = pairs
    for key in sorted({*first, *second}, key=lambda key: _place(first.get(key), second.get(key))):
        one, other = first.get(key), second.get(key)
        differences.looked_at("rows")
        if one is None or other is None:
            absent = NOT_DONE if by_place else "no such row"
            for present in (one, other):
                if present is not None:
                    said = [row.outcome if row else absent for row in (one, other)]
                    differences.add("row: outcome", present.where, *said, line=present.line)
            continue
        _compare(one, other, differences)
        written = (values[0].get(one.place), values[1].get(other.place))
        if one.outcome == other.outcome and written[0] != written[1]:
            shown = [dict(value) if value is not None else None for value in written]
            differences.add("row: value", one.where, *shown, line=one.line)


def _compare(one: RowEnd, other: RowEnd, differences: Differences) -> None:
    if one.outcome != other.outcome:
        said = [f"{row.outcome} ({row.error}: {row.cause})" if row.error else row.outcome for row in (one, other)]
        differences.add("row: outcome", one.where, *said, line=one.line)
    elif (one.error, one.cause) != (other.error, other.cause):
        differences.add(
            "row: error", one.where, f"{one.error}: {one.cause}", f"{other.error}: {other.cause}", line=one.line
        )
    elif one.user != other.user:
        differences.add("row: user", one.where, one.user, other.user, line=one.line)


def _ends(folder: RunFolder) -> dict[int, RowEnd]:
    """Return the rows that have ended, by index; of a redriven row the later line counts."""
    expected = Expected(folder.name)
    ends: dict[int, RowEnd] = {}
    for item in folder.items():
        index = item.get("index")
        if not isinstance(index, int):
            continue
        succeeded = item.get("status") == "SUCCEEDED"
        ends[index] = RowEnd(
            place=index,
            line=item.get("line"),
            user=str(item.get("user") or ""),
            outcome=str(item.get("outcome") or item.get("status") if succeeded else item.get("status")),
            error="" if succeeded else str(item.get("error") or ""),
            cause="" if succeeded else str(expected.without(person_text(item.get("cause")))),
        )
    return ends


def _values(folder: RunFolder) -> dict[int, _Values]:
    """Return what was written for each row: the new value of each total."""
    found: dict[int, dict[str, object]] = {}
    for item in folder.audit_items():
        key = audit_key.parse(item.get("timestamp"))
        if key is not None and key.processing_type != ROW_FAILED:
            found.setdefault(key.row_index, {})[key.processing_type] = item.get("newValue")
    return {index: tuple(sorted(values.items())) for index, values in found.items()}


def _keyed(ends: dict[int, RowEnd], *, by_place: bool) -> dict[Hashable, RowEnd]:
    if by_place:
        return {index: row for index, row in ends.items()}  # noqa: C416 - the keys' type is wider
    seen: Counter[str] = Counter()
    keyed: dict[Hashable, RowEnd] = {}
    for _, row in sorted(ends.items()):
        keyed[row.user, seen[row.user]] = row
        seen[row.user] += 1
    return keyed


def _place(one: RowEnd | None, other: RowEnd | None) -> tuple[int, int]:
    return (one.place if one else other.place if other else 0, 0 if one else 1)


def _same_file(left: RunFolder, right: RunFolder) -> bool:
    """Whether the two uploads have the same bytes; if one is not there (not kept on AWS), they count as the same."""
    try:
        with left.input_file.open("rb") as one, right.input_file.open("rb") as other:
            while True:
                pieces = one.read(1 << 20), other.read(1 << 20)
                if pieces[0] != pieces[1]:
                    return False
                if not pieces[0]:
                    return True
    except FileNotFoundError:
        return True
