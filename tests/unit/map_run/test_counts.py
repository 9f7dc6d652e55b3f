"""The counts of DescribeMapRun: they add up at any moment."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.map_run.counts import Counts

ENDS = {"SUCCEEDED": "succeeded", "FAILED": "failed", "TIMED_OUT": "timedOut", "ABORTED": "aborted"}


@given(
    batches=st.lists(st.tuples(st.integers(1, 9), st.none() | st.sampled_from(sorted(ENDS)))),
    never=st.lists(st.integers(1, 9)),
)
def test_every_item_and_execution_is_in_one_state_at_any_moment(
    batches: list[tuple[int, str | None]], never: list[int]
) -> None:
    """Pending, running and ended are the total; an execution of n items moves n items."""
    sizes = [size for size, _ in batches] + never
    counts = Counts(sum(sizes), len(sizes))
    states = ("pending", "running", *ENDS.values())
    for size, end in batches:
        counts.began(size)
        if end is not None:
            counts.ended(size, end)
        for kind, total in (("items", sum(sizes)), ("executions", len(sizes))):
            shown = counts.shown(kind)
            assert sum(shown[state] for state in states) == shown["total"] == total
    for kind, weight in (("items", lambda size: size), ("executions", lambda _: 1)):
        shown = counts.shown(kind)
        assert shown["pending"] == sum(map(weight, never))
        assert shown["running"] == sum(weight(size) for size, end in batches if end is None)
        for status, name in ENDS.items():
            assert shown[name] == sum(weight(size) for size, end in batches if end == status)
    assert counts.failed_items == sum(size for size, end in batches if end in ("FAILED", "TIMED_OUT"))


def test_children_that_wait_for_their_redrive_are_not_pending() -> None:
    """They are counted once, until they run again; those that never started stay pending."""
    counts = Counts(9, 4)
    counts.already(2, 1)
    counts.waiting(3, 1)
    assert counts.shown("items") == {
        "pending": 4,
        "running": 0,
        "succeeded": 2,
        "failed": 0,
        "timedOut": 0,
        "aborted": 0,
        "pendingRedrive": 3,
        "failuresNotRedrivable": 0,
        "resultsWritten": 0,
        "total": 9,
    }
    counts.began(3, again=True)
    counts.began(2)
    shown = counts.shown("executions")
    assert (shown["pending"], shown["pendingRedrive"], shown["running"]) == (1, 0, 2)


def test_results_written_are_all_once_they_are_written() -> None:
    """As recorded: pending ones too, and without a ResultWriter."""
    counts = Counts(4, 2)
    assert counts.shown("items")["resultsWritten"] == 0
    counts.written()
    assert (counts.shown("items")["resultsWritten"], counts.shown("executions")["resultsWritten"]) == (4, 2)
