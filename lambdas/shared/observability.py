"""Structured logs and metrics, the same on AWS and in the simulator.

In the simulator several copies of a function share one process. So what belongs to an invocation is passed with each
log line and never kept in the logger, and metrics are collected separately for each invocation.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import TYPE_CHECKING, TextIO

from aws_lambda_powertools import Logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

NAMESPACE = "UserLog"
VALIDATOR_SERVICE, PROCESSOR_SERVICE = "csv-validator", "user-log-processor"
MIGRATOR_SERVICE, REPORTER_SERVICE = "schema-migrator", "user-log-reporter"
READER_SERVICE, FILE_GATE_SERVICE = "user-reader", "file-gate"


class CurrentStdout(logging.StreamHandler[TextIO]):
    """Writes to what `sys.stdout` is when a line is written, not when the logger was made."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)

    @property
    def stream(self) -> TextIO:
        """The standard output of now."""
        return sys.stdout

    @stream.setter
    def stream(self, _value: TextIO) -> None:
        """Ignore what the base class was given."""


def make_logger(service: str) -> Logger:
    """Return a function's logger: one JSON object a line."""
    return Logger(service=service, level="INFO", logger_handler=CurrentStdout())


def count_metric(service: str, context: LambdaContext, **counts: int) -> None:
    """Write counts in the embedded metric format; CloudWatch makes metrics of the log line.

    Powertools writes the same line, in four times the time. CloudWatch user guide, "Specification: Embedded metric
    format".
    """
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [["function_name", "service"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in counts],
    }
    line = {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
        "function_name": context.function_name,
        "service": service,
        **{name: [float(value)] for name, value in counts.items()},
    }
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
