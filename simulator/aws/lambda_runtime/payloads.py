"""JSON as Lambda's Python 3.11 runtime reads and writes it, and its error payloads.

Follows the runtime interface client (awslambdaric): bootstrap and lambda_runtime_marshaller. It marshals with
simplejson, so this does too: a Decimal becomes a bare number, a named tuple an object, bytes in a value a string.
"""

from __future__ import annotations

import json
import math
import traceback
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

import simplejson  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

MAX_REQUEST_BYTES = 6_291_456
MAX_RESPONSE_BYTES = 6_291_556


class _Encoder(simplejson.JSONEncoder):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(use_decimal=False, allow_nan=True)

    def default(self, o: Any) -> Any:
        if isinstance(o, Decimal):
            return math.nan if o.is_nan() else simplejson.RawJSON(str(o))
        return super().default(o)


_ENCODER = _Encoder()


def decode_event(payload: bytes) -> Any:
    """Return the event that a payload holds; an empty payload is `{}`, as Lambda has it.

    Raises:
        ValueError: it is not JSON in UTF-8; NaN and Infinity, which Python would read, are not JSON.
    """
    return json.loads(payload.decode("utf-8", "surrogatepass"), parse_constant=_refuse) if payload else {}


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def encode_result(result: Any) -> bytes:
    """Return a handler's result as the runtime posts it; bytes are posted as they are.

    Raises:
        Exception: whatever the encoder raises for a value it cannot write.
    """
    if isinstance(result, bytes):
        return result
    return encode_json(result)


def encode_json(value: Any) -> bytes:
    """Return JSON with `", "` and `": "`, non-ASCII characters escaped."""
    text: str = _ENCODER.encode(value)
    return text.encode()


def error_payload(error_type: str, message: str, request_id: str, stack_trace: Sequence[str] = ()) -> bytes:
    """Return the payload of a failed invocation, as the runtime forms it."""
    return encode_json(
        {"errorMessage": message, "errorType": error_type, "requestId": request_id, "stackTrace": list(stack_trace)}
    )


def service_error_payload(error_type: str, message: str) -> bytes:
    """Return the payload of an invocation that the service ended (timeout, exit, response too large)."""
    return encode_json({"errorType": error_type, "errorMessage": message})


def stack_trace_of(trace: TracebackType | None, runtime_file: str) -> list[str]:
    """Return the formatted frames of a traceback, without the runtime's own at its head."""
    frames = traceback.extract_tb(trace)
    own = next((index for index, frame in enumerate(frames) if frame.filename != runtime_file), 0)
    return traceback.format_list(frames[own:])
