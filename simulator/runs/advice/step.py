"""A step that a person can take."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Action(StrEnum):
    """What a page's button does for a step."""

    REDRIVE = "redrive"
    CORRECT = "correct"
    """failed-rows.csv is downloaded, and uploaded when its rows have been corrected."""
    SEND_FAILED_ROWS = "send_failed_rows"
    """failed-rows.csv is run as it is."""
    CREATE_USERS = "create_users"
    """The same file is run, and its unknown users are created first."""
    RUN_AGAIN = "run_again"
    """The same file is run; an encoding that can be told is converted."""
    UPLOAD = "upload"
    """A person corrects the file and uploads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """Something a person can do.

    Args:
        text: a sentence.
        action: what it is.
        words: the words of the simulator's command for it, as `suggested_command.command` takes them; empty if there
            is none.
        on_aws: the AWS CLI's command for it, for a run on AWS; empty if there is none.
    """

    text: str
    action: Action
    words: tuple[str | Path, ...] = ()
    on_aws: str = ""
