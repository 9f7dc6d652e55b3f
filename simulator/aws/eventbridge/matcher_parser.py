"""Reads one entry of a pattern's array: a value, or an object with one operator.

EventBridge user guide, "Comparison operators for use in event patterns"; github.com/aws/event-ruler.
"""

from __future__ import annotations

import ipaddress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from simulator.aws.eventbridge.errors import InvalidEventPatternException
from simulator.aws.eventbridge.json_document import Members, comparable, is_number
from simulator.aws.eventbridge.matchers import (
    AnythingBut,
    Cidr,
    EqualsIgnoreCase,
    Exact,
    Exists,
    Numeric,
    Prefix,
    Suffix,
    Wildcard,
    read_address,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.eventbridge.json_document import JsonObject
    from simulator.aws.eventbridge.matchers import Matcher


def parse_matcher(entry: Any, where: str) -> Matcher:
    """Return the matcher of one entry of a pattern's array.

    Raises:
        InvalidEventPatternException: with `where`, the entry's place in the pattern.
    """
    if isinstance(entry, list):
        raise InvalidEventPatternException("An array inside an array is not allowed", where)
    if not isinstance(entry, dict | Members):
        return Exact(entry)
    operator, argument = _only_member(entry, where)
    parse = OPERATORS.get(operator)
    if parse is None:
        known = ", ".join(OPERATORS)
        raise InvalidEventPatternException(f"Unrecognized match type {operator} (known: {known})", where)
    return parse(argument, f"{where}.{operator}")


def _only_member(source: JsonObject, where: str) -> tuple[str, Any]:
    if len(source) != 1:
        raise InvalidEventPatternException("Only one key allowed in match expression", where)
    [member] = source.items()
    return member


def _prefix(argument: Any, where: str) -> Matcher:
    text, ignore_case = _affix("prefix", argument, where)
    return Prefix(text, ignore_case)


def _suffix(argument: Any, where: str) -> Matcher:
    text, ignore_case = _affix("suffix", argument, where)
    return Suffix(text, ignore_case)


def _affix(operator: str, argument: Any, where: str) -> tuple[str, bool]:
    if isinstance(argument, dict | Members):
        inner, text = _only_member(argument, where)
        if inner == "equals-ignore-case":
            return _text(operator, text, f"{where}.equals-ignore-case"), True
    return _text(operator, argument, where), False


def _text(operator: str, argument: Any, where: str) -> str:
    if not isinstance(argument, str):
        raise InvalidEventPatternException(f"{operator} match pattern must be a string", where)
    return argument


def _equals_ignore_case(argument: Any, where: str) -> Matcher:
    return EqualsIgnoreCase(_text("equals-ignore-case", argument, where))


def _wildcard(argument: Any, where: str) -> Matcher:
    try:
        return Wildcard(_text("wildcard", argument, where))
    except InvalidEventPatternException:
        raise
    except ValueError as error:
        raise InvalidEventPatternException(str(error), where) from error


def _exists(argument: Any, where: str) -> Matcher:
    if not isinstance(argument, bool):
        raise InvalidEventPatternException("exists match pattern must be either true or false", where)
    return Exists(argument)


def _cidr(argument: Any, where: str) -> Matcher:
    address, *masks = _text("cidr", argument, where).split("/")
    if len(masks) != 1:
        raise InvalidEventPatternException("Malformed CIDR, one '/' required", where)
    [mask] = masks
    try:
        ip = read_address(address)
    except ValueError as error:
        raise InvalidEventPatternException(f"Malformed CIDR, {error}", where) from error
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        raise InvalidEventPatternException(f"Malformed CIDR, {address} is an IPv4 address written as IPv6", where)
    if not (mask.isascii() and mask.isdigit()):
        raise InvalidEventPatternException("Malformed CIDR, mask bits must be an integer", where)
    bits = mask.lstrip("0") or "0"
    # Recorded on AWS: a mask of all bits is refused, too.
    if len(bits) > len(str(ip.max_prefixlen)) or int(bits) >= ip.max_prefixlen:
        raise InvalidEventPatternException(f"IPv{ip.version} mask bits must be < {ip.max_prefixlen}", where)
    return Cidr(ipaddress.ip_network(f"{ip}/{bits}", strict=False))


def _numeric(argument: Any, where: str) -> Matcher:
    if not isinstance(argument, list):
        raise InvalidEventPatternException("Value of numeric must be an array", where)
    if not argument:
        raise InvalidEventPatternException("Empty arrays are not allowed", where)
    terms = [argument[index : index + 2] for index in range(0, len(argument), 2)]
    operators = [term[0] for term in terms]
    numbers = [_bound(term, where) for term in terms]
    match operators:
        case ["="]:
            return Numeric((numbers[0], True), (numbers[0], True))
        case [">" | ">=" as low]:
            return Numeric((numbers[0], low == ">="), None)
        case ["<" | "<=" as high]:
            return Numeric(None, (numbers[0], high == "<="))
        case [">" | ">=" as low, "<" | "<=" as high]:
            if numbers[0] >= numbers[1]:
                raise InvalidEventPatternException("Bottom must be less than top", where)
            return Numeric((numbers[0], low == ">="), (numbers[1], high == "<="))
        case _:
            text = " ".join(map(str, operators))
            raise InvalidEventPatternException(
                f"Unrecognized numeric range operators {text} (=, <, <=, >, >=, or a > with a < after it)", where
            )


def _bound(term: list[Any], where: str) -> float:
    number: Any = term[1] if len(term) > 1 else None
    if not is_number(number):
        raise InvalidEventPatternException(f"Value of {term[0]} must be numeric", where)
    return _comparable(number, where)


def _comparable(number: Any, where: str) -> float:
    found = comparable(number)
    if found is None:
        raise InvalidEventPatternException(f"Cannot compare number : {Decimal(number)}", where)
    return found


def _anything_but(argument: Any, where: str) -> Matcher:
    if isinstance(argument, dict | Members):
        return AnythingBut(_excluded_texts(argument, where))
    values = argument if isinstance(argument, list) else [argument]
    if not values:
        raise InvalidEventPatternException("Empty arrays are not allowed", where)
    if not (all(isinstance(value, str) for value in values) or all(is_number(value) for value in values)):
        raise InvalidEventPatternException(
            "anything-but takes a string or number, or a list of only strings or only numbers", where
        )
    for value in filter(is_number, values):
        _comparable(value, where)
    return AnythingBut(tuple(Exact(value) for value in values))


def _excluded_texts(argument: JsonObject, where: str) -> tuple[Matcher, ...]:
    """Read `{"anything-but": {"suffix": ".csv"}}`, with one text or a list of them."""
    operator, texts = _only_member(argument, where)
    if operator not in _TEXT_OPERATORS:
        raise InvalidEventPatternException(f"anything-but takes one of {', '.join(_TEXT_OPERATORS)}", where)
    inner = f"{where}.{operator}"
    if isinstance(texts, dict | Members) and operator in ("prefix", "suffix"):
        return (_TEXT_OPERATORS[operator](texts, inner),)
    listed = texts if isinstance(texts, list) else [texts]
    if not listed or not all(isinstance(text, str) and text for text in listed):
        raise InvalidEventPatternException(f"{operator} in anything-but takes a string that is not empty", inner)
    return tuple(_TEXT_OPERATORS[operator](text, inner) for text in listed)


_TEXT_OPERATORS: dict[str, Callable[[Any, str], Matcher]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "wildcard": _wildcard,
}
OPERATORS: dict[str, Callable[[Any, str], Matcher]] = {
    **_TEXT_OPERATORS,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "exists": _exists,
    "cidr": _cidr,
}
