"""The summary of a run: counts, why rows failed, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.user_log_reporter.failed_rows import NEVER_DONE, Failure
from lambdas.user_log_reporter.reasons import OUTAGE_ERRORS, group_text

if TYPE_CHECKING:
    from lambdas.user_log_reporter.failed_rows import Outcomes

MAX_REASONS = 100
OTHER = "(other reasons)"
MAX_EXAMPLE = 1_000
NEW_UPLOAD = (
    "It is then a new upload with a new time, and overwrites what files that came in between have written: leave out "
    "rows for which a newer file has come."
)


@dataclass(slots=True)
class Tally:
    """Counts the rows that are asked for, on their way from `outcomes` into the file.

    Args:
        outcomes: how the rows ended.
    """

    outcomes: Outcomes
    total: int = 0
    failed: int = 0
    never_done: int = 0
    outages: int = 0
    _reasons: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def failure(self, index: int, line: int) -> Failure | None:
        """Return what `outcomes` says of a row, and count it."""
        failure = self.outcomes.failure(index, line)
        self.total += 1
        if failure is NEVER_DONE:
            self.never_done += 1
        elif failure is not None:
            self.failed += 1
            self.outages += failure.error in OUTAGE_ERRORS
            self._count(failure, line)
        return failure

    def _count(self, failure: Failure, line: int) -> None:
        key = (failure.error, group_text(failure.cause))
        if key not in self._reasons and len(self._reasons) >= MAX_REASONS:
            key = (OTHER, "")
        example = {"line": line, "cause": failure.cause[:MAX_EXAMPLE]}
        self._reasons.setdefault(key, {"error": key[0], "count": 0, "example": example})["count"] += 1

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """The reasons, the most frequent first: error, count, one example with its line and cause."""
        return sorted(self._reasons.values(), key=lambda reason: (-reason["count"], reason["example"]["line"]))

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of rows."""
        succeeded = self.total - self.failed - self.never_done
        return {
            "total": self.total,
            "succeeded": succeeded,
            "failed": self.failed,
            "notStarted": self.never_done,
            "lostToOutage": self.outages,
        }


def next_step(status: str, *, has_map_run: bool, counts: dict[str, int]) -> str:
    """Return what the sender of the file is to do.

    Args:
        status: the execution's.
        has_map_run: whether rows were processed at all.
        counts: the numbers of rows, as `Tally.counts` gives them.
    """
    if not has_map_run:
        return (
            "No row was processed. If the file was rejected, correct the lines that the list in rejected/ names, and "
            "upload it again. If not, the operators of the pipeline start the run again: send nothing."
        )
    left = counts["failed"] + counts["notStarted"]
    if not left:
        return "Nothing: every row was processed."
    if status == "SUCCEEDED" and counts["lostToOutage"] == left:
        return f"Once the outage is over, upload failed-rows.csv as it is. {NEW_UPLOAD}"
    if status == "SUCCEEDED":
        return f"Correct the rows of failed-rows.csv in a spreadsheet, save it, and upload it. {NEW_UPLOAD}"
    return (
        "The run did not succeed. If the rows are wrong, correct failed-rows.csv and upload it. If they are not, the "
        f"operators of the pipeline redrive the run: send nothing. {NEW_UPLOAD}"
    )


def message(document: dict[str, Any]) -> tuple[str, str]:
    """Return subject and text of a message about a summary: no value of a row, no cause, which may quote one."""
    counts = document["rows"]
    name = document["key"].rpartition("/")[2]
    subject = f"{document['status']}: {name}".encode("ascii", "replace").decode()
    lines = [
        f"File: s3://{document['bucket']}/{document['key']}",
        f"Run: {document['execution']}",
        f"Result: {document['status']}",
    ]
    if counts["total"]:
        lines.append(
            f"Rows: {counts['succeeded']:,} of {counts['total']:,} succeeded, {counts['failed']:,} failed, "
            f"{counts['notStarted']:,} not started"
        )
    lines += [f"  {reason['count']:,} x {reason['error']}" for reason in document["reasons"]]
    lines += ["", document["next"], "", *(f"Report: {place}" for place in document["files"])]
    printable = "".join(character if character.isprintable() else "?" for character in subject)
    return printable[:100], "\n".join(lines)
