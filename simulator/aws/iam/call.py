"""A call of an AWS API, and who makes it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LAMBDA, STATES, EVENTS = "lambda", "states", "events"
MULTIPART: Final = "simulator:multipart"
"""A context key of the simulator's own: S3 puts the object together from parts."""
_CREDENTIAL = re.compile(r"Credential=(?P<caller>[^/,\s]+)/")
_caller: ContextVar[str] = ContextVar("caller", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is asked for.

    Args:
        caller: `lambda.<function>`, `states.<state machine>` or `events`; the access key id of its requests.
        action: as policies name it, such as `dynamodb:PutItem`.
        resource: the ARN; `*` for an action that knows no resources.
        context: condition keys that the request itself gives, in lower case.
    """

    caller: str
    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """What calls have in common that are counted as one."""
        return (
            self.caller,
            self.action,
            self.resource,
            *(f"{name}={self.context[name]}" for name in sorted(self.context)),
        )


def caller_of(kind: str, name: str) -> str:
    """Return the caller of a function or of a state machine (a Map Run's children call as their machine)."""
    return f"{kind}.{name.partition('/')[0]}"


def signer(authorization: str) -> str:
    """Return the caller that has signed a request; blank if it is the simulator itself, or somebody from outside.

    Args:
        authorization: the request's header (Signature Version 4).
    """
    found = _CREDENTIAL.search(authorization)
    return found["caller"] if found is not None and is_caller(found["caller"]) else ""


def is_caller(access_key: str) -> bool:
    """Say whether an access key id is that of a function or of a state machine."""
    return access_key == EVENTS or access_key.startswith((f"{LAMBDA}.", f"{STATES}."))


def current_caller() -> str:
    """Return who acts on this thread; blank for the simulator itself."""
    return _caller.get()


@contextmanager
def acting(caller: str) -> Iterator[None]:
    """Let everything that this thread asks for meanwhile be asked by a caller."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)
