"""Names as Step Functions makes them of an API's.

Optimised integrations only begin them with a capital. SDK integrations have the names of the AWS SDK for Java 2:
`SSEKMSKeyId` is SsekmsKeyId, `DBInstanceIdentifier` is DbInstanceIdentifier, `ETag` stays as it is.
The rules are those of the SDK's code generator (`Utils.unCapitalize`, `DefaultNamingStrategy.getExceptionName`).
"""

from __future__ import annotations

import re
from functools import cache

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


def capital(name: str) -> str:
    """Return a member's name as optimised integrations spell it."""
    return name[0].upper() + name[1:]


@cache
def pascal(name: str) -> str:
    """Return a member's name as SDK integrations spell it."""
    head = 1
    while head < len(name) and name[head].isupper() and not name[head + 1 : head + 2].islower():
        head += 1
    return name[0].upper() + name[1:head].lower() + name[head:]


@cache
def exception_name(shape: str) -> str:
    """Return the SDK's exception class for an error's shape: `NoSuchKey` is NoSuchKeyException.

    Example:
        >>> exception_name("KMSDisabledException"), exception_name("InternalFault")
        ('KmsDisabledException', 'InternalException')
    """
    name = "".join(word.capitalize() for word in _WORDS.findall(shape.rpartition(".")[2]))
    return name if name.endswith("Exception") else f"{name.removesuffix('Fault')}Exception"
