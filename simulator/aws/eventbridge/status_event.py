"""The event that Step Functions sends to EventBridge when an execution begins, is redriven, or ends.

Step Functions developer guide, "Step Functions events sent to EventBridge".
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.asl.json_text import to_json

if TYPE_CHECKING:
    from simulator.aws.asl.runtime.listener import ExecutionInfo

DETAIL_TYPE: Final = "Step Functions Execution Status Change"
MOST_BYTES: Final = 248 * 1024
"""If input and output, escaped, are larger, the input is left out; the output, if it alone is."""


def status_change(execution: ExecutionInfo, *, region: str, account: str, at: datetime | None = None) -> dict[str, Any]:
    """Return the event of how an execution stands now.

    Args:
        execution: a STANDARD execution.
        region: the region where it runs.
        account: the account that runs it.
        at: when its status changed, an aware datetime (default: its end, or its last start).
    """
    moment = at or execution.stopped or execution.redriven or execution.started
    input_text = execution.input_text or to_json(execution.input)
    output_text = to_json(execution.output) if execution.status == "SUCCEEDED" else None
    output_bytes = 0 if output_text is None else _escaped_bytes(output_text)
    has_output = output_text is not None and output_bytes <= MOST_BYTES
    has_input = _escaped_bytes(input_text) + output_bytes <= MOST_BYTES
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": DETAIL_TYPE,
        "source": "aws.states",
        "account": account,
        "time": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [execution.arn],
        "detail": {
            "executionArn": execution.arn,
            "stateMachineArn": execution.machine_arn,
            "name": execution.name,
            "status": execution.status,
            "startDate": _milliseconds(execution.started),
            "stopDate": _milliseconds(execution.stopped),
            "input": input_text if has_input else None,
            "output": output_text if has_output else None,
            "stateMachineVersionArn": None,
            "stateMachineAliasArn": None,
            "redriveCount": execution.redrive_count,
            "redriveDate": _milliseconds(execution.redriven),
            "redriveStatus": "NOT_REDRIVABLE" if execution.status in ("RUNNING", "SUCCEEDED") else "REDRIVABLE",
            "redriveStatusReason": _REASONS.get(execution.status),
            "inputDetails": {"included": has_input},
            "outputDetails": None if output_text is None else {"included": has_output},
            "error": execution.error,
            "cause": execution.cause,
        },
    }


_REASONS = {
    "RUNNING": "Execution is RUNNING and cannot be redriven",
    "SUCCEEDED": "Execution is SUCCEEDED and cannot be redriven",
}


def _escaped_bytes(text: str) -> int:
    return len(to_json(text).encode())


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)
