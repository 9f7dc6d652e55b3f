"""Messages about a cloud that is up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.cli.paths import SAMPLES, shown
from simulator.runs.suggested_command import command

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal


def banner(term: Terminal, facts: dict[str, Any]) -> None:
    """Print where the cloud is, and what to try.

    Args:
        term: takes it.
        facts: `url`, `buckets` (input and output), `database`; `dashboard` and `inbox`, or None.
    """
    bucket = facts["buckets"][0]
    term.say(("\nThe local cloud is up.", "bold green"))
    for name, value in (
        ("endpoint", facts["url"]),
        ("buckets", ", ".join(facts["buckets"])),
        ("database", facts["database"]),
        ("dashboard", facts["dashboard"]),
        ("inbox", facts["inbox"]),
    ):
        if value:
            term.say(f"  {name:<10} ", str(value))
    term.say(("\nIn another terminal", "bold"))
    sample = shown(SAMPLES / "sample.csv")
    for line in (
        command("run", "sample.csv"),
        f'eval "$({command("env")})"',
        f"aws s3 cp {sample} s3://{bucket}/",
        "aws stepfunctions list-state-machines",
    ):
        term.say("  ", (line, "bold"))
    term.say("\nIt listens on this machine only. Signatures are not checked: any key will do.")
    term.say("It ends with Ctrl-C, or with: ", (command("down"), "bold"), "\n")
