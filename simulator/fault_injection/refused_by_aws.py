"""The faults that moto's process makes, seen from the simulator's: it only learns how often they happened."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING

from simulator.fault_injection.aws_refusals import COUNTS_PATH
from simulator.fault_injection.fault import Fault

if TYPE_CHECKING:
    from simulator.fault_injection.parts import Parts

TIMEOUT = 10.0


class RefusedByAws(Fault):
    """A fault that `aws_refusals` makes."""

    def close(self, parts: Parts) -> None:
        """Ask moto's process how often it happened, while that still runs."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{parts.endpoint}{COUNTS_PATH}", timeout=TIMEOUT) as answer:
                self._happened = int(json.load(answer).get(self.spec.text, 0))
        except (OSError, ValueError) as error:
            self.trouble = f"moto does not say how often it happened: {error}"
