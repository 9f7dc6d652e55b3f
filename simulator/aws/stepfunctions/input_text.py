"""The JSON texts that callers hand to the service."""

from __future__ import annotations

from typing import Any

from simulator.aws.asl.quotas import MAX_PAYLOAD_BYTES
from simulator.aws.errors import ApiError
from simulator.aws.json_reader import BadJson, read_json


def parse_input(text: str) -> Any:
    """Return the JSON value of an execution's input.

    Raises:
        ApiError: InvalidExecutionInput, if it is larger than 256 KiB or is not JSON.
    """
    if len(text.encode(errors="surrogatepass")) > MAX_PAYLOAD_BYTES:
        raise ApiError("InvalidExecutionInput", f"The input is larger than {MAX_PAYLOAD_BYTES} bytes")
    try:
        return read_json(text)
    except BadJson as error:
        raise ApiError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'") from error
