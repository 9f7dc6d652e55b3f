"""Counts the calls of functions and state machines, and refuses those that AWS would refuse, if it is told to."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.iam.call import Call, current_caller
from simulator.aws.iam.needs.encryption import key_needs
from simulator.aws.iam.needs.need import Need

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.aws.iam.template.deployment import Deployment

MOST_KINDS: Final = 10_000
"""So many different calls are told apart; further ones are only counted."""


class Denied(Exception):
    """AWS would refuse a call; the message is AWS's."""

    def __init__(self, message: str, action: str) -> None:
        self.action = action
        super().__init__(message)


class Gate:
    """Every call of a function or a state machine passes through it. Safe for threads.

    Args:
        deployment: the template whose policies decide; None to refuse nothing.

    Attributes:
        not_kept: how many calls were of no kind that is told apart.
    """

    def __init__(self, deployment: Deployment | None = None) -> None:
        self._deployment = deployment
        self._counts: dict[tuple[str, ...], int] = {}
        self._calls: dict[tuple[str, ...], Call] = {}
        self._decided: dict[tuple[str, ...], Denied | None] = {}
        self._lock = threading.Lock()
        self.not_kept = 0

    @property
    def enforces(self) -> bool:
        """Whether calls may be refused."""
        return self._deployment is not None

    def called(self, action: str, resource: str) -> None:
        """Count a call of the caller of this thread; nothing if that is the simulator itself.

        Raises:
            Denied: AWS would refuse it.
        """
        caller = current_caller()
        if caller:
            self.count(Call(caller=caller, action=action, resource=resource))

    def count(self, call: Call) -> None:
        """Count a call.

        Raises:
            Denied: AWS would refuse it.
        """
        key = call.key
        with self._lock:
            if key not in self._calls and len(self._calls) >= MOST_KINDS:
                self.not_kept += 1
            else:
                self._calls[key] = call
                self._counts[key] = self._counts.get(key, 0) + 1
        if self._deployment is None:
            return
        if key not in self._decided:
            self._decided[key] = refusal(self._deployment, call)
        denied = self._decided[key]
        if denied is not None:
            raise Denied(str(denied), denied.action)

    def counted(self) -> list[dict[str, Any]]:
        """Return the calls so far, each kind with its number, as JSON values."""
        with self._lock:
            return [{**document(call), "count": self._counts.get(key, 0)} for key, call in self._calls.items()]


def document(call: Call) -> dict[str, Any]:
    """Return a call as a JSON value."""
    found: dict[str, Any] = {"caller": call.caller, "action": call.action, "resource": call.resource}
    return {**found, "context": dict(call.context)} if call.context else found


def call_of(value: Mapping[str, Any]) -> Call:
    """Return the call that `document` made a JSON value of.

    Raises:
        KeyError: it is none.
    """
    return Call(
        caller=value["caller"],
        action=value["action"],
        resource=value["resource"],
        context=value.get("context", {}),
    )


def refusal(deployment: Deployment, call: Call) -> Denied | None:
    """Return how AWS refuses a call; None if it is allowed, or if the template knows nothing of its caller.

    Of a call that uses a key, the use of the key is asked for as well.
    """
    resource = deployment.translated(call.resource)
    if call.action == "lambda:InvokeFunction":
        resource = deployment.qualified(resource, call.caller)
    refused: Denied | None = None
    for asker in deployment.askers(call.caller, resource):
        first = Need(asker=asker, action=call.action, resource=resource, context=call.context, why="")
        denied = None
        for need in (first, *key_needs(deployment, asker, call.action, resource, call.context)):
            decision = deployment.decide(asker, need.action, need.resource, need.context)
            if not decision.allowed:
                who = asker.principal.session_arn or asker.principal.arn
                denied = Denied(message(who, need.action, need.resource, decision.reason), need.action)
                break
        if denied is None:
            return None
        refused = denied
    return refused


def message(who: str, action: str, resource: str, reason: str) -> str:
    """Return AWS's message (IAM user guide, "Troubleshoot access denied error messages")."""
    shown = f'"{resource}"' if action.startswith("s3:") else resource
    return f"User: {who} is not authorized to perform: {action} on resource: {shown} {reason}"
