"""One alarm, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch


@dataclass(frozen=True, kw_only=True)
class AlarmRule:
    """A metric and a threshold, with what to do when the metric reaches it.

    Args:
        name: CamelCase; the construct's id, and the end of the alarm's name.
        metric: what is watched, in periods of five minutes.
        threshold: the alarm goes off when the metric is at or above it.
        periods: for how many periods in a row.
        what_to_do: the alarm's description: what happened, and what to do about it.
    """

    name: str
    metric: cloudwatch.IMetric
    threshold: float
    periods: int = 1
    what_to_do: str
