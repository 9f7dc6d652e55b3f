"""AWS Lambda's Invoke: finds a function, an execution environment for it, and waits for the result."""

from __future__ import annotations

import re
import threading
import time
import uuid
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from simulator.aws.lambda_runtime.environment import EnvironmentPool, ExecutionEnvironment
from simulator.aws.lambda_runtime.errors import (
    CallerTimeout,
    InvalidRequestContentException,
    RequestTooLargeException,
    ResourceNotFoundException,
)
from simulator.aws.lambda_runtime.function_config import runtime_variables
from simulator.aws.lambda_runtime.handler_loading import InitError, load_handler
from simulator.aws.lambda_runtime.invocation import Invocation, InvokeResult
from simulator.aws.lambda_runtime.payloads import MAX_REQUEST_BYTES, decode_event
from simulator.aws.lambda_runtime.thread_routing import route_this_thread, routing

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
        self._retired: list[EnvironmentPool] = []
        self._open = ExitStack()
        self._open.enter_context(routing())

    @property
    def functions(self) -> list[FunctionConfig]:
        """The functions there are, by name."""
        return [self._pools[name].config for name in sorted(self._pools)]

    @property
    def task_root(self) -> Path:
        """The folder of the functions' code."""
        return self._task_root

    @property
    def region(self) -> str:
        """The region of the functions."""
        return self._region

    def find(self, function: str, *, request_id: str = "") -> FunctionConfig:
        """Return a function's configuration, by its name or ARN as for `invoke`.

        Raises:
            ResourceNotFoundException: there is no such function, or a qualifier other than `$LATEST`.
        """
        return self._pool(function, request_id).config

    def arn(self, config: FunctionConfig) -> str:
        """Return a function's ARN, without a qualifier."""
        return self._arn_prefix + config.name

    def invoke(
        self,
        function: str,
        payload: bytes,
        *,
        timeout: float | None = None,
        request_id: str | None = None,
        client_context: Any = None,
        tail: bool = False,
    ) -> InvokeResult:
        """Invoke a function and wait for its result (InvocationType RequestResponse).

        Args:
            function: its name, `<account>:function:<name>` or ARN, with or without a qualifier.
            payload: the event, JSON in UTF-8; empty for `{}`.
            timeout: seconds the caller waits at most, None for as long as it takes.
            request_id: the invocation's id (default: a new one); the attempts at an asynchronous one share it.
            client_context: the value of the request's ClientContext, for the handler's context.
            tail: whether the result has the last lines of the invocation's log.

        Raises:
            LambdaError: the function is not run: it is unknown (any qualifier but `$LATEST` is), or throttled, or the
                payload is too large or is not JSON.
            CallerTimeout: when `timeout` has run out; the invocation goes on.
        """
        request_id = request_id or str(uuid.uuid4())
        pool = self._pool(function, request_id)
        event = checked_event(payload, "RequestResponse", MAX_REQUEST_BYTES, request_id)
        environment = pool.take(request_id)
        invocation = Invocation(request_id, event, client_context=client_context, tail=tail)
        environment.submit(invocation)
        caller_deadline = None if timeout is None else invocation.submitted + timeout
        if not self._wait(environment, invocation, caller_deadline):
            threading.Thread(target=self._wait, args=(environment, invocation, None), daemon=True).start()
            raise CallerTimeout(f"{pool.config.name} did not answer within {timeout:g} s")
        if invocation.result is None:
            raise AssertionError("an invocation that has ended has a result")
        return invocation.result

    def initialise(self, function: str) -> None:
        """Start an environment of a function before anybody invokes it, as Lambda may do; returns at once.

        Lambda developer guide, "Understanding the Lambda execution environment lifecycle".

        Raises:
            LambdaError: there is no such function.
        """
        pool = self._pool(function, "")
        environment = pool.take("")
        environment.initialise()
        pool.give_back(environment)

    def reload(self, functions: Sequence[FunctionConfig]) -> None:
        """Take over configurations, and give every function new environments, which import its code anew.

        Invocations that run end in the environments that they began in.
        """
        before = self._pools
        self._pools = {config.name: EnvironmentPool(config, self._make) for config in functions}
        idle = [environment for pool in before.values() for environment in pool.retire()]
        for environment in idle:
            environment.close()
        if idle:
            self._on_ended([environment.name for environment in idle])
        self._retired = [pool for pool in (*self._retired, *before.values()) if not pool.empty]

    def load_problem(self, config: FunctionConfig) -> str | None:
        """Import a function's code once, as a cold start does, and return why that fails, or None."""
        name = self._stream_name()
        problems: list[str] = []

        def load() -> None:
            route_this_thread(self._all_variables(config, name), lambda _text: None)
            try:
                load_handler(config.handler, self._task_root)
            except InitError as error:
                problems.append(f"{error.error_type}: {error}")
            except BaseException as error:  # noqa: BLE001 - SystemExit and its like end a process, here a trial
                problems.append(f"{type(error).__name__}: {error}")

        trial = threading.Thread(target=load, name=f"trial of {config.name}", daemon=True)
        trial.start()
        trial.join(INIT_SECONDS)
        self._on_ended([name])
        if trial.is_alive():
            return f"its code does not load within {INIT_SECONDS:g} s"
        return problems[0] if problems else None

    def close(self) -> None:
        """End all environments; what still runs is waited for two seconds at most. May be called twice."""
        pools = [*self._pools.values(), *self._retired]
        environments = [environment for pool in pools for environment in pool.close()]
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
        name = self._stream_name()
        return ExecutionEnvironment(
            config=config,
            arn=self._arn_prefix + config.name,
            name=name,
            variables=self._all_variables(config, name),
            task_root=self._task_root,
            log_sink=self._log_sink,
            idle=lambda environment: self._is_idle(pool, environment),
            ended=lambda environment: self._has_ended(pool, environment),
            wrap=self._wrap,
        )

    @staticmethod
    def _stream_name() -> str:
        return f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}"

    def _all_variables(self, config: FunctionConfig, name: str) -> dict[str, str]:
        return {
            **runtime_variables(config, name, self._region, self._task_root),
            **self._variables(config, name),
        }

    def _is_idle(self, pool: EnvironmentPool, environment: ExecutionEnvironment) -> None:
        if not pool.give_back(environment):
            environment.close()
            self._on_ended([environment.name])

    def _has_ended(self, pool: EnvironmentPool, environment: ExecutionEnvironment) -> None:
        pool.drop(environment)
        self._on_ended([environment.name])


def checked_event(payload: bytes, invocation_type: str, limit: int, request_id: str = "") -> Any:
    """Return the event that a payload holds.

    Args:
        payload: JSON in UTF-8; empty for `{}`.
        invocation_type: RequestResponse or Event, for the message.
        limit: the most bytes of that type.
        request_id: for the error.

    Raises:
        RequestTooLargeException: the payload is larger than `limit`.
        InvalidRequestContentException: it is not JSON.
    """
    if len(payload) > limit:
        raise RequestTooLargeException(
            f"{len(payload)} byte payload is too large for the {invocation_type} invocation type (limit {limit} bytes)",
            request_id,
        )
    try:
        return decode_event(payload)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestContentException(f"Could not parse request body into json: {error}", request_id) from error


def _function_deadline(config: FunctionConfig, invocation: Invocation) -> float:
    """Return when an invocation is over: the timeout counts from the handler's start, after an init of at most 10 s."""
    started = invocation.handler_started
    if started is None:
        return invocation.submitted + INIT_SECONDS + config.timeout_seconds
    return started + config.timeout_seconds
