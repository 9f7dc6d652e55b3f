"""A call that AWS makes although no request of the local cloud shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.aws.iam.template.deployment import Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A call, by the template's names.

    Args:
        asker: who makes it.
        action, resource: what is asked for.
        context: condition keys that it has beside those of the asker.
        why: a clause for people, such as `the Task StartWorkflow calls it`.
    """

    asker: Asker
    action: str
    resource: str
    why: str
    context: Mapping[str, str] = field(default_factory=dict)


def needs_of(
    asker: Asker | None, actions: str, resource: str, why: str, context: Mapping[str, str] | None = None
) -> list[Need]:
    """Return a need for each of several actions; none if the template does not have the asker.

    Args:
        asker: who makes the calls.
        actions: their names, with blanks between them.
        resource: an ARN, or `*`.
        why: a clause for people.
        context: condition keys.
    """
    if asker is None:
        return []
    return [
        Need(asker=asker, action=action, resource=resource, why=why, context=context or {})
        for action in actions.split()
    ]
