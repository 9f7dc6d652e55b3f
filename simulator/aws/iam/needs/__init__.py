"""What AWS itself asks for in a role's name, or of a policy, that no request of a local run shows.

Each need has the page of AWS that says so. `all_needs` gives those that follow from a template's resources,
`encryption.key_needs` those that follow from a call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.aws.iam.needs.deliveries import delivery_needs
from simulator.aws.iam.needs.functions import function_needs
from simulator.aws.iam.needs.machines import machine_needs
from simulator.aws.iam.needs.schedules import schedule_needs

if TYPE_CHECKING:
    from simulator.aws.iam.needs.need import Need
    from simulator.aws.iam.template.deployment import Deployment


def all_needs(deployment: Deployment) -> list[Need]:
    """Return everything that the functions, state machines, rules, schedules and deliveries of a template need."""
    return [
        *function_needs(deployment),
        *machine_needs(deployment),
        *delivery_needs(deployment),
        *schedule_needs(deployment),
    ]
