"""The execution environments of a function.

An environment is a thread with its own copy of the handler's modules, taking one event at a time. Idle ones are used
again; new ones are made when all are busy. Lambda developer guide, "Understanding the Lambda execution environment
lifecycle".
"""

from __future__ import annotations

import ctypes
import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from simulator.aws.lambda_runtime.errors import OutOfMemory, TooManyRequestsException
from simulator.aws.lambda_runtime.function_log import TIMED_OUT, FunctionLog
from simulator.aws.lambda_runtime.handler_loading import InitError, load_handler
from simulator.aws.lambda_runtime.invocation import LambdaContext
from simulator.aws.lambda_runtime.payloads import (
    MAX_RESPONSE_BYTES,
    encode_result,
    error_payload,
    service_error_payload,
    stack_trace_of,
)
from simulator.aws.lambda_runtime.thread_routing import route_this_thread

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.aws.lambda_runtime.function_config import FunctionConfig
    from simulator.aws.lambda_runtime.function_log import LogSink
    from simulator.aws.lambda_runtime.handler_loading import Handler
    from simulator.aws.lambda_runtime.invocation import Invocation

UNHANDLED = "Unhandled"
EXITED = "Runtime.ExitError"
OUT_OF_MEMORY = "Runtime.OutOfMemory"


class Ahead:
    """In an environment's inbox: start cold before there is an event."""


class Abandoned(BaseException):
    """Raised inside the thread of an environment that has been given up, so that its code stops."""


class ExecutionEnvironment:
    """One execution environment. It starts cold with its first invocation, or ahead of it, and is warm from then on.

    Args:
        config: the function.
        arn: the function's ARN.
        name: the environment's log stream, unique.
        variables: its environment variables.
        task_root: the folder of the functions' code.
        log_sink: takes its log records.
        idle: told when it can take the next event. Not called any more once it has ended.
        ended: told once when it will take no further event.
        wrap: makes what is run of the function's handler.
    """

    def __init__(
        self,
        *,
        config: FunctionConfig,
        arn: str,
        name: str,
        variables: dict[str, str],
        task_root: Path,
        log_sink: LogSink | None,
        idle: Callable[[ExecutionEnvironment], None],
        ended: Callable[[ExecutionEnvironment], None],
        wrap: Callable[[Handler], Handler] | None = None,
    ) -> None:
        self.name = name
        self.config = config
        self._arn = arn
        self._variables = variables
        self._task_root = task_root
        self._idle = idle
        self._ended = ended
        self._wrap = wrap
        self._log = FunctionLog(config, name, log_sink)
        self._handler: Handler | None = None
        self._init_seconds: float | None = None
        self._inbox: SimpleQueue[Invocation | Ahead | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"{config.name} {name}", daemon=True)
        self._thread.start()

    def submit(self, invocation: Invocation) -> None:
        """Give it an event; only when it is idle."""
        self._inbox.put(invocation)

    def initialise(self) -> None:
        """Start cold now; an event that comes meanwhile is served next. If that fails, the first event tells so."""
        self._inbox.put(Ahead())

    def close(self) -> None:
        """Let its thread end when the current event is done."""
        self._inbox.put(None)

    def join(self, seconds: float) -> None:
        """Wait for its thread to end, `seconds` at the most."""
        self._thread.join(seconds)

    def abandon(self, invocation: Invocation) -> None:
        """End an invocation that ran into the function's timeout: its code is stopped and its result is discarded.

        A thread cannot be killed: `Abandoned` is raised in it, which takes effect when it next runs Python code. A call
        into C that never returns keeps the (daemon) thread.
        """
        started = invocation.handler_started
        now = time.monotonic()
        message = self._log.timed_out(invocation.request_id, now - (started if started is not None else now))
        self._interrupt()
        self._ended(self)
        invocation.finish(service_error_payload(TIMED_OUT, message), UNHANDLED)

    def _interrupt(self) -> None:
        if self._thread.ident is not None and self._thread.is_alive():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread.ident), ctypes.py_object(Abandoned))

    def _run(self) -> None:
        """The thread: events until there are no more, or the environment dies of one."""
        route_this_thread(self._variables, self._log.write)
        try:
            while (invocation := self._inbox.get()) is not None:
                if isinstance(invocation, Ahead):
                    self._initialise_ahead()
                elif not self._serve(invocation):
                    return
        except Abandoned:
            return

    def _initialise_ahead(self) -> None:
        try:
            self._init()
        except (InitError, SystemExit):
            self._handler = None

    def _serve(self, invocation: Invocation) -> bool:
        """Process one event; False if the environment has ended."""
        self._log.start(invocation.request_id, invocation.event, invocation.log_lines)
        cold = self._handler is None
        handled_at = time.monotonic()
        try:
            handler = self._handler or self._init()
            handled_at = invocation.handler_started = time.monotonic()
            payload, failed = self._call(handler, invocation)
            failure, alive = None, True
        except InitError as error:
            payload, failed, failure, alive = error.payload, True, error.error_type, False
            self._log.error(error.error_type, str(error), [])
        except Abandoned:
            return False
        except BaseException as error:  # noqa: BLE001 - SystemExit and its like end a process, here an environment
            failure = OUT_OF_MEMORY if isinstance(error, OutOfMemory) else EXITED
            payload = service_error_payload(failure, _exit_message(error, invocation.request_id))
            failed, alive = True, False
        if not invocation.settle():
            return False
        seconds = time.monotonic() - handled_at
        self._log.end(invocation.request_id, seconds, self._init_seconds if cold else None, failure)
        (self._idle if alive else self._ended)(self)
        invocation.finish(payload, UNHANDLED if failed else None)
        return alive

    def _init(self) -> Handler:
        """The cold start."""
        began = time.monotonic()
        try:
            handler = load_handler(self.config.handler, self._task_root)
            self._handler = handler if self._wrap is None else self._wrap(handler)
        finally:
            self._init_seconds = time.monotonic() - began
        return self._handler

    def _call(self, handler: Handler, invocation: Invocation) -> tuple[bytes, bool]:
        """Call the handler and return the payload, and whether it is an error's."""
        try:
            result = handler(invocation.event, self._context(invocation))
        except Exception as error:  # noqa: BLE001 - any error of the function's is its result
            trace = stack_trace_of(error.__traceback__, __file__)
            self._log.error(type(error).__name__, str(error), trace)
            return error_payload(type(error).__name__, str(error), invocation.request_id, trace), True
        try:
            payload = encode_result(result)
        except Exception as error:  # noqa: BLE001 - whatever the encoder meets
            message = f"Unable to marshal response: {error}"
            self._log.error("Runtime.MarshalError", message, [])
            return error_payload("Runtime.MarshalError", message, invocation.request_id), True
        if len(payload) > MAX_RESPONSE_BYTES:
            message = f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
            return service_error_payload("Function.ResponseSizeTooLarge", message), True
        return payload, False

    def _context(self, invocation: Invocation) -> Any:
        return LambdaContext(
            request_id=invocation.request_id,
            function_name=self.config.name,
            function_arn=self._arn,
            memory_mb=self.config.memory_mb,
            log_group=self.config.log_group,
            log_stream=self.name,
            deadline=time.monotonic() + self.config.timeout_seconds,
            client_context=invocation.client_context,
        )


