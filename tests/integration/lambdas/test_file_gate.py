"""The file gate on a real table: how many files have their turn, in which order, and what may be lost on the way."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from lambdas.file_gate.gate import FileGate
from lambdas.file_gate.turns import Turns, WaitingFile, place_of

NOW = 1_790_000_000


class Executions:
    """Step Functions as the gate sees it: executions that wait with a token, run, or have ended."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}
        self.running: set[str] = set()
        self.redriven: dict[str, int] = {}
        self.rows_begun: set[str] = set()
        self.let_in: list[str] = []

    def let_go_on(self, token: str) -> bool:
        """Answer a token; False if no execution waits with it."""
        arn = self.tokens.pop(token, None)
        if arn is None:
            return False
        self.let_in.append(arn)
        self.rows_begun.add(arn)
        return True

    def is_running(self, arn: str) -> bool:
        """Tell whether an execution runs."""
        return arn in self.running

    def redrives(self, arn: str) -> int:
        """Return how often it was redriven."""
        return self.redriven.get(arn, 0)

    def has_begun_rows(self, arn: str) -> bool:
        """Tell whether it has a Map Run."""
        return arn in self.rows_begun


class Cloud:
    """A gate, its table, and the executions that come to it."""

    def __init__(self, aws: Any, max_files: int) -> None:
        self.turns = Turns(aws.dynamodb, aws.resources.file_gate_table)
        self.executions = Executions()
        self.gate = FileGate(self.turns, self.executions, max_files)  # type: ignore[arg-type]
        self._asked = 0

    def file(self, name: str, second: int = 0, sequencer: str = "0A") -> WaitingFile:
        """Return a file that begins to wait, with a token of its own."""
        self._asked += 1
        token = f"token-{name}-{self._asked}"
        self.executions.tokens[token] = name
        self.executions.running.add(name)
        place = place_of(f"2026-11-28T09:30:{second:02}Z", sequencer, name)
        return WaitingFile(place=place, execution_arn=name, token=token, since=NOW)

    def ask(self, name: str, second: int = 0, sequencer: str = "0A") -> list[str]:
        """Let a file ask, and return who waits then."""
        return [one.execution_arn for one in self.gate.ask(self.file(name, second, sequencer))]

    def end(self, name: str, redrive: int = 0, *, told: bool = True) -> None:
        """End an execution, and deliver the event of it."""
        self.executions.running.discard(name)
        self.executions.tokens = {token: arn for token, arn in self.executions.tokens.items() if arn != name}
        if told:
            self.gate.ended(name, redrive)

    @property
    def let_in(self) -> list[str]:
        """The files that were let in, in that order."""
        return self.executions.let_in

    @property
    def standing(self) -> tuple[set[str], list[str]]:
        """Who has a turn by the table, and who waits."""
        found = self.turns.standing(50)
        return set(found.turns), [one.execution_arn for one in found.waiting]


@pytest.fixture
def one(aws: Any) -> Cloud:
    """Return a gate for one file at a time."""
    return Cloud(aws, 1)


@pytest.fixture
def two(aws: Any) -> Cloud:
    """Return a gate for two files at a time."""
    return Cloud(aws, 2)


def test_a_file_alone_goes_on_at_once(one: Cloud) -> None:
    """And leaves nothing behind when it has ended."""
    assert one.ask("a") == []
    assert (one.let_in, one.standing) == (["a"], ({"a"}, []))
    one.end("a")
    assert one.standing == (set(), [])


def test_files_wait_in_the_order_of_their_uploads(one: Cloud) -> None:
    """By time, then by sequencer, which is a number: 9 comes before 10, FF before 100."""
    one.ask("first")
    one.ask("late", second=9)
    one.ask("c", second=5, sequencer="100")
    one.ask("a", second=5, sequencer="9")
    assert one.ask("b", second=5, sequencer="ff") == ["a", "b", "c", "late"]
    for name in ("first", "a", "b", "c", "late"):
        assert one.let_in[-1] == name
        one.end(name)
    assert one.standing == (set(), [])


def test_two_files_at_a_time(two: Cloud) -> None:
    """The third waits for whichever ends."""
    for name in "abcd":
        two.ask(name)
    assert two.standing == ({"a", "b"}, ["c", "d"])
    two.end("b")
    assert two.standing == ({"a", "c"}, ["d"])


def test_an_event_that_comes_twice_lets_one_file_in(one: Cloud) -> None:
    """EventBridge delivers at least once."""
    for name in "abc":
        one.ask(name)
    one.end("a")
    one.gate.ended("a", 0)
    assert one.standing == ({"b"}, ["c"])


def test_a_file_that_ends_while_it_waits_gives_up_its_place(one: Cloud) -> None:
    """Stopped, or out of its time; also one that was rejected, and never waited."""
    for name in "abc":
        one.ask(name)
    one.end("b")
    one.end("never came here")
    assert one.standing == ({"a"}, ["c"])
    one.end("a")
    assert one.let_in == ["a", "c"]


def test_a_lost_end_is_noticed_by_the_next_who_asks(one: Cloud) -> None:
    """The gate looks whether those that have their turn still run."""
    one.ask("a")
    one.ask("b")
    one.end("a", told=False)
    assert one.ask("c") == ["c"]
    assert one.let_in == ["a", "b"]
    one.end("b", told=False)
    one.ask("c")  # again, with another token, since its Task has timed out
    assert one.let_in == ["a", "b", "c"]


def test_a_file_that_ended_unseen_is_passed_over(one: Cloud) -> None:
    """Its token is worth nothing, and its turn goes to the next."""
    for name in "abc":
        one.ask(name)
    one.end("b", told=False)
    one.end("a")
    assert (one.let_in, one.standing) == (["a", "c"], ({"c"}, []))


