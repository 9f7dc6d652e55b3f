"""Whether a run's record allows a redrive (API reference, "RedriveExecution"); the plan looks into its files too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from simulator.runs.folder.run_record import REJECTED_ERROR, RUNNING, TOO_MANY_ERROR
from simulator.runs.folder.times import parsed_moment

if TYPE_CHECKING:
    from simulator.runs.folder.run_record import RunRecord

MOST_REDRIVES = 1_000
REDRIVABLE_FOR = timedelta(days=14)
_ENDS_IN_A_FAIL_STATE = {
    REJECTED_ERROR: (
        "The file was rejected before any row was processed: a redrive would enter the Fail state FileRejected again, "
        "with the same file. Correct the file, and run it."
    ),
    TOO_MANY_ERROR: (
        "Every row was run, and too many failed: a redrive would enter the Fail state TooManyRowsFailed again. Correct "
        "the rows in failed-rows.csv, or leave those that an outage failed as they are, and run that file."
    ),
}


def redrive_refusal(record: RunRecord) -> str | None:
    """Return why a run cannot be redriven, and what to do instead; None if its record allows it."""
    if record.status == "SUCCEEDED":
        return (
            "Execution is SUCCEEDED and cannot be redriven: AWS does not redrive a run whose failures stayed within "
            "the tolerance. Correct the rows in failed-rows.csv, and run that file."
        )
    if record.status == RUNNING:
        return "Execution is RUNNING and cannot be redriven. Wait for its end, or stop it."
    if (text := _ENDS_IN_A_FAIL_STATE.get(record.error or "")) is not None:
        return text
    if record.redrive_count >= MOST_REDRIVES:
        return f"The run has been redriven {record.redrive_count} times; AWS allows {MOST_REDRIVES}."
    stopped = parsed_moment(record.stopped)
    if stopped is not None and datetime.now(UTC) - stopped > REDRIVABLE_FOR:
        return f"The run ended on {record.stopped}; AWS redrives for 14 days. Run failed-rows.csv as a file of its own."
    return None


def redrivable(record: RunRecord) -> bool:
    """Say whether to offer a redrive (`redrive_plan` decides whether it is possible)."""
    return record.map_run is not None and redrive_refusal(record) is None
