"""A row that failed, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lambdas.user_log_reporter.codes import code_of
from lambdas.user_log_reporter.reasons import group_text

if TYPE_CHECKING:
    from lambdas.user_log_reporter.codes import Code
    from simulator.runs.failure_inbox.accepted_rows import Acceptance


class State(StrEnum):
    """What became of a row that failed. If several would do, the first of them counts."""

    REDRIVEN = "redriven"
    """A redrive of its run succeeded with it."""
    CORRECTED = "corrected"
    """It was sent again, and succeeded."""
    OVERTAKEN = "overtaken"
    """A file that was uploaded later had a row of its user, which succeeded."""
    ACCEPTED = "accepted"
    """A person has accepted it."""
    SENT = "sent"
    """It was sent again, and goes on there: that run has not ended, or its row there has failed in its turn."""
    OPEN = "open"
    """It waits for somebody."""


@dataclass(frozen=True, slots=True)
class RowPlace:
    """A row of a run: the run's name, and the line of its file; None if the run itself is meant."""

    run: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRow:
    """A row of a run that failed, or that was never done.

    Args:
        run: the run's name.
        file: the key of its file.
        time: when the file was uploaded (ISO), or the run began.
        line: the line of the file on which the row begins; None if the file cannot be read.
        index: its 0-based place in the file.
        user: as it stands in the file; None if that is not known.
        error, cause: why it failed; the cause as a person reads it.
        attempts: how often the function was called for it.
        on_aws: whether its run was on AWS.
        state: what became of it.
        by: the row that resolved it, or that it goes on as.
        acceptance: who accepted it, if somebody did, whatever its state.
    """

    run: str
    file: str
    time: str
    line: int | None
    index: int
    user: str | None
    error: str
    cause: str
    attempts: int
    on_aws: bool = False
    state: State = State.OPEN
    by: RowPlace | None = None
    acceptance: Acceptance | None = None

    @property
    def code(self) -> Code:
        """The code of its failure."""
        return code_of(self.error)

    @property
    def name(self) -> str:
        """Its name for commands: RUN:LINE."""
        return f"{self.run}:{self.line}"

    @property
    def fate(self) -> str:
        """What became of it: `corrected, in user-log-...:7`, `accepted by ann: test data`."""
        if self.state is State.ACCEPTED and self.acceptance is not None:
            return f"accepted by {self.acceptance.by}: {self.acceptance.reason}"
        if self.by is None:
            return str(self.state)
        line = "" if self.by.line is None else f":{self.by.line}"
        return f"{self.state}, in {self.by.run}{line}"

    @property
    def group(self) -> tuple[str, str, str]:
        """What it has in common with rows of the same failure: code, error, and the cause without its values."""
        return self.code.name, self.error, group_text(self.cause)

    def to_json(self) -> dict[str, Any]:
        """Return it for a program."""
        accepted = self.acceptance
        return {
            "run": self.run,
            "line": self.line,
            "index": self.index,
            "user": self.user,
            "code": self.code.name,
            "retryable": self.code.retryable,
            "error": self.error,
            "cause": self.cause,
            "attempts": self.attempts,
            "file": self.file,
            "time": self.time,
            "onAws": self.on_aws,
            "state": str(self.state),
            "by": None if self.by is None else {"run": self.by.run, "line": self.by.line},
            "accepted": None if accepted is None else {"by": accepted.by, "reason": accepted.reason, "at": accepted.at},
        }