def test_a_lost_answer_is_given_again(one: Cloud) -> None:
    """A gate that died between the turn and the answer: the file asks again, or another call finds it."""
    one.turns.take("a", 1)
    assert one.ask("a") == []
    one.ask("b")
    assert one.standing == ({"a"}, ["b"])
    one.end("a", told=False)
    one.turns.give_back("a")
    one.turns.take("b", 1)
    one.ask("c")
    assert (one.let_in, one.standing) == (["a", "b"], ({"b"}, ["c"]))


def test_who_asks_again_keeps_its_place_and_its_time(one: Cloud) -> None:
    """With the newest token, since the older one has timed out."""
    one.ask("a")
    one.ask("b", second=1)
    one.ask("c", second=2)
    one.executions.tokens = {token: arn for token, arn in one.executions.tokens.items() if arn != "b"}
    (again,) = [each for each in one.gate.ask(one.file("b", second=1)) if each.execution_arn == "b"]
    assert again.since == NOW
    assert one.standing == ({"a"}, ["b", "c"])
    one.end("a")
    assert one.let_in == ["a", "b"]


def test_a_turn_whose_token_has_just_timed_out_is_kept(one: Cloud) -> None:
    """The file asks again within a second: nobody overtakes it."""
    one.ask("a")
    one.ask("b", second=1)
    one.ask("c", second=2)
    one.executions.tokens.clear()  # all Tasks have timed out, and their retries have not begun
    one.end("a")
    assert one.standing == ({"b"}, ["c"])
    one.ask("b", second=1)
    assert one.let_in == ["a", "b"]


def test_a_redrive_of_rows_takes_its_turn_at_once(one: Cloud) -> None:
    """It goes on at the Map, where nothing can hold it up: the next file waits until both have ended."""
    one.ask("a")
    one.end("a")
    for name in "bc":
        one.ask(name)
    one.executions.redriven["a"] = 1
    one.executions.running.add("a")
    one.gate.redriven("a")
    assert one.standing == ({"a", "b"}, ["c"])
    one.end("b")
    assert one.standing == ({"a"}, ["c"])
    one.end("a", redrive=1)
    assert one.let_in == ["a", "b", "c"]


def test_the_late_event_of_an_end_takes_nothing_from_a_redrive(one: Cloud) -> None:
    """It is of the run before: the event says how often that had been redriven."""
    one.ask("a")
    one.end("a")
    one.executions.redriven["a"] = 1
    one.executions.running.add("a")
    one.gate.redriven("a")
    one.gate.ended("a", 0)
    assert one.standing == ({"a"}, [])


def test_a_redrive_of_a_file_that_had_waited_waits(one: Cloud) -> None:
    """It asks by itself, and keeps the place of its upload."""
    for second, name in enumerate("abc"):
        one.ask(name, second)
    one.end("b")
    one.executions.redriven["b"] = 1
    one.gate.redriven("b")
    one.ask("b", second=1)
    assert one.standing == ({"a"}, ["b", "c"])


def test_a_larger_max_files_lets_those_that_wait_in_when_one_asks(aws: Any) -> None:
    """As after a deployment with another `maxFiles`."""
    before = Cloud(aws, 1)
    for name in "abcd":
        before.ask(name)
    after = FileGate(before.turns, before.executions, 3)  # type: ignore[arg-type]
    after.ask(before.file("d"))
    assert before.standing == ({"a", "b", "c"}, ["d"])


def test_many_at_once_never_have_more_turns_than_there_are(aws: Any) -> None:
    """Thirty files come from eight threads, and end as they run: nobody is lost, nobody is let in twice."""
    cloud = Cloud(aws, 2)
    files = [cloud.file(f"f{number:02}", second=number) for number in range(30)]
    most, guard = [0], threading.Lock()

    def come(mine: list[WaitingFile]) -> None:
        for file in mine:
            cloud.gate.ask(file)
            with guard:
                going_on = [arn for arn in cloud.let_in if arn in cloud.executions.running]
                most[0] = max(most[0], len(going_on))
                if going_on:
                    cloud.executions.running.discard(going_on[0])
            if going_on:
                cloud.gate.ended(going_on[0], 0)

    threads = [threading.Thread(target=come, args=(files[part::8],)) for part in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while cloud.executions.running:
        cloud.end(next(arn for arn in cloud.let_in if arn in cloud.executions.running))
    assert sorted(cloud.let_in) == [file.execution_arn for file in files]
    assert most[0] <= 2
    assert cloud.standing == (set(), [])


def test_the_handler_tells_how_long_the_first_has_waited(aws: Any, cold_start: Any, capsys: Any) -> None:
    """The alarm FileWaitsLong looks at that number; a file that goes on writes none."""
    module = cold_start("file_gate", FILE_GATE_TABLE=aws.resources.file_gate_table, MAX_FILES="1")
    executions = Executions()
    module.gate = FileGate(module.gate._turns, executions, 1)
    context = type("Context", (), {"function_name": "user-log-file-gate"})()
    for number, name in enumerate(("a", "b")):
        executions.tokens[name] = name
        executions.running.add(name)
        asked = {"token": name, "executionArn": name, "executionName": name, "uploadedAt": "2026-11-28T09:30:00Z"}
        module.lambda_handler({**asked, "object": {"key": "k.csv", "sequencer": f"0{number}"}}, context)
        assert ("LongestWaitSeconds" in capsys.readouterr().out) is (name == "b")
    executions.running.discard("a")
    module.lambda_handler({"detail": {"executionArn": "a", "status": "SUCCEEDED", "redriveCount": 0}}, context)
    assert executions.let_in == ["a", "b"]