def _exit_message(error: BaseException, request_id: str) -> str:
    if isinstance(error, OutOfMemory):
        return f"RequestId: {request_id} Error: Runtime exited with error: signal: killed"
    code = error.code if isinstance(error, SystemExit) else 1
    if code in (None, 0):
        return f"RequestId: {request_id} Error: Runtime exited without providing a reason"
    status = code if isinstance(code, int) else 1
    return f"RequestId: {request_id} Error: Runtime exited with error: exit status {status}"


class EnvironmentPool:
    """One function's environments.

    Args:
        config: the function; its `reserved_concurrency` is the most environments it has.
        make: makes a new environment for (function, pool).
    """

    def __init__(
        self, config: FunctionConfig, make: Callable[[FunctionConfig, EnvironmentPool], ExecutionEnvironment]
    ) -> None:
        self.config = config
        self._make = make
        self._lock = threading.Lock()
        self._all: set[ExecutionEnvironment] = set()
        self._idle: list[ExecutionEnvironment] = []
        self._making = 0
        self._closed = False
        self._retired = False

    def take(self, request_id: str) -> ExecutionEnvironment:
        """Return an environment to invoke: the idle one that was used last, or a new one.

        Raises:
            TooManyRequestsException: when the function has all environments that it may have, and all are busy.
        """
        limit = self.config.reserved_concurrency
        with self._lock:
            if self._closed:
                raise TooManyRequestsException("The local cloud is closing.", request_id)
            if self._idle:
                return self._idle.pop()
            if limit is not None and len(self._all) + self._making >= limit:
                raise TooManyRequestsException("Rate Exceeded.", request_id)
            self._making += 1
        environment = None
        try:
            environment = self._make(self.config, self)
        finally:
            with self._lock:
                self._making -= 1
                if environment is not None:
                    self._all.add(environment)
        return environment

    def give_back(self, environment: ExecutionEnvironment) -> bool:
        """Take an environment that is idle again; False if the pool is retired: the environment is to be ended."""
        with self._lock:
            if self._retired:
                self._all.discard(environment)
                return False
            self._idle.append(environment)
            return True

    def retire(self) -> list[ExecutionEnvironment]:
        """Give up the idle environments, and return them; those that are busy are given up when they come back."""
        with self._lock:
            self._retired = True
            idle = list(self._idle)
            self._idle.clear()
            self._all.difference_update(idle)
        return idle

    @property
    def empty(self) -> bool:
        """Whether it has no environment."""
        with self._lock:
            return not self._all and not self._making

    def drop(self, environment: ExecutionEnvironment) -> None:
        """Forget an environment that is gone."""
        with self._lock:
            self._all.discard(environment)

    def close(self) -> list[ExecutionEnvironment]:
        """End all environments, and return them."""
        with self._lock:
            self._closed = True
            environments = list(self._all)
            self._all.clear()
            self._idle.clear()
        for environment in environments:
            environment.close()
        return environments
