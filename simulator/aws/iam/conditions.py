"""The condition block of a statement.

IAM user guide, "IAM JSON policy elements: Condition operators" and "Conditions with multiple context keys or values".
"""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.iam.wildcard import arn_matches, matches, with_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Compare = Callable[[str, str], bool]

ANY_VALUE, ALL_VALUES, IF_EXISTS = "ForAnyValue:", "ForAllValues:", "IfExists"


class UnknownOperator(ValueError):
    """A condition operator that AWS does not have; the message names it."""


def _date(text: str) -> datetime:
    if text.lstrip("-").isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _in_range(wanted: str, given: str) -> bool:
    return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)


_OPERATORS: Final[dict[str, Compare]] = {
    "StringEquals": lambda wanted, given: wanted == given,
    "StringEqualsIgnoreCase": lambda wanted, given: wanted.casefold() == given.casefold(),
    "StringLike": matches,
    "NumericEquals": lambda wanted, given: float(given) == float(wanted),
    "NumericLessThan": lambda wanted, given: float(given) < float(wanted),
    "NumericLessThanEquals": lambda wanted, given: float(given) <= float(wanted),
    "NumericGreaterThan": lambda wanted, given: float(given) > float(wanted),
    "NumericGreaterThanEquals": lambda wanted, given: float(given) >= float(wanted),
    "DateEquals": lambda wanted, given: _date(given) == _date(wanted),
    "DateLessThan": lambda wanted, given: _date(given) < _date(wanted),
    "DateLessThanEquals": lambda wanted, given: _date(given) <= _date(wanted),
    "DateGreaterThan": lambda wanted, given: _date(given) > _date(wanted),
    "DateGreaterThanEquals": lambda wanted, given: _date(given) >= _date(wanted),
    "Bool": lambda wanted, given: wanted.casefold() == given.casefold(),
    "BinaryEquals": lambda wanted, given: wanted == given,
    "IpAddress": _in_range,
    "ArnEquals": arn_matches,
    "ArnLike": arn_matches,
}
_NEGATED: Final = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
_WITHOUT_VARIABLES: Final = ("Numeric", "Date", "Bool", "Binary", "Ip", "NotIp", "Null")


def holds(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, Sequence[str]]) -> bool:
    """Say whether a request fulfils all conditions of a statement.

    Args:
        conditions: operator -> condition key -> value or values, as the policy has them.
        context: the request's condition keys, in lower case, with their values.

    Raises:
        UnknownOperator: for an operator that AWS does not have.
    """
    return all(
        _one(operator, _texts(wanted), context.get(key.lower()), context)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]


def _one(written: str, wanted: list[str], given: Sequence[str] | None, context: Mapping[str, Sequence[str]]) -> bool:
    quantifier = next((one for one in (ANY_VALUE, ALL_VALUES) if written.startswith(one)), "")
    operator = written.removeprefix(quantifier)
    if operator == "Null":
        return all((given is None) == (one.casefold() == "true") for one in wanted)
    name = operator.removesuffix(IF_EXISTS)
    positive = _NEGATED.get(name, name)
    compare = _OPERATORS.get(positive)
    if compare is None:
        raise UnknownOperator(f"the condition operator {written} does not exist")
    if not given:  # the key is missing, or has no values
        if operator.endswith(IF_EXISTS) or quantifier == ALL_VALUES:
            return True
        return name in _NEGATED and not quantifier
    if not name.startswith(_WITHOUT_VARIABLES):
        wanted = [filled for one in wanted if (filled := with_values(one, context)) is not None]

    def fits(value: str) -> bool:
        found = any(_compared(compare, one, value) for one in wanted)
        return found != (name in _NEGATED)

    return (
        all(map(fits, given))
        if quantifier == ALL_VALUES or (name in _NEGATED and not quantifier)
        else any(map(fits, given))
    )


def _compared(compare: Compare, wanted: str, given: str) -> bool:
    """Compare; a value that cannot be a number, date or address matches nothing."""
    try:
        return compare(wanted, given)
    except ValueError:
        return False
