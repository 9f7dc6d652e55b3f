"""Expressions of DynamoDB, with their names and values: which are refused because they are empty or not used.

DynamoDB developer guide, "Using expressions".
"""

from __future__ import annotations

import re
from typing import Any

from simulator.aws.integrations.integration import validation_error

_EXPRESSIONS = ("UpdateExpression", "ConditionExpression", "ProjectionExpression")
_PLACEHOLDER = re.compile(r"[#:][A-Za-z0-9_]+")


def check_expressions(arguments: dict[str, Any]) -> None:
    """Check an action's expressions, `ExpressionAttributeNames` and `ExpressionAttributeValues`.

    Args:
        arguments: the API call's.

    Raises:
        ApiError: ValidationException: one is empty, a name or value is not used or has no `#` or `:`.
    """
    written = {name: arguments[name] for name in _EXPRESSIONS if name in arguments}
    for name, text in written.items():
        if not text.strip():
            raise validation_error(f"Invalid {name}: The expression can not be empty;")
    used = {found for text in written.values() for found in _PLACEHOLDER.findall(text)}
    for field, mark in (("ExpressionAttributeNames", "#"), ("ExpressionAttributeValues", ":")):
        if field in arguments:
            _check_placeholders(field, mark, arguments[field], used, any_expression=bool(written))


def _check_placeholders(field: str, mark: str, given: dict[str, Any], used: set[str], *, any_expression: bool) -> None:
    if not any_expression:
        raise validation_error(f"{field} can only be specified when using expressions")
    if not given:
        raise validation_error(f"{field} must not be empty")
    for key, value in given.items():
        if not key.startswith(mark) or not _PLACEHOLDER.fullmatch(key):
            raise validation_error(f'{field} contains invalid key: Syntax error; key: "{key}"')
        if value == "":
            raise validation_error(f"{field} contains invalid value: an attribute name must not be empty for key {key}")
    if unused := sorted(given.keys() - used):
        raise validation_error(f"Value provided in {field} unused in expressions: keys: {{{', '.join(unused)}}}")
