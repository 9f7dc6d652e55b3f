"""A handler module of one execution environment's own: imported afresh with everything of its package."""

from __future__ import annotations

import importlib
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from simulator.aws.lambda_runtime.payloads import error_payload, stack_trace_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Handler = Callable[[Any, Any], Any]

_IMPORTING = threading.Lock()


class InitError(Exception):
    """A function's init phase failed. `payload` is what its invocations answer."""

    def __init__(self, error_type: str, message: str, stack_trace: list[str] | None = None) -> None:
        self.error_type = error_type
        self.payload = error_payload(error_type, message, "", stack_trace or [])
        super().__init__(message)


def load_handler(handler: str, task_root: Path) -> Handler:
    """Import a copy of a handler's module, and of all other modules of its top-level package, and return the handler.

    Nobody else has these copies: what modules of that package `sys.modules` held before is there again afterwards, and
    the next call imports anew. Other packages (boto3, psycopg ...) are shared.

    Args:
        handler: `package.module.function`, or `package/module.function`.
        task_root: the folder from which it is imported.

    Raises:
        InitError: with the error that the runtime reports.
    """
    module_name, dot, function_name = handler.rpartition(".")
    if not dot:
        raise InitError(
            "Runtime.MalformedHandlerName",
            f"Bad handler '{handler}': not enough values to unpack (expected 2, got 1)",
        )
    dotted = module_name.replace("/", ".")
    with _own_modules(dotted.partition(".")[0], task_root):
        try:
            module = importlib.import_module(dotted)
        except ImportError as error:
            raise InitError("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
        except SyntaxError as error:
            trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
            message = f"Syntax error in module '{module_name}': {error}"
            raise InitError("Runtime.UserCodeSyntaxError", message, trace) from error
        except Exception as error:
            raise InitError(type(error).__name__, str(error), stack_trace_of(error.__traceback__, __file__)) from error
    try:
        found: Handler = getattr(module, function_name)
    except AttributeError as error:
        raise InitError(
            "Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'"
        ) from error
    return found


@contextmanager
def _own_modules(package: str, task_root: Path) -> Iterator[None]:
    """While importing: no module of the package is known, and the task root is on the path. One at a time."""
    root = str(task_root)
    with _IMPORTING:
        before = _take_out(package)
        sys.path.insert(0, root)
        importlib.invalidate_caches()
        try:
            yield
        finally:
            sys.path.remove(root)
            _take_out(package)
            sys.modules.update(before)


def _take_out(package: str) -> dict[str, Any]:
    names = [name for name in sys.modules if name == package or name.startswith(f"{package}.")]
    return {name: sys.modules.pop(name) for name in names}
