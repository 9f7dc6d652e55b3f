"""Errors of a function: exceptions, failed cold starts, exits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.lambda_runtime.conftest import Functions


def test_an_exception_becomes_the_runtimes_error_payload(functions: Functions) -> None:
    """Bare class name, message, request id, and the function's own frames only."""
    functions.serve(
        """
        class RowError(Exception):
            pass
        def deeper():
            raise RowError("行 3")
        def handle(event, context):
            deeper()
        """
    )
    result = functions.service.invoke("f", b"{}")
    error = functions.fail()
    assert result.function_error == "Unhandled"
    assert (error["errorType"], error["errorMessage"]) == ("RowError", "行 3")
    assert list(error) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert [frame.split(", in ")[1].split("\n")[0] for frame in error["stackTrace"]] == ["handle", "deeper"]
    assert error["stackTrace"][0].startswith(f'  File "{functions.root}/fn/h.py", line 7, in handle\n')
    assert functions.messages("log")[0].startswith("[ERROR] RowError: 行 3\nTraceback (most recent call last):\n  File")


def test_an_environment_survives_an_exception(functions: Functions) -> None:
    """The next event finds it warm."""
    functions.serve(
        """
        calls = 0
        def handle(event, context):
            global calls
            calls += 1
            return 1 / event + calls
        """
    )
    assert functions.fail(0)["errorType"] == "ZeroDivisionError"
    assert functions.call(1) == 3.0
    assert functions.ended == []


@pytest.mark.parametrize(
    ("source", "handler", "error_type", "message"),
    [
        (
            "import nowhere",
            "fn.h.handle",
            "Runtime.ImportModuleError",
            "Unable to import module 'fn.h': No module named 'nowhere'",
        ),
        ("x = 1", "fn.h.handle", "Runtime.HandlerNotFound", "Handler 'handle' missing on module 'fn.h'"),
        (
            "x = 1",
            "fn/other.handle",
            "Runtime.ImportModuleError",
            "Unable to import module 'fn/other': No module named 'fn.other'",
        ),
        (
            "x = 1",
            "handle",
            "Runtime.MalformedHandlerName",
            "Bad handler 'handle': not enough values to unpack (expected 2, got 1)",
        ),
        (
            "def handle(:",
            "fn.h.handle",
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module 'fn.h': invalid syntax (h.py, line 1)",
        ),
        ("raise KeyError('NAME')", "fn.h.handle", "KeyError", "'NAME'"),
    ],
)
def test_a_failed_cold_start_is_what_the_invocation_answers(
    functions: Functions, source: str, handler: str, error_type: str, message: str
) -> None:
    """Each way that the runtime names; the environment is gone, and the next call starts cold again."""
    functions.serve(source, handler=handler)
    error = functions.fail()
    assert (error["errorType"], error["errorMessage"]) == (error_type, message)
    assert len(functions.ended) == 1
    functions.fail()
    assert len(set(functions.ended)) == 2


def test_a_cold_start_that_failed_once_may_work_the_next_time(functions: Functions) -> None:
    """The module is imported anew, not remembered as broken."""
    marker = functions.root / "works"
    functions.serve(
        f"""
        import pathlib
        if not pathlib.Path({str(marker)!r}).exists():
            raise OSError("no")
        def handle(event, context):
            return 1
        """
    )
    assert functions.fail()["errorType"] == "OSError"
    marker.write_text("")
    assert functions.call() == 1


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("3", "Runtime exited with error: exit status 3"),
        ("", "Runtime exited without providing a reason"),
        ("'bye'", "Runtime exited with error: exit status 1"),
    ],
)
def test_sys_exit_ends_the_environment_and_not_the_simulator(functions: Functions, code: str, ending: str) -> None:
    """The error has Lambda's name for it, and the next call gets a new environment."""
    functions.serve(
        f"import sys\ndef handle(event, context):\n    if event: sys.exit({code})\n    return context.log_stream_name\n"
    )
    before = functions.call(0)
    error = functions.fail(1)
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith(ending)
    assert functions.ended == [before]
    assert functions.call(0) != before
    assert any("Error Type: Runtime.ExitError" in message for message in functions.messages("platform"))
