"""What happens in the thirty nights: two files each night, and what went wrong with them.

All nights together leave 90 failed rows. By the number of nights ago:

- 0: a kind of error that was not there before; an outage in the second file; a third file with the wrong header.
- 2: no file came.
- 3: the bad rows were corrected in the morning.
- 6: the process was killed in the middle of a file.
- 9: an outage, and a redrive in the morning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from lambdas.shared.columns import HEADER, TOTALS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, tzinfo

NIGHTS = 30
USERS = 1_000
WITHOUT_FILE, CORRECTED, KILLED, REDRIVEN = 2, 3, 6, 9
WEEK = 7
TOKYO_ROWS, OSAKA_ROWS, NAGOYA_ROWS = 400, 250, 100
BAD_ROWS = (6, 6, *(4,) * 4, *(3,) * 4, 2, 2, 3, 2, 2, 2, 1, 2, 2, 1, 1, 2, 1, 1, 1, 0, 1, 0)
"""Of Tokyo's file, the newest night first, from the last night but one on; the night without a file is left out."""
BAD_LAST_NIGHT = 9
BAD = ("１２", "-5", "", "7.5", "abc")
TOO_LARGE = "2147483648"
FIRST_BAD, SECOND_BAD = 136, 43
"""U00137's row, and the distance to the next bad one."""
UNKNOWN_EVERY = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file, and what happens to it.

    Args:
        file: its name.
        at: when it comes.
        text: its text.
        row_seconds: how long a row takes.
        outage_at: the row from which on the database does not answer; None if it answers always.
        killed_at: the row at which the process is killed; None if it is not.
        redriven_at: when the run is redriven; None if it is not.
        corrected_at: when its bad rows come again, corrected; None if they do not.
    """

    file: str
    at: datetime
    text: str
    row_seconds: float = 0.03
    outage_at: int | None = None
    killed_at: int | None = None
    redriven_at: datetime | None = None
    corrected_at: datetime | None = None


def uploads(last_morning: date, zone: tzinfo) -> Iterator[Upload]:
    """Yield the uploads of the thirty nights that end on a morning, oldest first."""
    bad = iter(reversed(BAD_ROWS))
    for ago in range(NIGHTS - 1, -1, -1):
        morning = last_morning - timedelta(days=ago)
        if ago == WITHOUT_FILE:
            continue
        evening = morning - timedelta(days=1)
        row_seconds = 0.03 * (1 + (NIGHTS - ago) / NIGHTS)  # it gets slower
        yield Upload(
            file="tokyo.csv",
            at=_at(evening, 21, 30, zone),
            text=_tokyo(ago, next(bad) if ago else BAD_LAST_NIGHT),
            row_seconds=row_seconds,
            corrected_at=_at(morning, 8, 40, zone) if ago == CORRECTED else None,
        )
        yield Upload(
            file="osaka.csv",
            at=_at(evening, 22, 10, zone),
            text=_file(_rows(TOKYO_ROWS, OSAKA_ROWS, ago)),
            row_seconds=row_seconds,
            outage_at={0: 120, REDRIVEN: 60}.get(ago),
            killed_at=140 if ago == KILLED else None,
            redriven_at=_at(morning, 8, 15, zone) if ago == REDRIVEN else None,
        )
        if ago % WEEK == 0:
            text = _file(_rows(TOKYO_ROWS + OSAKA_ROWS, NAGOYA_ROWS, ago))
            yield Upload(
                file="nagoya.csv",
                at=_at(evening, 23, 5, zone),
                text=text if ago else text.replace(HEADER[-1], "投稿数", 1),
                row_seconds=row_seconds,
            )


def users_csv() -> str:
    """Return the user master: U00001 to U01000."""
    lines = [f"U{number:05},User {number},u{number:05}@example.com\n" for number in range(1, USERS + 1)]
    return "user_id,username,email\n" + "".join(lines)


def _tokyo(ago: int, bad: int) -> str:
    rows = _rows(0, TOKYO_ROWS, ago)
    for number in range(bad):
        row = rows[(FIRST_BAD + number * SECOND_BAD + (ago % WEEK if number else 0)) % TOKYO_ROWS]
        if number % UNKNOWN_EVERY == UNKNOWN_EVERY - 1:
            row[0] = f"U99{ago:02}{number}"
        else:
            row[1] = TOO_LARGE if ago == 0 and number > UNKNOWN_EVERY else BAD[(number + ago // WEEK) % len(BAD)]
    return _file(rows)


def _rows(first: int, count: int, ago: int) -> list[list[str]]:
    nights = NIGHTS - ago
    return [
        [f"U{index + 1:05}", *(str(index % (7 + place) * (place + 1) + nights) for place in range(len(TOTALS)))]
        for index in range(first, first + count)
    ]


def _file(rows: list[list[str]]) -> str:
    return "".join(",".join(row) + "\n" for row in [HEADER, *rows])


def _at(day: date, hour: int, minute: int, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(hour, minute), zone)
