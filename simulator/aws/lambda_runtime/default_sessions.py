"""Gives each function a default session of boto3's of its own, with its own credentials.

On Lambda an execution environment is a process, and `boto3.client(...)` takes the credentials of its variables. Here
all are threads of one process: with one default session, every function would sign as the one that asked first.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session

if TYPE_CHECKING:
    from collections.abc import Callable

_KEY = "AWS_ACCESS_KEY_ID"


class DefaultSessions:
    """Finds the default session of a thread: by the access key of its environment.

    Args:
        variables: returns the variables of this thread's environment; None if it belongs to none.
        original: what boto3 itself does.
    """

    def __init__(self, variables: Callable[[], dict[str, str] | None], original: Callable[[], Any]) -> None:
        self._variables = variables
        self._original = original
        self._sessions: dict[str, Any] = {}
        self._lock = threading.Lock()

    def __call__(self) -> Any:
        """Return the session."""
        variables = self._variables()
        if variables is None or _KEY not in variables:
            return self._original()
        with self._lock:
            if variables[_KEY] not in self._sessions:
                self._sessions[variables[_KEY]] = self._made()
            return self._sessions[variables[_KEY]]

    def _made(self) -> Any:
        core = botocore.session.Session()
        if self._sessions:  # the services' models, which take long to read, are the same for all
            first = next(iter(self._sessions.values()))
            core.register_component("data_loader", first._session.get_component("data_loader"))  # noqa: SLF001
        return boto3.Session(botocore_session=core)


def install(variables: Callable[[], dict[str, str] | None]) -> Callable[[], None]:
    """Let `boto3.client` and `boto3.resource` use them; return what puts back what was there.

    Args:
        variables: see DefaultSessions.
    """
    before: Callable[[], Any] = boto3._get_default_session  # noqa: SLF001 - it is what boto3.client calls
    ours = DefaultSessions(variables, before)
    boto3._get_default_session = ours  # noqa: SLF001

    def restore() -> None:
        if boto3._get_default_session is ours:  # noqa: SLF001
            boto3._get_default_session = before  # noqa: SLF001

    return restore
