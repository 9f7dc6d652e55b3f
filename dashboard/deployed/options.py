"""What stands behind `--` in `streamlit run dashboard -- --stack NAME`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from simulator.fetch.span import BadSpan, parse_span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

ALLOW = "--allow-actions"
_SCRIPT = "streamlit_app.py"


class BadOptions(Exception):
    """The options cannot be understood; the message says which, and how they are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Which stack is shown, and what may be done to it.

    Args:
        stack: its name, or the ARN of its workflow.
        region, profile, endpoint_url: as `fetch` takes them.
        since: how long ago a run may have ended to be fetched.
        allow_actions: whether pages offer to redrive, stop and upload.
    """

    stack: str
    region: str | None
    profile: str | None
    endpoint_url: str | None
    since: timedelta
    allow_actions: bool


def options(arguments: Sequence[str] | None = None) -> Options | None:
    """Return the options that the dashboard was started with; None if it shows the runs of this machine.

    Args:
        arguments: the script and its arguments; those of this process if absent. Another program than the dashboard has
            none.

    Raises:
        BadOptions: they cannot be understood.
    """
    script, *words = (sys.argv if arguments is None else arguments) or [""]
    if Path(script).name != _SCRIPT or not words:
        return None
    parser = _Parser(prog="streamlit run dashboard --", add_help=False, allow_abbrev=False)
    for name in ("--stack", "--region", "--profile", "--endpoint-url"):
        parser.add_argument(name, metavar=name.lstrip("-").upper())
    parser.add_argument("--since", default="7d", metavar="SPAN")
    parser.add_argument(ALLOW, action="store_true")
    found = parser.parse_args(words)
    if not found.stack:
        raise BadOptions(f"--stack NAME is missing among the options: {' '.join(words)}. {parser.usage_line}")
    try:
        since = parse_span(found.since)
    except BadSpan as error:
        raise BadOptions(f"--since {error}") from None
    return Options(
        stack=found.stack,
        region=found.region,
        profile=found.profile,
        endpoint_url=found.endpoint_url,
        since=since,
        allow_actions=found.allow_actions,
    )


class _Parser(argparse.ArgumentParser):
    @property
    def usage_line(self) -> str:
        """How the options are written."""
        return " ".join(self.format_usage().split()).replace("usage:", "Usage:")

    def error(self, message: str) -> NoReturn:
        raise BadOptions(f"{message[:1].upper()}{message[1:]}. {self.usage_line}")
