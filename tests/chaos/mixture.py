"""A mixture of faults and a file for it, all from one seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambdas.shared.columns import TOTALS
from tests.rows import HEADER, MORE

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 100
ROW_ERRORS = ("DatabaseError", "Lambda.TooManyRequestsException", "Lambda.ServiceException", "States.Timeout")
MOST_BAD_ROWS = 4
"""At most 4 of 100: with more than 5 % no redrive could ever finish the run, as on AWS."""

SINGLE = [
    "row=3,attempt=1,error=Lambda.TooManyRequestsException",
    "row=50,attempts=all,error=DatabaseError",
    "share=0.1,error=DatabaseError",
    "share=0.2,attempts=all,error=Lambda.ServiceException",
    "share=0.3,attempts=all,when=after,error=Lambda.Unknown",
    "share=1,attempts=all,error=States.Timeout",
    "function=exit,row=7",
    "function=exit,share=0.1,when=after",
    "function=memory,share=0.1",
    "function=memory,row=9,when=after,attempts=all",
    "function=timeout,row=5",
    "function=timeout,row=5,when=after",
    "database=restart,after=30",
    "database=refuse,after=40,for=1",
    "database=refuse,for=0.5",
    "database=paused,for=5",
    "dynamodb=throttle,after=50,count=20",
    "dynamodb=throttle,count=400",
    "s3=fail-results",
    "s3=fail-results,count=1",
    "event=twice",
    "event=twice,after=50",
    "object=replace",
    "object=replace,after=50",
]
"""Every kind of fault alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """What one trial does.

    Args:
        seed: all else follows from it.
        faults: their SPECs.
        kill_after: kill -9 of the simulator once so many rows have ended; None for no kill.
        users: the users of the rows, each once.
        totals: what the file says of each user.
        bad: lines as they stand in the file of rows that are wrong themselves, by their index.
    """

    seed: int
    faults: list[str]
    kill_after: int | None = None
    users: list[str]
    totals: dict[str, tuple[int, ...]]
    bad: dict[int, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """The file."""
        good = [",".join([user, *map(str, totals)]) for user, totals in self.totals.items()]
        lines = iter(good)
        rows = [self.bad[index] if index in self.bad else next(lines) for index in range(len(good) + len(self.bad))]
        return "\n".join([HEADER, *rows, ""]).encode()

    @property
    def row_lines(self) -> dict[int, int]:
        """Line -> index, for `row=`."""
        return {index + 2: index for index in range(len(self.totals) + len(self.bad))}


def mixture(seed: int, group: int) -> Mixture:
    """Make the mixture of a seed; `group` (0 to 9) chooses which hundred of the sample's users it is about."""
    chance = random.Random(seed)  # noqa: S311 - a seed is the point
    faults = chance.sample(sorted(_MAKERS), chance.randint(1, 4))
    texts = [_MAKERS[name](chance) for name in faults]
    kill_after = chance.randint(1, 95) if chance.random() < 0.1 else None
    return with_file(seed, group, texts, kill_after)


def with_file(seed: int, group: int, faults: list[str], kill_after: int | None = None) -> Mixture:
    """Make a mixture of these faults, with the seed's file."""
    chance = random.Random(f"file {seed}")  # noqa: S311 - as above
    bad = {
        index: chance.choice(_BAD_ROWS).format(index) + MORE
        for index in chance.sample(range(ROWS), chance.randint(0, MOST_BAD_ROWS))
    }
    users = [f"U{group * ROWS + number:05}" for number in range(1, ROWS + 1)]
    chance.shuffle(users)
    good = users[len(bad) :]
    # Drawn last: another column changes a seed's totals, and nothing else of its mixture.
    totals = {user: tuple(chance.randint(0, 10**6) for _ in TOTALS) for user in good}
    return Mixture(seed=seed, faults=faults, kill_after=kill_after, users=users, totals=totals, bad=bad)


_BAD_ROWS = ["Z{0:05},1,1", "Z{0:05},many,1", ",1,1", "Z{0:05},-1,1", "toolongforauser{0},1,1"]


def _rows(chance: random.Random) -> str:
    which = chance.choice([f"row={chance.randint(2, ROWS + 1)}", f"share={chance.choice([0.02, 0.1, 0.3, 1])}"])
    attempts = chance.choice(["attempt=1", "attempts=2", "attempts=all", "attempt=2"])
    return f"{which},{attempts},when={chance.choice(['before', 'after'])}"


def _timeout(chance: random.Random) -> str:
    """One attempt of one row: it takes the ten seconds that it says."""
    return f"function=timeout,row={chance.randint(2, ROWS + 1)},when={chance.choice(['before', 'after'])}"


def _outage(chance: random.Random) -> str:
    after = chance.randint(0, 110)
    if chance.random() < 0.5:
        return f"database=restart,after={after}"
    return f"database=refuse,after={after},for={chance.choice([0.2, 1, 2])}"


_MAKERS: dict[str, Callable[[random.Random], str]] = {
    "error": lambda chance: f"error={chance.choice(ROW_ERRORS)},{_rows(chance)}",
    "exit": lambda chance: f"function=exit,{_rows(chance)}",
    "memory": lambda chance: f"function=memory,{_rows(chance)}",
    "timeout": lambda chance: _timeout(chance) if chance.random() < 0.2 else f"error=States.Timeout,{_rows(chance)}",
    "database": _outage,
    "dynamodb": lambda chance: f"dynamodb=throttle,after={chance.randint(0, 100)},count={chance.randint(1, 200)}",
    "s3": lambda chance: f"s3=fail-results{chance.choice(['', ',count=1', ',count=3'])}",
    "event": lambda chance: f"event=twice,after={chance.randint(0, 110)}",
    "object": lambda chance: f"object=replace,after={chance.randint(0, 110)}",
}
