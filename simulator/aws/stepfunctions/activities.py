"""The activities of the service: created, deleted, and kept if they last.

API reference: CreateActivity, DeleteActivity. Their Tasks are in integrations/waiting/activities.py.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from simulator.aws.asl.expressions.timestamps import format_time, parse_time
from simulator.aws.asl.quotas import name_problem
from simulator.aws.errors import ApiError
from simulator.aws.stepfunctions.machines import OWN_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from simulator.aws.asl.runtime.clock import Clock
    from simulator.aws.stepfunctions.machines import MachineStore

MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An activity: its ARN and name, when it was created, its encryption as the API has it, its tags."""

    arn: str
    name: str
    created: datetime
    encryption: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {
            "name": self.name,
            "created": format_time(self.created),
            "encryption": dict(self.encryption),
            "tags": dict(self.tags),
        }


class Activities:
    """All activities.

    Args:
        prefix: how ARNs begin: `arn:aws:states:<region>:<account>`.
        clock: gives dates.
        store: keeps them; what it has is taken up. None to keep none.
    """

    def __init__(self, prefix: str, clock: Clock, store: MachineStore | None) -> None:
        self._prefix = prefix
        self._clock = clock
        self._store = store
        self._lock = threading.Lock()
        kept = {} if store is None else store.all()
        self._by_arn = {arn: self._restored(arn, record) for arn, record in kept.items()}

    def _restored(self, arn: str, record: Mapping[str, Any]) -> Activity:
        return Activity(
            arn=arn,
            name=arn.rpartition(":")[2],
            created=parse_time(record.get("created")) or self._clock.now(),
            encryption=record.get("encryption") or OWN_KEY,
            tags=record.get("tags") or {},
        )

    def has(self, arn: str) -> bool:
        """Tell whether there is one of that ARN."""
        return arn in self._by_arn

    def all(self) -> list[Activity]:
        """Return all, in the order of their creation."""
        return list(self._by_arn.values())

    def get(self, arn: str) -> Activity:
        """Return an activity.

        Raises:
            ApiError: ActivityDoesNotExist.
        """
        activity = self._by_arn.get(arn)
        if activity is None:
            raise ApiError("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")
        return activity

    def create(self, name: str, encryption: Mapping[str, Any] | None, tags: Mapping[str, str]) -> Activity:
        """Create an activity, or return the one that is the same but for its tags.

        Raises:
            ApiError: InvalidName, ActivityAlreadyExists, ActivityLimitExceeded.
        """
        if problem := name_problem(name):
            raise ApiError("InvalidName", f"Invalid Name: '{name}' {problem}")
        wanted, arn = encryption or OWN_KEY, f"{self._prefix}:activity:{name}"
        with self._lock:
            earlier = self._by_arn.get(arn)
            if earlier is not None:
                if earlier.encryption != wanted:
                    raise ApiError("ActivityAlreadyExists", f"Activity Already Exists: '{arn}'")
                return earlier
            if len(self._by_arn) >= MOST:
                raise ApiError("ActivityLimitExceeded", f"The maximum number of activities ({MOST}) has been reached")
            return self._keep(
                Activity(arn=arn, name=name, created=self._clock.now(), encryption=wanted, tags=dict(tags))
            )

    def delete(self, arn: str) -> None:
        """Delete an activity; there need be none of that ARN."""
        with self._lock:
            if self._by_arn.pop(arn, None) is not None and self._store is not None:
                self._store.delete(arn)

    def tag(self, arn: str, tags: Mapping[str, str], removed: frozenset[str] = frozenset()) -> None:
        """Add tags to an activity, and take some away.

        Raises:
            ApiError: ActivityDoesNotExist.
        """
        with self._lock:
            activity = self.get(arn)
            kept = {key: value for key, value in {**activity.tags, **tags}.items() if key not in removed}
            self._keep(replace(activity, tags=kept))

    def _keep(self, activity: Activity) -> Activity:
        if self._store is not None:
            self._store.put(activity.arn, activity.as_json())
        self._by_arn[activity.arn] = activity
        return activity
