"""Execution environments: whose modules, which variables, how many."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from simulator.aws.lambda_runtime.errors import ResourceNotFoundException, TooManyRequestsException

if TYPE_CHECKING:
    from tests.unit.lambda_runtime.conftest import Functions

COUNTER = """
    import threading
    barrier = None
    calls = 0
    def handle(event, context):
        global calls
        calls += 1
        return {"calls": calls, "stream": context.log_stream_name}
"""

WAITER = """
    import threading, time
    def handle(event, context):
        time.sleep(event["seconds"])
        return context.log_stream_name
"""


def test_a_warm_environment_is_used_again(functions: Functions) -> None:
    """Module state lives on between invocations, as on Lambda."""
    functions.serve(COUNTER)
    first, second = functions.call(), functions.call()
    assert first["stream"] == second["stream"]
    assert second["calls"] == 2


def test_environments_at_the_same_time_have_modules_of_their_own(functions: Functions) -> None:
    """Five at once are five copies; each module-level counter counts its own calls only."""
    functions.serve(
        """
        import time
        import fn.state as state
        def handle(event, context):
            state.seen.append(event)
            time.sleep(0.05)
            return [context.log_stream_name, len(state.seen)]
        """
    )
    (functions.root / "fn" / "state.py").write_text("seen = []\n")
    answers = []
    threads = [threading.Thread(target=lambda n=n: answers.append(functions.call(n))) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({stream for stream, _ in answers}) == 5
    assert {seen for _, seen in answers} == {1}


def test_the_modules_of_the_caller_stay_as_they_were(functions: Functions) -> None:
    """Imports for an environment leave no trace in `sys.modules` or `sys.path`."""
    functions.serve(COUNTER)
    path = list(sys.path)
    functions.call()
    assert not [name for name in sys.modules if name == "fn" or name.startswith("fn.")]
    assert sys.path == path


def test_the_environment_variables_are_the_functions_own(functions: Functions, monkeypatch: pytest.MonkeyPatch) -> None:
    """At import and at call: Lambda's variables and the cloud's, nothing of the user's shell."""
    monkeypatch.setenv("SECRET_OF_THE_USER", "x")
    functions.serve(
        """
        import os
        at_import = dict(os.environ)
        def handle(event, context):
            os.environ["CHANGED"] = "yes"
            return [at_import, os.environ.get("OWN"), os.getenv("CHANGED"), "SECRET_OF_THE_USER" in os.environ]
        """
    )
    at_import, own, changed, leaked = functions.call()
    assert at_import["AWS_LAMBDA_FUNCTION_NAME"] == "f"
    assert at_import["AWS_REGION"] == "ap-northeast-1"
    assert "SECRET_OF_THE_USER" not in at_import
    assert (own, changed, leaked) == ("from-the-cloud", "yes", False)
    assert os.environ["SECRET_OF_THE_USER"] == "x"
    assert "CHANGED" not in os.environ


def test_reserved_concurrency_throttles_when_all_are_busy(functions: Functions) -> None:
    """One environment at most: the second call at the same time gets 429, and the next one runs again."""
    functions.serve(WAITER, concurrency=1)
    thread = threading.Thread(target=functions.call, args=({"seconds": 0.5},))
    functions.call({"seconds": 0})
    thread.start()
    while functions.service._pools["f"]._idle:
        pass
    with pytest.raises(TooManyRequestsException, match=r"Rate Exceeded\.") as caught:
        functions.call({"seconds": 0})
    assert (caught.value.name, caught.value.status) == ("TooManyRequestsException", 429)
    thread.join()
    assert functions.call({"seconds": 0})


def test_unknown_functions_are_not_found(functions: Functions) -> None:
    """By name, by ARN, by a qualifier that does not exist."""
    functions.serve(COUNTER)
    arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:"
    assert functions.service.invoke(f"{arn}f:$LATEST", b"{}").function_error is None
    for name in ("g", f"{arn}g", f"{arn}f:live", arn.replace("ap-northeast-1", "us-east-1") + "f"):
        with pytest.raises(ResourceNotFoundException, match="Function not found: arn:aws:lambda"):
            functions.service.invoke(name, b"{}")
    with pytest.raises(ResourceNotFoundException) as caught:
        functions.service.invoke(f"{arn}g", b"{}")
    assert str(caught.value) == f"Function not found: {arn}g:$LATEST"


def test_closing_ends_every_environment(functions: Functions) -> None:
    """No thread is left, and the cloud is told so that it ends what they hold outside."""
    functions.serve(COUNTER)
    stream = functions.call()["stream"]
    functions.service.close()
    assert functions.ended == [stream]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("f 2")]
