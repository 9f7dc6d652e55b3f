"""The earlier part of a redriven Map Run. Developer guide, "Redriving Map Runs"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.json_text import json_size
from simulator.aws.asl.quotas import MAX_PAYLOAD_BYTES
from simulator.aws.asl.runtime.branch_history import with_branches
from simulator.aws.asl.runtime.resume import has_ended, resume_of
from simulator.aws.json_reader import read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime
    from pathlib import Path
    from typing import Self

    from simulator.aws.asl.runtime.listener import ChildRecord, MapRunInfo
    from simulator.aws.asl.runtime.resume import Resume

    ChildHistory = Callable[[str], Iterable[Mapping[str, Any]]]


_FILE = re.compile(r"/(?:Redrive-(?P<attempt>\d+)/)?SUCCEEDED_(?P<number>\d+)\.jsonl?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierHistory:
    """The history of a STANDARD child so far, which a redrive carries on.

    Args:
        started: the child's start date.
        input: its input (JSON value).
        last_event: the id of its last event.
        resume: where it goes on; None if it had entered no state.
        ended: whether the history has an end.
    """

    started: datetime
    input: Any
    last_event: int
    resume: Resume | None
    ended: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierChild:
    """A child that was started in an earlier attempt, and did not succeed.

    Args:
        name: its name, which it keeps.
        redrive_count: how often it has been redriven.
        history: a STANDARD child's; None for an EXPRESS one, which runs again from its start.
    """

    name: str
    redrive_count: int = 0
    history: EarlierHistory | None = None

    @classmethod
    def standard(
        cls,
        name: str,
        started: datetime,
        events: Sequence[Mapping[str, Any]],
        processor: Mapping[str, Any] | None = None,
    ) -> Self:
        """Return a STANDARD child with its history; one whose history is not whole runs again from its start.

        Args:
            name: the child's name.
            started: its start date.
            events: its history so far.
            processor: the ItemProcessor; None if a Parallel or inline Map in it may run all of its branches again.
        """
        redrives = sum(event.get("type") == "ExecutionRedriven" for event in events)
        try:
            resume = resume_of(events)
            if resume is not None and processor is not None:
                resume = with_branches(resume, events, processor)
            history = EarlierHistory(
                started=started,
                input=read_json(events[0]["executionStartedEventDetails"]["input"], replace_halves=True),
                last_event=int(events[-1]["id"]),
                resume=resume,
                ended=has_ended(events),
            )
        except (LookupError, TypeError, ValueError):
            history = None
        return cls(name=name, redrive_count=redrives, history=history)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierMapRun:
    """A Map Run that is to be continued: same ARN, same items, only those children that did not succeed.

    Args:
        arn, started: the Map Run's.
        redrive_count: the number of the redrive that is to run now, 1 for the first.
        succeeded: the index of the (first) item of each child that succeeded.
        children: the children that were started and did not succeed, by that index. All others are begun.
        names: the same for children of which nothing but the name is known: each runs from its start.
        done: children that succeeded, with their outputs: all, or so many that a state's output cannot hold them.
    """

    arn: str
    started: datetime
    redrive_count: int
    succeeded: AbstractSet[int]
    children: Mapping[int, EarlierChild] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    done: Sequence[ChildRecord] = ()

    @classmethod
    def recorded(
        cls,
        map_run: MapRunInfo,
        children: Iterable[ChildRecord],
        history: ChildHistory,
        processor: Mapping[str, Any] | None,
    ) -> Self:
        """Return what the records of a Map Run tell.

        Args:
            map_run: the Map Run as it ended.
            children: its children, as each ended last.
            history: gives the events of a STANDARD child by its ARN.
            processor: the state's ItemProcessor.
        """
        succeeded: set[int] = set()
        again: dict[int, EarlierChild] = {}
        done: list[ChildRecord] = []
        size = 0
        for child in children:
            if child.status == "SUCCEEDED":
                succeeded.add(child.index)
                if size <= MAX_PAYLOAD_BYTES and child.data_kept:
                    size += json_size(child.output)
                    done.append(child)
            elif ":express:" in child.arn:
                again[child.index] = EarlierChild(name=child.name, redrive_count=child.redrive_count)
            else:
                again[child.index] = EarlierChild.standard(
                    child.name, child.started, list(history(child.arn)), processor
                )
        return cls(
            arn=map_run.arn,
            started=map_run.started,
            redrive_count=map_run.redrive_count + 1,
            succeeded=succeeded,
            children=again,
            done=done,
        )

    def child(self, index: int) -> EarlierChild | None:
        """Return the child of that index; None if it has not been started."""
        name = self.names.get(index)
        return self.children.get(index) or (EarlierChild(name=name) if name is not None else None)

    def waits(self, index: int) -> bool:
        """Tell whether the child of that index is to be redriven."""
        return index not in self.succeeded and (index in self.children or index in self.names)

    @property
    def waiting(self) -> int:
        """How many children are to be redriven."""
        return len((self.children.keys() | self.names.keys()) - self.succeeded)

    def successes(self, folder: Path, prefix: str) -> list[dict[str, Any]]:
        """Return the entries of the result files of all attempts so far, in the attempts' order (recorded on AWS)."""
        below = folder / self.arn.rpartition(":")[2]
        return successes_in_order(
            {"Key": "/".join(filter(None, (prefix, path.relative_to(folder).as_posix()))), "Size": path.stat().st_size}
            for path in below.rglob("SUCCEEDED_*")
            if path.is_file()
        )


def successes_in_order(files: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those result files (`{"Key", "Size"}`) that hold successes, in the order of the attempts."""
    return sorted((file for file in files if _FILE.search(file["Key"])), key=_attempt_and_number)


def _attempt_and_number(file: dict[str, Any]) -> tuple[int, int]:
    """Return the redrive whose folder a result file is in (0 for the first attempt), and the file's own number."""
    match = _FILE.search(file["Key"])
    assert match is not None  # noqa: S101 - only such files are sorted
    return int(match["attempt"] or 0), int(match["number"])
