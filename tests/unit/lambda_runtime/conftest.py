"""Writes handlers to a temporary task root and serves them."""

from __future__ import annotations

import json
import textwrap
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from simulator.aws.lambda_runtime.function_config import FunctionConfig
from simulator.aws.lambda_runtime.lambda_service import LambdaService

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from simulator.aws.lambda_runtime.handler_loading import Handler


class Functions:
    """Makes one function a test from the source of its handler module `fn.h`.

    `records` are the log records so far, `ended` the names of the environments that are gone.
    """

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self.root = root
        self.records: list[dict[str, Any]] = []
        self.ended: list[str] = []
        self.service: LambdaService | None = None
        self._stack = stack

    def serve(
        self,
        source: str,
        *,
        timeout: float = 5.0,
        concurrency: int | None = None,
        handler: str = "fn.h.handle",
        wrap: Callable[[Handler], Handler] | None = None,
    ) -> None:
        """Write the source and open a service with the function `f`."""
        package = self.root / "fn"
        package.mkdir(exist_ok=True)
        (package / "__init__.py").write_text("")
        (package / "h.py").write_text(textwrap.dedent(source))
        config = FunctionConfig(
            name="f", handler=handler, timeout_seconds=timeout, memory_mb=256, reserved_concurrency=concurrency
        )
        self.service = self._stack.enter_context(
            LambdaService(
                [config],
                task_root=self.root,
                variables=lambda _config, name: {"OWN": "from-the-cloud", "ENVIRONMENT": name},
                log_sink=self.records.append,
                ended=self._gone,
                wrap=wrap,
            )
        )

    def call(self, event: Any = None, *, timeout: float | None = None) -> Any:
        """Invoke the function and return its parsed result, which must be no error."""
        result = self._invoke(event, timeout)
        assert result.function_error is None, result.payload
        return json.loads(result.payload)

    def fail(self, event: Any = None) -> Any:
        """Invoke the function and return its parsed error, which must be one."""
        result = self._invoke(event, None)
        assert result.function_error == "Unhandled", result.payload
        return json.loads(result.payload)

    def messages(self, kind: str) -> list[Any]:
        """Return the messages of the log records of a kind."""
        return [record["message"] for record in self.records if record["kind"] == kind]

    def _invoke(self, event: Any, timeout: float | None) -> Any:
        assert self.service is not None
        return self.service.invoke("f", json.dumps(event).encode(), timeout=timeout)

    def _gone(self, names: Sequence[str]) -> None:
        self.ended.extend(names)


@pytest.fixture
def functions(tmp_path: Path) -> Iterator[Functions]:
    """Return a maker of functions; what it serves is closed after the test."""
    with ExitStack() as stack:
        yield Functions(tmp_path, stack)
