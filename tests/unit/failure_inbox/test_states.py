"""Each failed row is in exactly one state, whatever was done in whatever order, and `verify` proves it."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from simulator.runs.failure_inbox.failed_row import RowPlace, State
from simulator.runs.failure_inbox.failure_inbox import FailureInbox
from simulator.runs.recovery import recovered
from simulator.verify.findings import Findings
from simulator.verify.inbox_check import InboxCheck
from simulator.verify.row import read_rows
from tests.unit.failure_inbox.made_history import History, place_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def history(tmp_path: Path) -> History:
    """An empty home."""
    return History(tmp_path)


def proved(history: History) -> Counter[str]:
    """The states of all failed rows, after `verify` has found nothing against any of them."""
    records = [recovered(folder) for folder in history.store.folders()]
    accepted = history.log.read()
    check = InboxCheck(history.store, records, accepted, FailureInbox(history.store, records, accepted))
    states: Counter[str] = Counter()
    for record in records:
        rows = {row.index: row for row in read_rows(history.store.folder(record.name).input_file)}
        for item in history.store.folder(record.name).items():
            rows[item["index"]].take(item)
        findings = Findings()
        check.run(record, list(rows.values()), findings)
        assert [one.message for one in findings.disagreements] == []
        states += check.states
    return states


def test_a_failed_row_is_open_with_all_that_is_known_of_it(history: History) -> None:
    """Code, retryable, attempts, line, user, run, file."""
    name = history.run(["U1", "U2"], failing=[1])
    told = history.row(name, 3).to_json()
    assert (told["code"], told["retryable"], told["attempts"]) == ("INVALID_VALUE", False, 1)
    assert (told["run"], told["line"], told["user"], told["file"]) == (name, 3, "U2", f"{name}.csv")
    assert (told["state"], told["by"], told["accepted"]) == ("open", None, None)


def test_a_row_that_was_never_done_is_open_too(history: History) -> None:
    """It may succeed as it is."""
    row = history.row(history.run(["U1", "U2"], pending=[1]), 3)
    assert (row.state, row.code.name, row.code.retryable, row.attempts) == (State.OPEN, "NOT_STARTED", True, 0)


def test_a_row_that_a_redrive_repaired_is_redriven(history: History) -> None:
    """One that fails again is open."""
    name = history.run(["U1", "U2", "U3"], failing=[0, 1])
    history.redrive(name, failing=[1])
    assert [row.state for row in history.inbox().of_run(name)] == [State.REDRIVEN, State.OPEN]


def test_a_row_that_was_sent_again_is_corrected_by_the_row_that_names_it(history: History) -> None:
    """Linked both ways: the new run names the old one, and the row the new one."""
    first = history.run(["U1", "U2"], failing=[1])
    second = history.send(history.inbox().open)
    assert history.store.folder(second).record().corrects == first
    row = history.row(first, 3)
    assert (row.state, row.by) == (State.CORRECTED, RowPlace(second, 2))


def test_a_row_that_fails_again_goes_on_in_the_run_that_it_was_sent_in(history: History) -> None:
    """So it is open once; what resolves it there resolves it here."""
    first = history.run(["U1", "U2"], failing=[1])
    second = history.send(history.inbox().open, failing=[0])
    assert [place_of(row) for row in history.inbox().open] == [RowPlace(second, 2)]
    assert history.row(first, 3).state is State.SENT
    third = history.send(history.inbox().open)
    assert history.row(first, 3).state is State.CORRECTED
    assert history.row(second, 2).by == RowPlace(third, 2)


def test_a_newer_file_with_that_user_overtakes_a_row(history: History) -> None:
    """An older one does not, nor one in which that row failed."""
    history.run(["U2"])
    name = history.run(["U1", "U2"], failing=[1])
    history.run(["U2"], failing=[0])
    assert history.row(name, 3).state is State.OPEN
    newer = history.run(["U9", "U2"])
    assert (history.row(name, 3).state, history.row(name, 3).by) == (State.OVERTAKEN, RowPlace(newer, 3))


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("one", "another", State.OPEN),
        ("one", "one", State.OVERTAKEN),
        (None, "one", State.OVERTAKEN),
        ("one", None, State.OVERTAKEN),
    ],
)
def test_a_run_on_another_database_overtakes_nothing(
    history: History, first: str | None, second: str | None, state: State
) -> None:
    """Its totals are not those that the row would have set; a record may not say which database it was."""
    names = [history.run(["U1"], failing=[0]), history.run(["U1"])]
    for name, database in zip(names, (first, second), strict=True):
        record = history.store.folder(name).record()
        record.database_id = database
        history.store.folder(name).write_record(record)
    assert history.row(names[0], 2).state is state
    proved(history)


def test_an_accepted_row_is_settled_until_it_is_reopened(history: History) -> None:
    """Who, when and why stay beside it; a success outranks them."""
    name = history.run(["U1", "U2"], failing=[0, 1])
    history.log.accept([history.row(name, 2)], by="ann", reason="test data")
    row = history.row(name, 2)
    assert row.state is State.ACCEPTED
    assert row.acceptance is not None
    assert (row.acceptance.by, row.acceptance.reason) == ("ann", "test data")
    history.log.reopen([row], by="bob", reason="no")
    assert history.row(name, 2).state is State.OPEN
    history.log.accept([row], by="ann", reason="test data")
    history.redrive(name)
    row = history.row(name, 2)
    assert row.state is State.REDRIVEN
    assert row.acceptance is not None


def test_of_two_rows_of_one_user_the_newer_is_sent_and_overtakes_the_older(history: History) -> None:
    """A file has a user once."""
    first = history.run(["U1"], failing=[0])
    second = history.run(["U1"], failing=[0])
    history.send(history.inbox().open)
    assert history.row(first, 2).state is State.OVERTAKEN
    assert history.row(second, 2).state is State.CORRECTED


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_done_in_whatever_order_each_row_is_in_one_state(history: History, seed: int) -> None:
    """Accepted, reopened, corrected, redriven, overtaken: the states add up to the rows that failed."""
    chance = random.Random(seed)  # noqa: S311 - a seeded choice, not a secret
    users = [f"U{number}" for number in range(12)]
    names: list[str] = []
    for _ in range(14):
        waiting = history.inbox().open
        some = chance.sample(waiting, min(len(waiting), chance.randint(1, 4)))
        what = chance.choice(["run", "send", "redrive", "accept", "reopen"]) if names else "run"
        if what == "run":
            chosen = chance.sample(users, 6)
            failing = chance.sample(range(6), 3)
            names.append(history.run(chosen, failing[:2], failing[2:]))
        elif what == "send" and some:
            names.append(history.send(some, chance.sample(range(len(some)), chance.randint(0, 1))))
        elif what == "redrive":
            history.redrive(chance.choice(names), chance.sample(range(6), 2))
        elif what == "accept":
            history.log.accept(some, by="ann", reason="because")
        elif what == "reopen":
            history.log.reopen(history.inbox().rows[:2], by="ann", reason="because")
        states = proved(history)
        assert states.total() == len(history.inbox().rows) == len({place_of(row) for row in history.inbox().rows})


def test_a_wrong_state_is_a_disagreement(history: History) -> None:
    """What is proved can be refuted: a success that is taken away, an acceptance that is not in the file."""
    first = history.run(["U1", "U2"], failing=[0, 1])
    history.send([history.row(first, 2)])
    history.log.accept([history.row(first, 3)], by="ann", reason="test data")
    records = [recovered(folder) for folder in history.store.folders()]
    inbox = FailureInbox(history.store, records, history.log.read())
    history.log.reopen([history.row(first, 3)], by="ann", reason="no")
    history.store.folder("user-log-001").items_file.write_text("")
    check = InboxCheck(history.store, records, history.log.read(), inbox)
    rows = {row.index: row for row in read_rows(history.store.folder(first).input_file)}
    for item in history.store.folder(first).items():
        rows[item["index"]].take(item)
    findings = Findings()
    check.run(records[0] if records[0].name == first else records[1], list(rows.values()), findings)
    assert sorted(one.message for one in findings.disagreements) == [
        "It is accepted there, and accepted-rows.jsonl does not have it.",
        "It is corrected there, and line 2 of user-log-001 did not succeed.",
    ]
