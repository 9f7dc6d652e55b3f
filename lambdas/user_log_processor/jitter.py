"""The jitter of the retries: a short pause before the function answers that a server is away.

The waits of the workflow's Retry have no JitterStrategy: FULL may draw 0 each time, and all retries would be over
before an outage is. With the pause, rows that wait for the same server do not come back to it at the same moment.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

JITTER_SECONDS = 0.5
ANSWER_SECONDS = 1.0
"""The time that the function keeps for its answer."""


def pause(context: LambdaContext) -> None:
    """Pause for up to half a second, or as long as the function's timeout allows."""
    left = context.get_remaining_time_in_millis() / 1000 - ANSWER_SECONDS
    time.sleep(max(0.0, min(random.uniform(0, JITTER_SECONDS), left)))  # noqa: S311 - jitter is not a secret
