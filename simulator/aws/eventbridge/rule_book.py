"""The rules of the default bus: put, changed and deleted while events come in."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

from simulator.aws.eventbridge.errors import InvalidEventPatternException, ValidationException
from simulator.aws.eventbridge.rule import Rule, make_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Store(Protocol):
    """Keeps what is put into it beyond the end of the process."""

    def put(self, key: str, value: dict[str, Any], /) -> object:
        """Keep a value."""
        ...

    def delete(self, key: str, /) -> object:
        """Forget a value."""
        ...

    def all(self) -> dict[str, dict[str, Any]]:
        """Return everything that is kept."""
        ...


class RuleBook:
    """The rules, by name. Each change replaces a rule as a whole, so that an event sees it before or after.

    Args:
        deployed: the rules that are there from the start; they come from files, and are not stored.
        arn_prefix: what rules' ARNs begin with, `arn:aws:events:<region>:<account>:rule`.
    """

    def __init__(self, deployed: Sequence[Rule], *, arn_prefix: str) -> None:
        self._arn_prefix = arn_prefix
        self._lock = threading.Lock()
        self._deployed = frozenset(rule.name for rule in deployed)
        self._rules = {rule.name: rule for rule in deployed}
        self._store: Store | None = None

    def arn(self, name: str) -> str:
        """Return the ARN of a rule of that name."""
        return f"{self._arn_prefix}/{name}"

    def all(self) -> list[Rule]:
        """Return the rules as they stand."""
        return list(self._rules.values())

    def get(self, name: str) -> Rule | None:
        """Return a rule, or None."""
        return self._rules.get(name)

    def put(self, rule: Rule) -> None:
        """Put a rule in the place of the one of its name, and store it."""
        with self._lock:
            if self._store is not None and rule.name not in self._deployed:
                self._store.put(rule.name, rule_fields(rule))
            self._rules = {**self._rules, rule.name: rule}

    def delete(self, name: str) -> None:
        """Take a rule away, if it is there."""
        with self._lock:
            if self._store is not None and name not in self._deployed:
                self._store.delete(name)
            self._rules = {other: rule for other, rule in self._rules.items() if other != name}

    def keep_in(self, store: Store) -> list[str]:
        """Take in the rules that a store has, and keep all later changes of users' rules there.

        Returns:
            A sentence for each stored rule that cannot be used any more; it stays in the store.
        """
        problems = []
        for name, fields in store.all().items():
            try:
                rule = make_rule(fields, f"the rule {name}")
            except (InvalidEventPatternException, ValidationException) as error:
                problems.append(f"The rule {name} is not there again: {error}")
                continue
            with self._lock:
                if name not in self._deployed:
                    self._rules = {**self._rules, name: rule}
        with self._lock:
            self._store = store
        return problems


def rule_fields(rule: Rule) -> dict[str, Any]:
    """Return a rule as a JSON object that `make_rule` takes."""
    fields: dict[str, Any] = rule.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)
    return fields


def rules_for_target(rules: Iterable[Rule], arn: str) -> list[Rule]:
    """Return the rules that have a target of that ARN."""
    return [rule for rule in rules if any(target.arn == arn for target in rule.targets)]
