"""What goes in and comes out, byte for byte as the Python 3.11 runtime has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.lambda_runtime.errors import InvalidRequestContentException, RequestTooLargeException
from simulator.aws.lambda_runtime.payloads import decode_event, encode_json

if TYPE_CHECKING:
    from tests.unit.lambda_runtime.conftest import Functions

ECHO = "def handle(event, context):\n    return event\n"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_any_json_value_survives_the_way_in_and_out(value: object) -> None:
    """Encoding and decoding are each other's inverse, whatever characters there are (lone surrogates too)."""
    assert decode_event(encode_json(value)) == value


def test_separators_and_escapes_are_those_of_python_3_11(functions: Functions) -> None:
    """A blank after comma and colon, Japanese as escapes, Decimal as a bare number, a tuple as a list."""
    functions.serve(
        """
        from decimal import Decimal
        def handle(event, context):
            return {"名": ("あ", None, True), "d": Decimal("1.10"), 1: float("nan")}
        """
    )
    payload = functions.service.invoke("f", b"").payload
    assert payload == b'{"\\u540d": ["\\u3042", null, true], "d": 1.10, "1": NaN}'


def test_bytes_are_answered_as_they_are(functions: Functions) -> None:
    """A handler may return the finished payload."""
    functions.serve("def handle(event, context):\n    return b'{\"a\":1}'\n")
    assert functions.service.invoke("f", b"{}").payload == b'{"a":1}'


def test_a_result_that_is_no_json_is_a_marshal_error(functions: Functions) -> None:
    """A set cannot be written; the error has the runtime's name and no stack trace."""
    functions.serve("def handle(event, context):\n    return {1, 2}\n")
    error = functions.fail()
    assert error["errorType"] == "Runtime.MarshalError"
    assert error["errorMessage"].startswith("Unable to marshal response: ")
    assert error["stackTrace"] == []


def test_a_payload_that_is_no_json_is_refused(functions: Functions) -> None:
    """The function does not run then."""
    functions.serve(ECHO)
    for payload in (b"{", b"\xff", b"[" * 100_000):
        with pytest.raises(InvalidRequestContentException, match="Could not parse request body into json"):
            functions.service.invoke("f", payload)
    assert functions.records == []


def test_six_megabytes_are_the_limit_of_the_request(functions: Functions) -> None:
    """6,291,456 bytes pass, one more is refused."""
    functions.serve("def handle(event, context):\n    return len(event)\n")
    assert functions.service.invoke("f", b'"' + b"x" * 6_291_454 + b'"').payload == b"6291454"
    with pytest.raises(RequestTooLargeException, match="6291457 byte payload is too large"):
        functions.service.invoke("f", b'"' + b"x" * 6_291_455 + b'"')


def test_a_response_beyond_the_limit_is_an_error_of_the_function(functions: Functions) -> None:
    """As on AWS: the invocation fails, the environment lives."""
    functions.serve("def handle(event, context):\n    return 'x' * event\n")
    assert functions.fail(6_291_555)["errorType"] == "Function.ResponseSizeTooLarge"
    assert len(functions.call(6_291_554)) == 6_291_554


def test_the_context_object_has_what_lambda_documents(functions: Functions) -> None:
    """Names, id, memory as text, time that runs down."""
    functions.serve(
        """
        import time
        def handle(event, c):
            first = c.get_remaining_time_in_millis()
            time.sleep(0.02)
            c.log("logged")
            return [c.function_name, c.function_version, c.invoked_function_arn, c.memory_limit_in_mb, c.aws_request_id,
                    c.log_group_name, c.client_context, c.identity.cognito_identity_id,
                    0 < c.get_remaining_time_in_millis() < first <= 5000]
        """
    )
    result = functions.service.invoke("f", b"{}")
    arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:f"
    assert json.loads(result.payload) == [
        *("f", "$LATEST", arn, "256", result.request_id, "/aws/lambda/f"),
        *(None, None, True),
    ]
    assert functions.messages("log") == ["logged"]
