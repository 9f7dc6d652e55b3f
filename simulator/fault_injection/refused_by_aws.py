"""The faults that moto's process makes, seen from the simulator's: it only learns how often they happened."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING

from simulator.aws.engine.options import Refusal
from simulator.aws.engine.refusals import COUNTS_PATH
from simulator.fault_injection.fault import Fault

if TYPE_CHECKING:
    from simulator.fault_injection.spec import FaultSpec

KINDS = ("dynamodb", "s3")
TIMEOUT = 10.0


def refusal(spec: FaultSpec, *, table: str, results_prefix: str) -> Refusal:
    """Return what moto's process is to refuse for a SPEC of one of `KINDS`.

    Args:
        spec: what was asked for.
        table: the table whose writes `dynamodb=throttle` refuses.
        results_prefix: how the keys begin whose uploads `s3=fail-results` refuses.
    """
    return Refusal(
        name=spec.text,
        count=spec.values["count"],
        after=spec.values.get("after", 0),
        table=table if spec.kind == "dynamodb" else None,
        key_prefix=results_prefix if spec.kind == "s3" else None,
    )


class RefusedByAws(Fault):
    """`dynamodb=throttle` or `s3=fail-results`.

    Args:
        spec: what was asked for.
        endpoint: moto's address.
    """

    def __init__(self, spec: FaultSpec, endpoint: str) -> None:
        super().__init__(spec)
        self._endpoint = endpoint

    def close(self) -> None:
        """Ask moto's process how often it happened, while that still runs."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self._endpoint}{COUNTS_PATH}", timeout=TIMEOUT) as answer:
                self._happened = int(json.load(answer).get(self.spec.text, 0))
        except (OSError, ValueError) as error:
            self.trouble = f"moto does not say how often it happened: {error}"
