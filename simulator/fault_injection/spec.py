"""A fault as it is written: `row=3,attempt=1,error=DatabaseError`, read and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from simulator.fault_injection.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from simulator.fault_injection.kinds import Kind

_BY_NAME = {kind.name: kind for kind in KINDS}


class BadFault(Exception):
    """A SPEC that cannot be used; the message quotes it and says where and why."""


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """A fault that was asked for.

    Args:
        text: as it was written.
        kind: its kind's name.
        values: its options, those left out with their defaults.
    """

    text: str
    kind: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultPlan:
    """The faults to inject into the run of one file; nothing by default.

    Args:
        specs: what was asked for.
        lines: the index of the row that begins on a line of the file (for `row=`).
        seed: chooses the rows of `share=`.
    """

    specs: Sequence[FaultSpec] = ()
    lines: Mapping[int, int] = field(default_factory=dict)
    seed: int = 0


@dataclass(frozen=True, slots=True)
class _Pair:
    place: int
    name: str
    value: str


def parse_fault(text: str) -> FaultSpec:
    """Read a SPEC.

    Raises:
        BadFault: if it is none.
    """
    pairs = _pairs(text)
    kind = _kind(text, pairs)
    values: dict[str, Any] = {name: option.default for name, option in kind.options.items()}
    for pair in pairs:
        option = kind.options.get(pair.name)
        if option is None:
            raise _bad(
                text, pair.place, f"{pair.name!r} is nothing that this fault takes{_close(pair.name, values)}", kind
            )
        try:
            values[pair.name] = option.read(pair.value)
        except ValueError as fault:
            raise _bad(text, pair.place, f"{pair.name} {fault}, not {pair.value!r}", kind) from None
    names = [pair.name for pair in pairs]
    for choice in kind.needs:
        given = [name for name in names if name in choice]
        if not given:
            raise _bad(text, len(text) + 1, f"{' or '.join(choice)} is missing", kind)
        if len(given) > 1:
            raise _bad(text, _place(pairs, given[1]), f"{' and '.join(given)} exclude each other", kind)
    if "attempt" in names and "attempts" in names:
        raise _bad(text, _place(pairs, "attempts"), "attempt and attempts exclude each other", kind)
    return FaultSpec(text, kind.name, values)


def _pairs(text: str) -> list[_Pair]:
    pairs: list[_Pair] = []
    place = 1
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise _bad(text, place, f"there must be NAME=VALUE, not {part!r}")
        name = name.strip()
        if any(pair.name == name for pair in pairs):
            raise _bad(text, place, f"{name} is given twice")
        pairs.append(_Pair(place, name, value.strip()))
        place += len(part) + 1
    return pairs


def _kind(text: str, pairs: list[_Pair]) -> Kind:
    """Return the kind that one of the options names."""
    named = [pair for pair in pairs if pair.name in _BY_NAME]
    if len(named) > 1:
        raise _bad(
            text, named[1].place, f"{named[0].name} and {named[1].name} are two faults; give each its own --fault"
        )
    if named:
        return _BY_NAME[named[0].name]
    known = {name for kind in KINDS for name in kind.options}
    strange = next((pair for pair in pairs if pair.name not in known), None)
    if strange is not None:
        raise _bad(text, strange.place, f"{strange.name!r} is unknown{_close(strange.name, known)}")
    raise _bad(text, len(text) + 1, f"what is to happen is missing: one of {', '.join(_BY_NAME)}")


def _place(pairs: list[_Pair], name: str) -> int:
    return next(pair.place for pair in pairs if pair.name == name)


def _close(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _bad(text: str, place: int, reason: str, kind: Kind | None = None) -> BadFault:
    if kind is not None:
        return BadFault(f"--fault {text!r}, character {place}: {reason}. Its form: {kind.form}")
    forms = "\n".join(f"  {one.form}" for one in KINDS)
    return BadFault(f"--fault {text!r}, character {place}: {reason}. The faults there are:\n{forms}")
