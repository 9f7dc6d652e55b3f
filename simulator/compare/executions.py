"""Compares two executions: end, history, Map Run and result files."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.compare.expected import canonical, value_differences
from simulator.compare.history import compare_histories
from simulator.compare.map_runs import partners

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.compare.differences import Differences
    from simulator.compare.side import Side
    from simulator.runs.folder.run_record import RunRecord

NOT_THERE = "no record"
_LONGEST = 120
_TEXTS = ("input", "cause", "output")
_DECISIVE = ("input", "status")
"""If one of these differs, what comes after it does so as well."""


def compare_executions(left: Side, right: Side, differences: Differences) -> None:
    """Compare what both sides know; what one of them does not know is noted."""
    _end(left, right, differences)
    if _both("the history", left.events, right.events, right, differences):
        compare_histories(left.events or (), right.events or (), differences, (left.expected, right.expected))
    names = partners(left.map_runs.labels, right.map_runs.labels)
    ours = left.map_runs.last
    theirs = {names.get(label, label): one for label, one in right.map_runs.last.items()}
    known = [label for label in left.map_runs.labels if label in {*ours, *theirs}]
    for label in dict.fromkeys((*known, *ours, *theirs)):
        what = "the Map Run" if len({*ours, *theirs}) == 1 else f"the Map Run {label}"
        if label not in ours and label in left.map_runs.labels:
            differences.note(f"The run here has no description of {what}: it is not compared.")
        elif _both(what, ours.get(label), theirs.get(label), right, differences):
            _map_run(what, ours[label], theirs[label], differences)
    if (left.attempts or right.attempts) and _both(
        "the result files", left.attempts, right.attempts, right, differences
    ):
        _results(left, right, names, differences)


def compare_ends(left: RunRecord, right: RunRecord, differences: Differences) -> None:
    """Compare how two runs ended, by their records."""
    for name in ("status", "error"):
        one, other = getattr(left, name), getattr(right, name)
        if one != other:
            differences.add(f"run: {name}", "the run", one, other)


def _both(what: str, one: object, other: object, right: Side, differences: Differences) -> bool:
    if other is None:
        differences.note(f"{right.title} has nothing of {what}: it is not compared.")
    elif one is None:
        differences.add("run: what there is", what, None, "there")
    return one is not None and other is not None


def _end(left: Side, right: Side, differences: Differences) -> None:
    one, other = left.end, right.end
    if one is None or other is None:
        return
    differences.looked_at("ends")
    for name in ("status", "error", "cause"):
        if name in one and name in other:
            values = left.expected.without(one[name]), right.expected.without(other[name])
            if values[0] != values[1]:
                differences.add(f"run: {name}", "the execution", *values)


def _map_run(what: str, one: dict[str, Any], other: dict[str, Any], differences: Differences) -> None:
    one = {name: value for name, value in one.items() if name != "mapRunArn"}
    differences.looked_at("Map Run fields", len(one))
    theirs = {**other, "itemCounts": _counts(other.get("itemCounts") or {}), "redriveCount": other.get("redriveCount")}
    theirs["redriveCount"] = theirs["redriveCount"] or 0
    for name, value in one.items():
        for path, here, there in value_differences(value, theirs.get(name), name):
            differences.add(f"Map Run: {path}", what, here, there)


def _counts(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts as a run folder has them: what failed, timed out or was aborted is one."""
    failed = sum(counts.get(name, 0) for name in ("failed", "timedOut", "aborted"))
    pending = counts.get("pending", 0) + counts.get("running", 0)
    return {
        "total": counts.get("total", 0),
        "succeeded": counts.get("succeeded", 0),
        "failed": failed,
        "pending": pending,
    }


class _Record(NamedTuple):
    input: str
    status: str
    error: object
    cause: str
    output: str
    where: str


def _results(left: Side, right: Side, names: dict[str, str], differences: Differences) -> None:
    labels = [_labels(left, {}), _labels(right, names)]
    if any(None in one.values() for one in labels):
        # Nothing tells the state of some: then all are taken for those of one.
        labels = [dict.fromkeys(one, "") for one in labels]
    ours, theirs = (_records(side, own) for side, own in zip((left, right), labels, strict=True))
    for key in dict.fromkeys((*ours, *theirs)):
        one, other = ours.get(key), theirs.get(key)
        differences.looked_at("result records")
        if one is None or other is None:
            there = [record.status if record else NOT_THERE for record in (one, other)]
            where = "".join(record.where for record in (one, other) if record)
            differences.add("result files: records", where, *there)
            continue
        _record(one, other, differences)


def _record(one: _Record, other: _Record, differences: Differences) -> None:
    """Compare two records of a row; if their inputs differ, the rest follows from that."""
    for name in ("input", "status", "error", "cause", "output"):
        here, there = getattr(one, name), getattr(other, name)
        if here == there:
            continue
        if name in _TEXTS:
            for path, mine, yours in value_differences(json.loads(here), json.loads(there)):
                differences.add(f"result files: {name}", f"{one.where}: {path}" if path else one.where, mine, yours)
        else:
            differences.add(f"result files: {name}", one.where, here, there)
        if name in _DECISIVE:
            return


def _written(output: Any) -> Any:
    """Return a child's output without the totals that were there before: they are the database's, not the run's."""
    if isinstance(output, dict):
        return {key: _written(value) for key, value in output.items() if key != "old"}
    return output


_Key = tuple[str | None, int | bytes, int]


def _labels(side: Side, names: dict[str, str]) -> dict[str, str | None]:
    """Return for each Map Run that left result files the label of its state, as the first side has it."""
    found = {attempt.map_run: side.map_runs.label(attempt.map_run) for attempt in side.attempts or ()}
    return {one: names.get(label, label) if label else None for one, label in found.items()}


def _records(side: Side, labels: dict[str, str | None]) -> dict[_Key, _Record]:
    """Return the records by the label of their Map state and by their row, or else by their input.

    Of a record that a later pass or a later Map Run of the same state has too, the later counts.
    """
    found: dict[_Key, _Record] = {}
    for attempt in side.attempts or ():
        seen: Counter[int | bytes] = Counter()
        for entry in attempt.entries():
            record = entry.record
            cleaned = side.expected.without(record.get("Input", ""))
            text = canonical(cleaned)
            row = cleaned.get("rowIndex") if isinstance(cleaned, dict) else None
            digest = hashlib.blake2b(text.encode(errors="replace"), digest_size=16).digest()
            key = row if isinstance(row, int) else digest
            found[labels[attempt.map_run], key, seen[key]] = _Record(
                text,
                str(record.get("Status") or entry.status),
                record.get("Error"),
                canonical(side.expected.without(record.get("Cause"))),
                canonical(_written(side.expected.without(record.get("Output")))),
                _where(cleaned),
            )
            seen[key] += 1
    return found


def _where(cleaned: Any) -> str:
    if isinstance(cleaned, dict) and "rowIndex" in cleaned:
        return f"row {cleaned['rowIndex']}, user {cleaned.get('userId')!r}"
    text = canonical(cleaned)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
