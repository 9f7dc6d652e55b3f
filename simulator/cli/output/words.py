"""States and times of day in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.runs.folder.times import parsed_moment

if TYPE_CHECKING:
    from simulator.runs.folder.run_record import RunRecord

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


def status_piece(record: RunRecord) -> tuple[str, str]:
    """Return a run's status in words, with its style.

    A refused file is REJECTED (on AWS: FAILED); a run that lost rows to an outage, but not too many, is OUTAGE (on AWS:
    SUCCEEDED).
    """
    word = "REJECTED" if record.rejected else record.status
    if word == "SUCCEEDED" and record.outage_rows:
        word = "OUTAGE"
    return word, STYLES.get(word, "bold")


def local_time(text: str | None) -> str:
    """Return a time as the clock on the wall shows it; a dash if there is none."""
    moment = parsed_moment(text)
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else "-"
