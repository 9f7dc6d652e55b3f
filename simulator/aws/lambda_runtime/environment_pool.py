"""The execution environments of one function: idle ones are used again, new ones made when all are busy."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from simulator.aws.lambda_runtime.errors import TooManyRequestsException

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.lambda_runtime.environment import ExecutionEnvironment
    from simulator.aws.lambda_runtime.function_config import FunctionConfig


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

    def give_back(self, environment: ExecutionEnvironment) -> None:
        """Take an environment that is idle again."""
        with self._lock:
            self._idle.append(environment)

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
