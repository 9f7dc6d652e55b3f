"""How a fault is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.fault_injection.kinds import KINDS, Kind
from simulator.fault_injection.spec import BadFault, parse_fault


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_example_is_a_fault_of_its_kind(kind: Kind) -> None:
    """What the list shows can be typed."""
    spec = parse_fault(kind.example)
    assert (spec.kind, spec.text) == (kind.name, kind.example)


def test_options_are_typed_and_those_left_out_have_defaults() -> None:
    """The order in which they are written does not matter."""
    spec = parse_fault("after=100, for=0.5 ,database=refuse")
    assert spec.values == {"database": "refuse", "after": 100, "for": 0.5}
    assert parse_fault("event=twice").values["after"] == 0
    assert parse_fault("share=0.1,error=DatabaseError,attempts=all").values["attempts"] > 1000


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("row=3,attmpt=1,error=DatabaseError", 7, "did you mean attempt?"),
        ("row=three,error=DatabaseError", 1, "row must be a whole number from 2"),
        ("row=1,error=DatabaseError", 1, "row must be a whole number from 2"),
        ("row=99999999999999999999,error=DatabaseError", 1, "row must be a whole number"),
        ("row=٣,error=DatabaseError", 1, "row must be a whole number"),
        ("row=3,share=0.1,error=DatabaseError", 7, "row and share exclude each other"),
        ("row=3,row=4,error=DatabaseError", 7, "row is given twice"),
        ("row=3,attempt=1,attempts=2,error=DatabaseError", 17, "exclude each other"),
        ("share=nan,error=DatabaseError", 1, "share must be a share"),
        ("share=1.1,error=DatabaseError", 1, "share must be a share"),
        ("error=DatabaseError", 20, "row or index or share is missing"),
        ("row=3", 6, "what is to happen is missing"),
        ("error=States.Runtime,row=3", 1, "only States.Timeout"),
        ("error=no name,row=3", 1, "must be an error's name"),
        ("database=refuse,for=inf", 17, "for must be seconds"),
        ("database=explode", 1, "database must be refuse or restart or paused, not 'explode'"),
        ("database=refuse,event=twice", 17, "two faults"),
        ("databse=refuse", 1, "did you mean database?"),
        ("s3", 1, "there must be NAME=VALUE"),
        ("", 1, "there must be NAME=VALUE"),
        ("row=3,,error=X", 7, "there must be NAME=VALUE"),
        ("row=,error=X", 1, "there must be NAME=VALUE"),
    ],
)
def test_a_bad_one_is_refused_with_its_place_and_the_forms(text: str, place: int, reason: str) -> None:
    """The person sees where it is wrong, and what would be right."""
    with pytest.raises(BadFault) as fault:
        parse_fault(text)
    message = str(fault.value)
    assert message.startswith(f"--fault {text!r}, character {place}: ")
    assert reason in message
    assert "Its form: " in message or all(kind.form in message for kind in KINDS)


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["row", "=", ",", "3", "error", "A.b", "share", "0.5"])).map("".join)
)
def test_any_text_is_a_fault_or_is_refused(text: str) -> None:
    """Nothing else comes of it."""
    try:
        spec = parse_fault(text)
    except BadFault:
        return
    assert spec.text == text
    assert spec.kind in {kind.name for kind in KINDS}
