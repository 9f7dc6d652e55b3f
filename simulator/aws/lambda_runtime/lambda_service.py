"""AWS Lambda's Invoke: finds a function, an execution environment for it, and waits for the result."""

from __future__ import annotations

import re
import threading
import time
import uuid
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from simulator.aws.lambda_runtime.environment import EnvironmentPool, ExecutionEnvironment
from simulator.aws.lambda_runtime.errors import (
    CallerTimeout,
    InvalidRequestContentException,
    RequestTooLargeException,
    ResourceNotFoundException,
)
from simulator.aws.lambda_runtime.function_config import runtime_variables
from simulator.aws.lambda_runtime.invocation import Invocation, InvokeResult
from simulator.aws.lambda_runtime.payloads import MAX_REQUEST_BYTES, decode_event
from simulator.aws.lambda_runtime.thread_routing import routing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from simulator.aws.lambda_runtime.function_config import FunctionConfig
    from simulator.aws.lambda_runtime.function_log import LogSink
    from simulator.aws.lambda_runtime.handler_loading import Handler

    Variables = Callable[[FunctionConfig, str], Mapping[str, str]]

INIT_SECONDS = 10.0
CLOSE_SECONDS = 2.0
LOOK_AGAIN_SECONDS = 0.02
_NAMED = re.compile(
    r"(?P<prefix>(arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?\d{12}:function:)?"
    r"(?P<name>[A-Za-z0-9_-]+)(:(?P<qualifier>[^:]+))?"
)


