"""One alarm, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch

# Sustained for a quarter of an hour: Serverless v2 is meant to have peaks.
SUSTAINED = 3


@dataclass(frozen=True, kw_only=True)
class AlarmRule:
    """A metric and a threshold, with what to do when the metric reaches it.

    Args:
        name: CamelCase; the construct's id, and the end of the alarm's name.
        metric: what is watched, in periods of five minutes.
        threshold: the alarm goes off when the metric is at or above it.
        below: it goes off when the metric is at or below it instead.
        periods: for how many periods in a row.
        unless: the alarms that tell of the same event; as long as one of them is in alarm, this one tells nobody.
        tells: whether anybody is told; if not, it is a light on the dashboard.
        what_to_do: the alarm's description: what happened, and what to do about it.
    """

    name: str
    metric: cloudwatch.IMetric
    threshold: float
    below: bool = False
    periods: int = 1
    unless: tuple[str, ...] = ()
    tells: bool = True
    what_to_do: str
