"""Numbers, times and states in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.runs.moments import parsed_moment

if TYPE_CHECKING:
    from simulator.runs.run_record import RunRecord

STYLES = {
    "SUCCEEDED": "bold green",
    "RUNNING": "bold cyan",
    "INTERRUPTED": "bold yellow",
    "ABORTED": "bold yellow",
    "FAILED": "bold red",
    "OUTAGE": "bold yellow",
    "REJECTED": "bold red",
    "TIMED_OUT": "bold red",
}
_MINUTE = 60
_HOUR = 3600


def status_piece(record: RunRecord) -> tuple[str, str]:
    """Return a run's status in words, with its style.

    A refused file is REJECTED (on AWS: FAILED); a run that lost rows to an outage, but not too many, is OUTAGE (on AWS:
    SUCCEEDED).
    """
    word = "REJECTED" if record.rejected else record.status
    if word == "SUCCEEDED" and record.outage_rows:
        word = "OUTAGE"
    return word, STYLES.get(word, "bold")


def duration(milliseconds: int | None) -> str:
    """Return `8.2 s`, `3 min 05 s` or `2 h 10 min`; a dash where it is not known."""
    if milliseconds is None:
        return "-"
    seconds = milliseconds / 1000
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min {int(seconds % _MINUTE):02} s"
    return f"{int(seconds // _HOUR)} h {int(seconds % _HOUR // _MINUTE):02} min"


def local_time(text: str | None) -> str:
    """Return a time as the clock on the wall shows it; a dash where there is none."""
    moment = parsed_moment(text)
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else "-"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Return `1 row`, `1,000 rows`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