class LambdaService:
    """The functions of the local cloud. To be closed, or used as a context manager.

    While it is open, `sys.stdout`, `sys.stderr` and `os.environ` are stand-ins (see `thread_routing`).

    Args:
        functions: their configurations.
        task_root: the folder from which handlers are imported.
        variables: (function, environment name) -> the environment variables that the cloud gives the function.
        region, account: of the ARNs.
        log_sink: takes log records (see `FunctionLog`); called by several threads. None to keep no log.
        ended: told the names of environments that are gone (given up, dead, closed), to end what they hold outside,
            such as database sessions.
        wrap: makes what is run of each function's handler; None to run the handler itself.
    """

    def __init__(
        self,
        functions: Sequence[FunctionConfig],
        *,
        task_root: Path,
        variables: Variables,
        region: str = "ap-northeast-1",
        account: str = "123456789012",
        log_sink: LogSink | None = None,
        ended: Callable[[Sequence[str]], None] = lambda _names: None,
        wrap: Callable[[Handler], Handler] | None = None,
    ) -> None:
        self._task_root = task_root
        self._variables = variables
        self._region = region
        self._arn_prefix = f"arn:aws:lambda:{region}:{account}:function:"
        self._log_sink = log_sink
        self._on_ended = ended
        self._wrap = wrap
        self._pools = {config.name: EnvironmentPool(config, self._make) for config in functions}
        self._open = ExitStack()
        self._open.enter_context(routing())

    def invoke(self, function: str, payload: bytes, *, timeout: float | None = None) -> InvokeResult:
        """Invoke a function and wait for its result (InvocationType RequestResponse).

        Args:
            function: its name, `<account>:function:<name>` or ARN, with or without a qualifier.
            payload: the event, JSON in UTF-8; empty for `{}`.
            timeout: seconds the caller waits at most, None for as long as it takes.

        Raises:
            LambdaError: the function is not run: it is unknown (any qualifier but `$LATEST` is), or throttled, or the
                payload is too large or is not JSON.
            CallerTimeout: when `timeout` has run out; the invocation goes on.
        """
        request_id = str(uuid.uuid4())
        pool = self._pool(function, request_id)
        if len(payload) > MAX_REQUEST_BYTES:
            raise RequestTooLargeException(
                f"{len(payload)} byte payload is too large for the RequestResponse invocation type "
                f"(limit {MAX_REQUEST_BYTES} bytes)",
                request_id,
            )
        try:
            event = decode_event(payload)
        except (ValueError, RecursionError) as error:
            raise InvalidRequestContentException(
                f"Could not parse request body into json: {error}", request_id
            ) from error
        environment = pool.take(request_id)
        invocation = Invocation(request_id, event)
        environment.submit(invocation)
        caller_deadline = None if timeout is None else invocation.submitted + timeout
        if not self._wait(environment, invocation, caller_deadline):
            threading.Thread(target=self._wait, args=(environment, invocation, None), daemon=True).start()
            raise CallerTimeout(f"{pool.config.name} did not answer within {timeout:g} s")
        if invocation.result is None:
            raise AssertionError("an invocation that has ended has a result")
        return invocation.result

    def close(self) -> None:
        """End all environments; what still runs is waited for two seconds at most. May be called twice."""
        environments = [environment for pool in self._pools.values() for environment in pool.close()]
        deadline = time.monotonic() + CLOSE_SECONDS
        for environment in environments:
            environment.join(max(0.0, deadline - time.monotonic()))
        if environments:
            self._on_ended([environment.name for environment in environments])
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wait(self, environment: ExecutionEnvironment, invocation: Invocation, caller_deadline: float | None) -> bool:
        """Wait for the end, and bring it about at the function's timeout; False if the caller's deadline is first."""
        while True:
            deadline = _function_deadline(environment.config, invocation)
            until = deadline if caller_deadline is None else min(deadline, caller_deadline)
            if invocation.handler_started is None:  # the deadline is not known before; look again soon
                until = min(until, time.monotonic() + LOOK_AGAIN_SECONDS)
            if invocation.wait(until - time.monotonic()):
                return True
            now = time.monotonic()
            if now >= _function_deadline(environment.config, invocation):
                if invocation.settle():
                    environment.abandon(invocation)
                # else its result is on its way
            elif caller_deadline is not None and now >= caller_deadline:
                return False

    def _pool(self, function: str, request_id: str) -> EnvironmentPool:
        match = _NAMED.fullmatch(function)
        if match is None:
            raise ResourceNotFoundException(f"Function not found: {self._arn_prefix}{function}:$LATEST", request_id)
        qualifier = match["qualifier"] or "$LATEST"
        prefix = self._full_prefix(match)
        pool = self._pools.get(match["name"])
        if pool is None or qualifier != "$LATEST" or prefix != self._arn_prefix:
            # The whole ARN, whatever the caller wrote (recorded on AWS for a bare name).
            raise ResourceNotFoundException(f"Function not found: {prefix}{match['name']}:{qualifier}", request_id)
        return pool

    def _full_prefix(self, match: re.Match[str]) -> str:
        """Return the ARN before the function's name; what the caller left out is this service's own."""
        given: str = match["prefix"] or self._arn_prefix
        return given if given.startswith("arn:") else f"arn:aws:lambda:{self._region}:{given}"

    def _make(self, config: FunctionConfig, pool: EnvironmentPool) -> ExecutionEnvironment:
        name = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}"
        return ExecutionEnvironment(
            config=config,
            arn=self._arn_prefix + config.name,
            name=name,
            variables={
                **runtime_variables(config, name, self._region, self._task_root),
                **self._variables(config, name),
            },
            task_root=self._task_root,
            log_sink=self._log_sink,
            idle=pool.give_back,
            ended=self._environment_ended,
            wrap=self._wrap,
        )

    def _environment_ended(self, environment: ExecutionEnvironment) -> None:
        self._pools[environment.config.name].drop(environment)
        self._on_ended([environment.name])


def _function_deadline(config: FunctionConfig, invocation: Invocation) -> float:
    """Return when an invocation is over: the timeout counts from the handler's start, after an init of at most 10 s."""
    started = invocation.handler_started
    if started is None:
        return invocation.submitted + INIT_SECONDS + config.timeout_seconds
    return started + config.timeout_seconds
