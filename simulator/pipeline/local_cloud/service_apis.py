"""The services that this process answers for itself, over the session's parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.aws.endpoint.service_api import ServiceApi
    from simulator.pipeline.session import Session


def service_apis(session: Session) -> list[ServiceApi]:
    """Return the APIs of a session."""
    del session
    return []
