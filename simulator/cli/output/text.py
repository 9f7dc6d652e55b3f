"""Text for the terminal: text of a file made harmless and short, the status of a run with its style, times of day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from simulator.runs.folder.times import parsed_moment

if TYPE_CHECKING:
    from simulator.runs.folder.run_record import RunRecord

STYLES = {
    "SUCCEEDED": "bold green",
    "RUNNING": "bold cyan",
    "WAITING": "bold blue",
    "INTERRUPTED": "bold yellow",
    "ABORTED": "bold yellow",
    "FAILED": "bold red",
    "OUTAGE": "bold yellow",
    "REJECTED": "bold red",
    "TIMED_OUT": "bold red",
}
# C0 and C1 controls but the newline, bidirectional overrides and isolates, line separators, lone surrogates.
_DANGEROUS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """Return the text with characters that steer a terminal or reverse its letters shown as Python escapes."""
    return _DANGEROUS.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape", "surrogatepass").decode("ascii")


def shortened(text: str, length: int) -> str:
    """Return at most `length` characters; an ellipsis stands for the rest."""
    return text if len(text) <= length else text[: length - 1] + "…"


def status_piece(record: RunRecord) -> tuple[str, str]:
    """Return a run's status in words, with its style.

    A refused file is REJECTED (on AWS: FAILED); a run that waits for its turn is WAITING (on AWS: RUNNING); a run that
    lost rows to an outage, but not too many, is OUTAGE (on AWS: SUCCEEDED).
    """
    word = "REJECTED" if record.rejected else record.status
    if record.waits:
        word = "WAITING"
    if word == "SUCCEEDED" and record.outage_rows:
        word = "OUTAGE"
    return word, STYLES.get(word, "bold")


def local_time(text: str | None) -> str:
    """Return a time as the clock on the wall shows it; a dash if there is none."""
    moment = parsed_moment(text)
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S") if moment else "-"
