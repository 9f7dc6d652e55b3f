"""What a redriven Map Run has behind it. Developer guide, "Redriving Map Runs"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime
    from pathlib import Path

    from simulator.aws.map_run.work import ChildWork


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierMapRun:
    """A Map Run that is to be continued: same ARN, same items, only those children that did not succeed.

    Args:
        arn, started: the Map Run's.
        redrive_count: the number of the redrive that is to run now, 1 for the first.
        succeeded: the index of the (first) item of each child that succeeded.
        names: the names of children that ended otherwise, by that index: they run again under their names.
    """

    arn: str
    started: datetime
    redrive_count: int
    succeeded: AbstractSet[int]
    names: Mapping[int, str]

    def left(self, works: Iterator[ChildWork]) -> Iterator[ChildWork]:
        """Give the work that is still to do."""
        for work in works:
            if work.index not in self.succeeded:
                yield work.named(self.names.get(work.index))

    def successes(self, folder: Path, prefix: str) -> list[dict[str, Any]]:
        """Return the entries of the result files of all attempts so far, in the attempts' order (recorded on AWS)."""
        below = folder / self.arn.rpartition(":")[2]
        files = sorted((path for path in below.rglob("SUCCEEDED_*") if path.is_file()), key=_attempt_and_number)
        return [
            {"Key": "/".join(filter(None, (prefix, path.relative_to(folder).as_posix()))), "Size": path.stat().st_size}
            for path in files
        ]


def _attempt_and_number(path: Path) -> tuple[int, int]:
    """Return the redrive whose folder a result file is in (0 for the first attempt), and the file's own number."""
    _, redrive, attempt = path.parent.name.partition("Redrive-")
    return int(attempt) if redrive else 0, int(path.stem.rpartition("_")[2])
