"""What is put into moto so that a request costs less. Its answers stay as they are. moto 5.2 only."""

from __future__ import annotations

import functools
from typing import Any, Final

from moto.core import responses
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.utilities import bytesize

_MAX_ITEM_SIZE: Final = 405_000  # moto's: between the 400 KB that AWS documents and what it takes


def hurry() -> None:
    """Replace two of moto's functions, which find out the same things over and over.

    moto lists the methods of a class for every request, and sums up a whole item for each attribute put into it.
    """
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)
    Item.__init__ = _item


def _item(self: Any, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    self.hash_key = hash_key
    self.range_key = range_key
    typed = {name: DynamoType(value) for name, value in attrs.items()}
    if sum(bytesize(name) + value.size() for name, value in typed.items()) > _MAX_ITEM_SIZE:
        raise ItemSizeTooLarge
    self.attrs = LimitedSizeDict()
    self.attrs.update(typed)  # past its own `__setitem__`
