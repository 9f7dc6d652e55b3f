"""`replay-events --stack NAME`: starts the runs of uploads whose events wait in a queue."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli import exits
from simulator.cli.commands.deployed.stack_options import REGION, EndpointUrl, Profile, Region, StackName, opened_stack
from simulator.cli.examples import examples
from simulator.cli.options import Json  # noqa: TC001 - typer reads the annotations
from simulator.cli.output.terminal import terminal
from simulator.runs.words import count

if TYPE_CHECKING:
    from simulator.cli.output.terminal import Terminal
    from simulator.deployed.replay import Replayed
    from simulator.deployed.waiting_events import WaitingEvent

EPILOG = examples(
    "replay-events --stack UserLogPipeline --dry-run",
    "replay-events --stack UserLogPipeline-dev --profile dev",
    "replay-events --stack UserLogPipeline --endpoint-url http://127.0.0.1:4566",
)


def replay_events_command(  # noqa: PLR0917 - options
    stack: StackName,
    region: Region = REGION,
    profile: Profile = None,
    endpoint_url: EndpointUrl = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list the events.")] = False,  # noqa: FBT002 - an option
    json: Json = None,
) -> None:
    """Start the runs of uploads that started none: their events wait in the stack's two queues.

    Repair the cause first. Each event keeps its own time, so that a file never overwrites totals of a newer one; an
    event that has had its run starts no second one. Exit code 0: nothing waits any more; 1: something still waits;
    2: the stack cannot be reached.
    """
    from simulator.deployed.replay import EventReplay  # noqa: PLC0415 - boto3 is loaded only if it is needed

    with (
        terminal(json=json) as term,
        opened_stack(stack, region, profile, endpoint_url) as opened,
        closing(EventReplay(opened)) as replay,
    ):
        term.say(f"{count(len(replay.events), 'upload')} of {opened.name} without a run")
        entries = []
        for event in replay.events:
            replayed = None if dry_run else replay.replay(event)
            _tell(term, event, replayed)
            entries.append(_entry(event, replayed))
        for one in replay.unreadable:
            term.say(("cannot be replayed: ", "bold red"), f"a message in {one.message.queue_url}: {one.why}")
        stays = bool(replay.unreadable) or any(one["outcome"] in ("waiting", "failed") for one in entries)
        unreadable = [{"queue": one.message.queue_url, "why": one.why} for one in replay.unreadable]
        term.document({"stack": opened.name, "events": entries, "unreadable": unreadable})
        if stays:
            raise typer.Exit(exits.FAILED)


def _tell(term: Terminal, event: WaitingEvent, replayed: Replayed | None) -> None:
    why = f" ({event.why})" if event.why else ""
    term.say(f"{event.key}, uploaded {event.time}{why}")
    if replayed is None:
        return
    if replayed.outcome == "started":
        term.say(("  started ", "green"), str(replayed.execution_arn).rpartition(":")[2])
    elif replayed.outcome == "already started":
        term.say("  it has had its run already; its message is deleted")
    else:
        term.say(("  failed: ", "bold red"), f"{replayed.error}. The event still waits.")


def _entry(event: WaitingEvent, replayed: Replayed | None) -> dict[str, Any]:
    return {
        "bucket": event.input["detail"]["bucket"]["name"],
        "key": event.key,
        "time": event.time,
        "why": event.why or None,
        "queues": [message.queue_url for message in event.messages],
        "outcome": "waiting" if replayed is None else replayed.outcome,
        "executionArn": replayed.execution_arn if replayed else None,
        "error": replayed.error if replayed else None,
    }
