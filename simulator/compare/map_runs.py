"""The Map Runs of an execution: the Map state of each by its label, and which of them came first.

An ARN has the label: `arn:aws:states:REGION:ACCOUNT:mapRun:STATE_MACHINE/LABEL:ID`. A folder of result files is named
after the ID.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def map_run_id(arn: str) -> str:
    """Return a Map Run's ID.

    >>> map_run_id("arn:aws:states:eu-west-1:123456789012:mapRun:machine/Rows:0b1c")
    '0b1c'
    """
    return arn.rpartition(":")[2]


def label_of(arn: str) -> str:
    """Return the label of a Map Run's state.

    >>> label_of("arn:aws:states:eu-west-1:123456789012:mapRun:machine/Rows:0b1c")
    'Rows'
    """
    return arn.rpartition("/")[2].rpartition(":")[0]


class MapRuns:
    """What is known of an execution's Map Runs; give their ARNs in the order in which they began."""

    def __init__(self, arns: Iterable[str] = (), descriptions: Iterable[dict[str, Any]] = ()) -> None:
        """Take over the ARNs, and descriptions as `describe-map-run` names the fields."""
        self._descriptions = {map_run_id(one["mapRunArn"]): one for one in descriptions}
        self._labels = {map_run_id(arn): label_of(arn) for arn in dict.fromkeys(arns) if arn}
        self._places = {name: place for place, name in enumerate(self._labels)}

    def label(self, name: str) -> str | None:
        """Return the label of the Map Run with an ID; None if nothing tells it."""
        return self._labels.get(name)

    def place(self, name: str) -> int:
        """Return how many Map Runs began before the one with an ID; one that is not known comes last."""
        return self._places.get(name, len(self._places))

    @property
    def labels(self) -> list[str]:
        """The labels, in the order in which their first Map Runs began."""
        return list(dict.fromkeys(self._labels.values()))

    @property
    def last(self) -> dict[str, dict[str, Any]]:
        """The description of each label's last Map Run: a redrive may have begun another one."""
        ids = sorted(self._descriptions, key=self.place)
        return {self._labels.get(one, ""): self._descriptions[one] for one in ids}


def partners(left: list[str], right: list[str]) -> dict[str, str]:
    """Return for labels of the right side those of the left: equal ones, and the others in their order.

    A state without a Label gets one that Step Functions makes up, so it is another on each side.

    >>> partners(["a", "mine"], ["theirs", "a", "more"])
    {'a': 'a', 'theirs': 'mine'}
    """
    same = [label for label in right if label in left]
    mine, theirs = ([label for label in labels if label not in same] for labels in (left, right))
    return {**{label: label for label in same}, **dict(zip(theirs, mine, strict=False))}
