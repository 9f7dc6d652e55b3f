"""What is put into moto so that a request costs less, and an item less memory. Its answers stay as they are.

moto 5.2 only.
"""

from __future__ import annotations

import functools
import sys
from typing import Any, Final

from moto.core import responses
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.utilities import bytesize

_MAX_ITEM_SIZE: Final = 405_000  # moto's: between the 400 KB that AWS documents and what it takes

_SHARED: Final = frozenset({"S", "N"})
_LONGEST_SHARED: Final = 256


def hurry() -> None:
    """Replace two of moto's functions, which find out the same things over and over.

    moto lists the methods of a class for every request, and sums up a whole item for each attribute put into it.
    """
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)
    Item.__init__ = _item


def _item(self: Any, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    self.hash_key = hash_key
    self.range_key = range_key
    typed = {sys.intern(name): _typed(value) for name, value in attrs.items()}
    if sum(bytesize(name) + value.size() for name, value in typed.items()) > _MAX_ITEM_SIZE:
        raise ItemSizeTooLarge
    self.attrs = LimitedSizeDict()
    self.attrs.update(typed)  # past its own `__setitem__`


def _typed(value: dict[str, Any] | DynamoType) -> DynamoType:
    """Return moto's object for a value: for a short text or number one that other items share.

    Nothing in moto changes one in place: it changes lists, maps and sets so. A run's audit items have most values in
    common, and an object of its own for each took nine tenths of moto's memory.
    """
    if type(value) is dict and len(value) == 1:
        ((kind, content),) = value.items()
        if kind in _SHARED and type(content) is str and len(content) <= _LONGEST_SHARED:
            return _shared(kind, content)
    return DynamoType(value)


@functools.lru_cache(maxsize=4_096)
def _shared(kind: str, content: str) -> DynamoType:
    return DynamoType({kind: content})
